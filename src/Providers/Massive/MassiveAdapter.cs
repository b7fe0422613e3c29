using System.Text.Json;
using System.Text.Json.Serialization;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Massive (formerly Polygon.io): nested sections that depend on plan and time of day, names that differ only in case,
/// nanoseconds. The free plan has no snapshots: it is asked for the previous day's bar.</summary>
internal sealed partial class MassiveAdapter(ProviderSettings settings) : IBatchAdapter
{
    public static ProviderRegistration Registration { get; } =
        new(
            ProviderId.Massive,
            "https://api.massive.com/",
            ["advanced", "developer", "starter", "basic", "free", "business"],
            plan => plan is "basic" or "free" ? new(PerMinute: 5) : default,
            NeedsSecret: false,
            settings => new MassiveAdapter(settings)
        );

    private readonly bool _hasSnapshots = settings.Plan is not ("basic" or "free");
    private readonly bool _isDelayed = settings.Plan is "starter" or "developer";
    private readonly string _snapshots = settings.BaseAddress + "v2/snapshot/locale/us/markets/stocks/tickers";
    private readonly string _currencies = settings.BaseAddress + "v2/snapshot/locale/global/markets/forex/tickers";
    private readonly string _previousDay = settings.BaseAddress + "v2/aggs/ticker/";
    private readonly string? _authorization = settings.ApiKey is { } key ? "Bearer " + key : null;

    /// <summary>No maximum is documented; this many keep the address short. The previous day's bar has no form for many.</summary>
    public int MaxBatch => _hasSnapshots ? 100 : 1;

    // https://massive.com/docs/rest/stocks/snapshots/single-ticker-snapshot
    // https://massive.com/docs/rest/forex/snapshots/single-ticker-snapshot
    // https://massive.com/docs/rest/stocks/aggregates/previous-day-bar
    public HttpRequestMessage CreateRequest(ProviderListing listing)
    {
        var ticker = Uri.EscapeDataString(listing.ProviderSymbol);
        var snapshots = listing.Pair is null ? _snapshots : _currencies;
        return CreateRequest(_hasSnapshots ? $"{snapshots}/{ticker}" : _previousDay + ticker + "/prev");
    }

    public QuoteFreshness BestFreshness(ProviderListing listing) =>
        !_hasSnapshots ? QuoteFreshness.EndOfDay
        : _isDelayed ? QuoteFreshness.Delayed
        : QuoteFreshness.RealTime;

    /// <summary>Currencies have an address of their own.</summary>
    public bool IsBatchable(ProviderListing listing) => listing.Pair is null;

    public int CountCalls(int listings) => 1;

    // https://massive.com/docs/rest/stocks/snapshots/full-market-snapshot
    public HttpRequestMessage CreateBatchRequest(IReadOnlyList<ProviderListing> listings) =>
        CreateRequest(
            $"{_snapshots}?tickers=" + string.Join(',', listings.Select(listing => Uri.EscapeDataString(listing.ProviderSymbol)))
        );

    public Reading? ReadQuote(in ProviderAnswer answer, ProviderListing listing)
    {
        if (JsonSerializer.Deserialize(answer.Body, MassiveJson.Default.Answer) is not { } wire)
        {
            return null;
        }

        if (IsRefused(wire))
        {
            return null;
        }

        return wire.Ticker switch
        {
            { Snapshot: { } snapshot } => Read(snapshot, wire.Status, listing),
            { Name: { } name } => ReadPreviousDay(wire, name, listing),
            _ => ReadFromList(answer, wire.Status, [listing])?[0],
        };
    }

    public Reading[]? ReadBatch(in ProviderAnswer answer, IReadOnlyList<ProviderListing> listings) =>
        JsonSerializer.Deserialize(answer.Body, MassiveJson.Default.Head) is { } head && !IsRefused(head)
            ? ReadFromList(answer, head.Status, listings)
            : null;

