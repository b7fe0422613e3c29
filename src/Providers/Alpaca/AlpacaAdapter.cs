using System.Text.Json;
using System.Text.Json.Serialization;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Alpaca: a map keyed by symbol with nulls everywhere, a choice of feed, and a daily bar that may still be yesterday's.</summary>
internal sealed partial class AlpacaAdapter(ProviderSettings settings) : IBatchAdapter
{
    public static ProviderRegistration Registration { get; } =
        new(
            ProviderId.Alpaca,
            "https://data.alpaca.markets/",
            ["basic", "free", "plus", "paid", "delayed"],
            plan => new(PerMinute: plan is "plus" or "paid" ? 10_000 : 200),
            NeedsSecret: true,
            settings => new AlpacaAdapter(settings)
        );

    /// <summary>The feeds by plan: one exchange (<c>iex</c>), all of them 15 minutes late, or all of them now.</summary>
    private readonly string _feed = settings.Plan switch
    {
        "plus" or "paid" => "sip",
        "delayed" => "delayed_sip",
        _ => "iex",
    };

    private readonly QuoteFreshness _freshness = settings.Plan is "delayed" ? QuoteFreshness.Delayed : QuoteFreshness.RealTime;

    /// <summary>No maximum is documented; fifty were measured to count as one request, and this many keep the address short.</summary>
    public int MaxBatch => 100;

    private readonly string _snapshots = settings.BaseAddress + "v2/stocks/snapshots?symbols=";

    // https://docs.alpaca.markets/reference/stocksnapshots-1
    public HttpRequestMessage CreateRequest(ProviderListing listing) => CreateRequest(Uri.EscapeDataString(listing.ProviderSymbol));

    public QuoteFreshness BestFreshness(ProviderListing listing) => _freshness;

    public bool IsBatchable(ProviderListing listing) => true;

    /// <summary>The limit is on requests, not on symbols.</summary>
    public int CountCalls(int listings) => 1;

    public HttpRequestMessage CreateBatchRequest(IReadOnlyList<ProviderListing> listings) =>
        CreateRequest(string.Join(',', listings.Select(listing => Uri.EscapeDataString(listing.ProviderSymbol))));

    private HttpRequestMessage CreateRequest(string symbols)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{_snapshots}{symbols}&feed={_feed}"));
        if (settings.ApiKey is { } key)
        {
            request.Headers.TryAddWithoutValidation("APCA-API-KEY-ID", key);
        }

        if (settings.ApiSecret is { } secret)
        {
            request.Headers.TryAddWithoutValidation("APCA-API-SECRET-KEY", secret);
        }