    /// <summary>Returns null: an unknown ticker is missing from the answer and fails no other.</summary>
    public int? FindCulprit(in ProviderAnswer answer, IReadOnlyList<ProviderListing> listings) => null;

    public Reading ReadRefusal(in ProviderAnswer answer)
    {
        if (answer.Says("NOT_AUTHORIZED"u8) || answer.Says("not entitled"u8))
        {
            return Reading.PlanRestricted;
        }

        if (answer.Says("unknown api key"u8) || answer.Says("api key was not provided"u8))
        {
            return Reading.InvalidKey;
        }

        if (answer.Says("exceeded the maximum requests"u8))
        {
            return Reading.RateLimited(answer, RateWindow.RollingMinute);
        }

        if (answer.Says("NOT_FOUND"u8) || answer.Says("NotFound"u8) || answer.Says("ticker not found"u8))
        {
            return JsonText.IsObject(answer.Body) ? Reading.UnknownSymbol : Reading.NotAQuote;
        }

        if (answer.IsSuccess && answer.Says("\"ERROR\""u8))
        {
            return Reading.ServerError(answer);
        }

        return Reading.ByStatus(answer, RateWindow.RollingMinute, forbidden: Reading.PlanRestricted);
    }

    // The status word comes before the data; any but these is good as long as there are data (OK, DELAYED).
    private static bool IsRefused(Head wire) => wire.Status is "ERROR" or "NOT_FOUND" or "NotFound" or "NOT_AUTHORIZED";

    /// <summary>The form for many, <c>{"tickers":[...]}</c>: found by name; what is missing is unknown. <see langword="null"/> for another
    /// form.</summary>
    private Reading[]? ReadFromList(in ProviderAnswer answer, string? status, IReadOnlyList<ProviderListing> listings)
    {
        var list = JsonText.Parts(answer.Body).LastOrDefault(part => part.Name == "tickers").Place;
        var json = answer.Body[list];
        if (JsonText.FirstCharacter(json) != '[')
        {
            return null;
        }

        var places = new Dictionary<string, Range>(StringComparer.Ordinal);
        foreach (var part in JsonText.Parts(json))
        {
            if (TickerOf(json[part.Place]) is { } ticker)
            {
                places[ticker] = part.Place;
            }
        }

        var readings = new Reading[listings.Count];
        for (var i = 0; i < readings.Length; i++)
        {
            readings[i] = places.TryGetValue(listings[i].ProviderSymbol, out var place)
                ? ReadAlone(json[place], status, listings[i])
                : Reading.UnknownSymbol;
        }

        return readings;
    }

    /// <summary>The item's ticker, if it can be read.</summary>
    private static string? TickerOf(ReadOnlySpan<byte> item)
    {
        try
        {
            return JsonSerializer.Deserialize(item, MassiveJson.Default.Named)?.Ticker;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private Reading ReadAlone(ReadOnlySpan<byte> item, string? status, ProviderListing listing)
    {
        try
        {
            return JsonSerializer.Deserialize(item, MassiveJson.Default.Snapshot) is { } snapshot
                ? Read(snapshot, status, listing)
                : Reading.NotAQuote;
        }
        catch (JsonException)
        {
            return Reading.NotAQuote;
        }
    }

    private HttpRequestMessage CreateRequest(string address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address));
        if (_authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", _authorization);
        }

        return request;
    }

    private Reading Read(Snapshot wire, string? status, ProviderListing listing)
    {
        if (!IsAbout(wire.Ticker, listing))
        {
            return Reading.AnotherSymbol;
        }

        if (listing.Pair is not null && wire.LastQuote is { CurrencyBid: > 0 and var bid, CurrencyAsk: > 0 and var ask } book)
        {
            return ReadBook(wire, status, bid, ask, book.Time);
        }

        // Last trade, else the minute's close, else the day's close so far; never the previous day's (N13). 0 is "nothing yet" (N3).
        var isTrade = wire.LastTrade?.Price > 0;
        var isMinute = !isTrade && wire.Minute?.Close > 0;
        var tradedAt = isMinute ? null : UnixTime.Read(wire.LastTrade?.Nanoseconds);
        var minute = tradedAt is null ? UnixTime.Read(wire.Minute?.Milliseconds) : null;
        return Reading.Quote(
            new RawQuote
            {
                Price =
                    isTrade ? wire.LastTrade!.Price
                    : isMinute ? wire.Minute!.Close
                    : wire.Day?.Close,
                Bid = wire.LastQuote?.Bid,
                Ask = wire.LastQuote?.Ask,
                Open = wire.Day?.Open,
                High = wire.Day?.High,
                Low = wire.Day?.Low,
                PreviousClose = wire.PreviousDay?.Close,
                Change = wire.Change,
                ChangePercent = wire.ChangePercent,
                Volume = wire.Day?.Volume,
                AsOf = tradedAt ?? minute ?? UnixTime.Read(wire.UpdatedNanoseconds),
                AsOfPrecision = minute is null ? null : AsOfPrecision.Minute,
                Freshness = IsDelayed(wire, status) ? QuoteFreshness.Delayed : QuoteFreshness.RealTime,
            }
        );
    }

    /// <summary>Currencies have no trades: the price is the middle of bid and ask.</summary>
    private Reading ReadBook(Snapshot wire, string? status, decimal bid, decimal ask, long? time) =>
        Reading.Quote(
            new RawQuote
            {
                Price = bid + ((ask - bid) / 2),
                Bid = bid,
                Ask = ask,
                Open = wire.Day?.Open,
                High = wire.Day?.High,
                Low = wire.Day?.Low,
                PreviousClose = wire.PreviousDay?.Close,
                Change = wire.Change,
                ChangePercent = wire.ChangePercent,
                AsOf = UnixTime.Read(time) ?? UnixTime.Read(wire.UpdatedNanoseconds),
                Freshness = IsDelayed(wire, status) ? QuoteFreshness.Delayed : QuoteFreshness.RealTime,
            }
        );

    // The real-time plans have trades and quotes; an answer without either comes from a delayed one, whatever the setting says.
    private bool IsDelayed(Snapshot wire, string? status) =>
        _isDelayed || status == "DELAYED" || wire is { LastTrade: null, LastQuote: null };

    private static Reading ReadPreviousDay(Answer wire, string name, ProviderListing listing)
    {
        if (!IsAbout(name, listing))
        {
            return Reading.AnotherSymbol;
        }

        if (wire.Results is not [{ } bar, ..])
        {
            return Reading.NoPrice;
        }

        if (!IsAbout(bar.Ticker, listing))
        {
            return Reading.AnotherSymbol;
        }

        return Reading.Quote(
            new RawQuote
            {
                Price = bar.Close,
                Open = bar.Open,
                High = bar.High,
                Low = bar.Low,
                Volume = bar.Volume,
                // Documented as the start of the window, in samples the close: only its date is worth something, which for currencies is
                // that of UTC.
                TradingDate =
                    UnixTime.Read(bar.Milliseconds) is not { } time ? null
                    : listing.Pair is null ? Venue.NewYork.Calendar.DateAt(time)
                    : DateOnly.FromDateTime(time.UtcDateTime),
                PriceIsOfBar = true,
                Freshness = QuoteFreshness.EndOfDay,
            }
        );
    }

    private static bool IsAbout(string? ticker, ProviderListing listing) =>
        string.IsNullOrEmpty(ticker) || string.Equals(ticker, listing.ProviderSymbol, StringComparison.Ordinal);

    private class Head
    {
        [JsonPropertyName("status")]
        public string? Status { get; set; }
    }

    private sealed class Named
    {
        [JsonPropertyName("ticker")]
        public string? Ticker { get; set; }
    }