        return request;
    }

    public Reading? ReadQuote(in ProviderAnswer answer, ProviderListing listing)
    {
        var (isFound, namesAnother) = (false, false);
        Snapshot? snapshot = null;
        string? currency = null;
        var reader = new Utf8JsonReader(answer.Body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(listing.ProviderSymbol))
            {
                isFound = true;
                reader.Read();
                snapshot = JsonSerializer.Deserialize(ref reader, AlpacaJson.Default.Snapshot);
            }
            else if (reader.ValueTextEquals("currency"u8))
            {
                reader.Read();
                currency = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
            else if (IsMemberOfSingle(ref reader))
            {
                return ReadSingle(answer, listing);
            }
            else
            {
                namesAnother = true;
                reader.Skip();
            }
        }

        if (reader.Read())
        {
            return null;
        }

        if (snapshot is not null)
        {
            return Read(snapshot, currency);
        }

        // Null or left out: well-formed, and nothing is known of it. An answer about others only was not for us (N14).
        return isFound || !namesAnother ? Reading.UnknownSymbol : Reading.AnotherSymbol;
    }

    public Reading[]? ReadBatch(in ProviderAnswer answer, IReadOnlyList<ProviderListing> listings)
    {
        if (JsonText.FirstCharacter(answer.Body) != '{')
        {
            return null;
        }

        string? currency = null;
        var places = new Dictionary<string, Range>(StringComparer.Ordinal);
        foreach (var part in JsonText.Parts(answer.Body))
        {
            if (part.Name is "message")
            {
                return null;
            }

            if (part.Name is "currency" && answer.Body[part.Place] is [(byte)'"', .., (byte)'"'] text)
            {
                currency = System.Text.Encoding.UTF8.GetString(text[1..^1]);
            }
            else
            {
                places[part.Name ?? ""] = part.Place;
            }
        }

        var readings = new Reading[listings.Count];
        for (var i = 0; i < readings.Length; i++)
        {
            readings[i] = places.TryGetValue(listings[i].ProviderSymbol, out var place)
                ? ReadAlone(answer.Body[place], currency)
                : Reading.UnknownSymbol;
        }

        return readings;
    }

    /// <summary>"One bad symbol sinks the whole batch", and the answer names it.</summary>
    public int? FindCulprit(in ProviderAnswer answer, IReadOnlyList<ProviderListing> listings)
    {
        if (answer.PositionOf(InvalidSymbol) is not (>= 0 and var position))
        {
            return null;
        }

        // invalid symbol: QZX9"} - the whole name, lest QZX be taken for QZX9.
        var name = answer.Body[(position + InvalidSymbol.Length)..].TrimStart(": "u8);
        var length = 0;
        while (length < name.Length && (char.IsAsciiLetterOrDigit((char)name[length]) || name[length] is (byte)'.' or (byte)'-'))
        {
            length++;
        }

        for (var i = 0; i < listings.Count; i++)
        {
            if (System.Text.Ascii.Equals(name[..length], listings[i].ProviderSymbol))
            {
                return i;
            }
        }

        return IBatchAdapter.UnnamedCulprit;
    }

    public Reading ReadRefusal(in ProviderAnswer answer)
    {
        if (answer.Says(InvalidSymbol))
        {
            return Reading.UnknownSymbol;
        }

        if (answer.Says("subscription does not permit"u8))
        {
            return Reading.PlanRestricted;
        }

        if (answer.Says("\"forbidden"u8))
        {
            return Reading.InvalidKey;
        }

        if (answer.Says("too many requests"u8))
        {
            return Reading.RateLimited(answer, RateWindow.RollingMinute);
        }

        if (answer.IsSuccess && JsonText.HasAny(answer.Body, "message"))
        {
            return Reading.ServerError(answer);
        }

        if (answer.Status == 404 && answer.Says("endpoint"u8))
        {
            return Reading.NotAQuote;
        }

        return Reading.ByStatus(answer, RateWindow.RollingMinute, forbidden: Reading.InvalidKey);
    }

    private static ReadOnlySpan<byte> InvalidSymbol => "invalid symbol"u8;

    private static bool IsMemberOfSingle(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("symbol"u8)
        || reader.ValueTextEquals("message"u8)
        || reader.ValueTextEquals("latestTrade"u8)
        || reader.ValueTextEquals("latestQuote"u8)
        || reader.ValueTextEquals("minuteBar"u8)
        || reader.ValueTextEquals("dailyBar"u8)
        || reader.ValueTextEquals("prevDailyBar"u8);

    private Reading ReadAlone(ReadOnlySpan<byte> json, string? currency)
    {
        try
        {
            // Null: well-formed, and nothing is known of it.
            return JsonSerializer.Deserialize(json, AlpacaJson.Default.Snapshot) is { } snapshot
                ? Read(snapshot, currency)
                : Reading.UnknownSymbol;
        }
        catch (JsonException)
        {
            return Reading.NotAQuote;
        }
    }

    /// <summary>The form of <c>/v2/stocks/{symbol}/snapshot</c>: the same object without the outer key, plus <c>symbol</c>.</summary>
    private Reading? ReadSingle(in ProviderAnswer answer, ProviderListing listing)
    {
        if (JsonSerializer.Deserialize(answer.Body, AlpacaJson.Default.Snapshot) is not { Message: null } snapshot)
        {
            return null;
        }

        return string.IsNullOrEmpty(snapshot.Symbol) || string.Equals(snapshot.Symbol, listing.ProviderSymbol, StringComparison.Ordinal)
            ? Read(snapshot, snapshot.Currency)
            : Reading.AnotherSymbol;
    }

    private Reading Read(Snapshot wire, string? currency)
    {
        var tradedAt = Rfc3339.ParseInstant(wire.LatestTrade?.Time);
        var (today, previousClose) = FindDay(wire, tradedAt);
        return Reading.Quote(
            new RawQuote
            {
                Price = wire.LatestTrade?.Price,
                Bid = wire.LatestQuote?.Bid,
                Ask = wire.LatestQuote?.Ask,
                Open = today?.Open,
                High = today?.High,
                Low = today?.Low,
                Volume = today?.Volume,
                PreviousClose = previousClose,
                Unit = string.IsNullOrWhiteSpace(currency) ? null : currency,
                AsOf = tradedAt,
                Freshness = _freshness,
                SingleVenue = _feed == "iex",
            }
        );
    }

    /// <summary>The bar of the trade's day and the close before it (N12). Until a session's first trade <c>dailyBar</c> is still the day
    /// before.</summary>
    private static (Bar? Today, decimal? PreviousClose) FindDay(Snapshot wire, DateTimeOffset? tradedAt)
    {
        var (daily, previous) = (wire.DailyBar, wire.PreviousDailyBar);
        if (tradedAt is null)
        {
            return (daily, previous?.Close); // nothing to compare with: the day is the last one that has a bar
        }

        var tradeDate = Venue.NewYork.Calendar.DateAt(tradedAt.Value);
        var (dailyDate, previousDate) = (DateOf(daily), DateOf(previous));
        if (dailyDate == tradeDate)
        {
            return (daily, previous?.Close);
        }

        if (dailyDate < tradeDate)
        {
            return (null, daily!.Close);
        }

        // No daily bar, or one of a later day than an old trade's.
        return (null, previousDate is null || previousDate < tradeDate ? previous?.Close : null);
    }

    private static DateOnly? DateOf(Bar? bar) => Rfc3339.ParseInstant(bar?.Time) is { } time ? Venue.NewYork.Calendar.DateAt(time) : null;

    /// <summary>https://docs.alpaca.markets/reference/stocksnapshots-1; any part may be null.</summary>
    private sealed class Snapshot
    {
        [JsonPropertyName("symbol")]
        public string? Symbol { get; set; }

        [JsonPropertyName("currency")]
        public string? Currency { get; set; }

        [JsonPropertyName("message")]
        public string? Message { get; set; }

        [JsonPropertyName("latestTrade")]
        public Trade? LatestTrade { get; set; }

        [JsonPropertyName("latestQuote")]
        public BidAndAsk? LatestQuote { get; set; }

        [JsonPropertyName("dailyBar")]
        public Bar? DailyBar { get; set; }

        [JsonPropertyName("prevDailyBar")]
        public Bar? PreviousDailyBar { get; set; }
    }

    private sealed class Trade
    {
        /// <summary>RFC 3339, UTC, up to nine decimals.</summary>
        [JsonPropertyName("t")]
        public string? Time { get; set; }

        [JsonPropertyName("p"), JsonConverter(typeof(PriceConverter))]
        public decimal? Price { get; set; }
    }

    private sealed class BidAndAsk
    {
        /// <summary>The bid; 0 means none.</summary>
        [JsonPropertyName("bp")]
        public decimal? Bid { get; set; }

        [JsonPropertyName("ap")]
        public decimal? Ask { get; set; }
    }

    private sealed class Bar
    {
        /// <summary>The start of the bar: midnight in New York, in UTC.</summary>
        [JsonPropertyName("t")]
        public string? Time { get; set; }

        [JsonPropertyName("o")]
        public decimal? Open { get; set; }

        [JsonPropertyName("h")]
        public decimal? High { get; set; }

        [JsonPropertyName("l")]
        public decimal? Low { get; set; }

        [JsonPropertyName("c")]
        public decimal? Close { get; set; }

        [JsonPropertyName("v")]
        public decimal? Volume { get; set; }
    }

    [JsonSourceGenerationOptions(Converters = [typeof(LenientDecimalConverter)])]
    [JsonSerializable(typeof(Snapshot))]
    private sealed partial class AlpacaJson : JsonSerializerContext;
}