    /// <summary>Both forms for one: <c>ticker</c> is an object in the snapshot, and the symbol in the previous day's answer.</summary>
    private sealed class Answer : Head
    {
        [JsonPropertyName("ticker"), JsonConverter(typeof(TickerConverter))]
        public TickerField? Ticker { get; set; }

        [JsonPropertyName("results")]
        public Bar?[]? Results { get; set; }
    }

    private readonly record struct TickerField(Snapshot? Snapshot, string? Name);

    private sealed class TickerConverter : JsonConverter<TickerField?>
    {
        public override TickerField? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String
                ? new TickerField(null, reader.GetString())
                : new TickerField(JsonSerializer.Deserialize(ref reader, MassiveJson.Default.Snapshot), null);

        public override void Write(Utf8JsonWriter writer, TickerField? value, JsonSerializerOptions options) =>
            throw new NotSupportedException("Answers are read, never written.");
    }

    /// <summary>https://massive.com/docs/rest/stocks/snapshots/single-ticker-snapshot, "Response Attributes".</summary>
    private sealed class Snapshot
    {
        [JsonPropertyName("ticker")]
        public string? Ticker { get; set; }

        [JsonPropertyName("todaysChange")]
        public decimal? Change { get; set; }

        [JsonPropertyName("todaysChangePerc")]
        public decimal? ChangePercent { get; set; }

        [JsonPropertyName("updated")]
        public long? UpdatedNanoseconds { get; set; }

        [JsonPropertyName("day")]
        public Bar? Day { get; set; }

        [JsonPropertyName("min")]
        public Bar? Minute { get; set; }

        [JsonPropertyName("prevDay")]
        public Bar? PreviousDay { get; set; }

        [JsonPropertyName("lastTrade")]
        public Trade? LastTrade { get; set; }

        [JsonPropertyName("lastQuote")]
        public BidAndAsk? LastQuote { get; set; }
    }

    private sealed class Bar
    {
        /// <summary>The ticker, in the answer for the previous day only.</summary>
        [JsonPropertyName("T")]
        public string? Ticker { get; set; }

        [JsonPropertyName("o")]
        public decimal? Open { get; set; }

        [JsonPropertyName("h")]
        public decimal? High { get; set; }

        [JsonPropertyName("l")]
        public decimal? Low { get; set; }

        [JsonPropertyName("c"), JsonConverter(typeof(PriceConverter))]
        public decimal? Close { get; set; }

        [JsonPropertyName("v")]
        public decimal? Volume { get; set; }

        [JsonPropertyName("t")]
        public long? Milliseconds { get; set; }
    }

    private sealed class Trade
    {
        [JsonPropertyName("p"), JsonConverter(typeof(PriceConverter))]
        public decimal? Price { get; set; }

        [JsonPropertyName("t")]
        public long? Nanoseconds { get; set; }
    }

    /// <summary>The names differ only in case. Those for currencies are others:
    /// https://massive.com/docs/rest/forex/snapshots/single-ticker-snapshot.</summary>
    private sealed class BidAndAsk
    {
        [JsonPropertyName("b")]
        public decimal? CurrencyBid { get; set; }

        [JsonPropertyName("a")]
        public decimal? CurrencyAsk { get; set; }

        /// <summary>In milliseconds for currencies, in nanoseconds for shares.</summary>
        [JsonPropertyName("t")]
        public long? Time { get; set; }

        [JsonPropertyName("p")]
        public decimal? Bid { get; set; }

        [JsonPropertyName("P")]
        public decimal? Ask { get; set; }
    }

    [JsonSourceGenerationOptions(Converters = [typeof(LenientDecimalConverter), typeof(LenientInt64Converter)])]
    [JsonSerializable(typeof(Answer))]
    [JsonSerializable(typeof(Head))]
    [JsonSerializable(typeof(Named))]
    [JsonSerializable(typeof(Snapshot))]
    private sealed partial class MassiveJson : JsonSerializerContext;
}
