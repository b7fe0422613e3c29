using System.Text.Json;
using System.Text.Json.Serialization;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Twelve Data: prices as strings, currency in the payload, and an error envelope whose code counts more than the HTTP
/// status.</summary>
internal sealed partial class TwelveDataAdapter(ProviderSettings settings) : IBatchAdapter
{
    public static ProviderRegistration Registration { get; } =
        new(
            ProviderId.TwelveData,
            "https://api.twelvedata.com/",
            ["basic", "free", "grow", "pro", "venture", "ultra", "enterprise"],
            plan =>
                plan switch
                {
                    "basic" or "free" => new(PerMinute: 8, PerDay: 800),
                    "grow" => new(PerMinute: 55),
                    _ => new(PerMinute: 610),
                },
            NeedsSecret: false,
            settings => new TwelveDataAdapter(settings)
        );

    private readonly string _quote = settings.BaseAddress + "quote?symbol=";
    private readonly string? _authorization = settings.ApiKey is { } key ? "apikey " + key : null;

    /// <summary>120 symbols, each a credit. The free plan has eight credits a minute, and a request for more would be refused.</summary>
    public int MaxBatch { get; } = Math.Min(120, settings.Options.Quota.PerMinute ?? (settings.Plan is "basic" or "free" ? 8 : 120));

    // https://twelvedata.com/docs#quote
    public HttpRequestMessage CreateRequest(ProviderListing listing)
    {
        // After the colon the vendor expects its own name of the exchange (LSE); a MIC has a parameter of its own.
        var (ticker, exchange) = Split(listing.ProviderSymbol);
        var query =
            exchange is not null && IsMic(exchange)
                ? Uri.EscapeDataString(ticker) + "&mic_code=" + exchange
                : Uri.EscapeDataString(listing.ProviderSymbol);
        return CreateRequest(query);
    }

    /// <summary>US shares and currencies (<c>EUR/USD</c>) are real-time in every plan.</summary>
    public QuoteFreshness BestFreshness(ProviderListing listing) =>
        UsVenues.Lists(listing.Symbol) ? QuoteFreshness.RealTime : QuoteFreshness.Unknown;

    /// <summary>A MIC has a parameter, and that holds for the whole request.</summary>
    public bool IsBatchable(ProviderListing listing) => Split(listing.ProviderSymbol).Exchange is not { } exchange || !IsMic(exchange);

    public int CountCalls(int listings) => listings;

    // https://support.twelvedata.com/en/articles/5203360-batch-api-requests
    public HttpRequestMessage CreateBatchRequest(IReadOnlyList<ProviderListing> listings) =>
        CreateRequest(string.Join(',', listings.Select(listing => Uri.EscapeDataString(listing.ProviderSymbol))));

    public Reading? ReadQuote(in ProviderAnswer answer, ProviderListing listing)
    {
        if (JsonSerializer.Deserialize(answer.Body, TwelveDataJson.Default.Quote) is not { } wire)
        {
            return null;
        }

        if (wire.IsError)
        {
            return null;
        }

        if (wire.IsQuote)
        {
            return Read(wire, listing);
        }

        // Neither an error nor one quote: the batch form, keyed by the symbol as it was asked.
        return ReadFromMap(answer, listing);
    }

    public Reading[]? ReadBatch(in ProviderAnswer answer, IReadOnlyList<ProviderListing> listings)
    {
        var parts = JsonText.Parts(answer.Body);
        if (parts.Count > 0 && parts.All(part => part.Name is null or "code" or "message" or "status" or "meta"))
        {
            return null; // the envelope of an error that concerns them all
        }

        if (parts.Any(part => part.Name == "symbol"))
        {
            return null; // the form for one: it says nothing of the others, which may well exist
        }

        var places = new Dictionary<string, Range>(StringComparer.Ordinal);
        foreach (var part in parts)
        {
            places[part.Name ?? ""] = part.Place;
        }

        var readings = new Reading[listings.Count];
        for (var i = 0; i < readings.Length; i++)
        {
            readings[i] = places.TryGetValue(listings[i].ProviderSymbol, out var place)
                ? ReadAlone(answer, place, listings[i])
                : Reading.UnknownSymbol;
        }

        return readings;
    }

    /// <summary>Errors of single symbols stand beside their names.</summary>
    public int? FindCulprit(in ProviderAnswer answer, IReadOnlyList<ProviderListing> listings) => null;

    public Reading ReadRefusal(in ProviderAnswer answer)
    {
        var code = JsonText.Integer(answer.Body, "code") ?? answer.Status;
        if (answer.Says("api credits"u8))
        {
            return Reading.RateLimited(answer, answer.Says("for the day"u8) ? RateWindow.Day : RateWindow.CalendarMinute);
        }

        if (answer.Says("**apikey**"u8) || answer.Says("api key is only used"u8))
        {
            return Reading.InvalidKey;
        }

        if (answer.Says("available starting with"u8) || answer.Says("available exclusively with"u8) || answer.Says("consider upgrading"u8))
        {
            return Reading.PlanRestricted;
        }

        if (answer.Says("no data is available"u8))
        {
            return Reading.NoPrice;
        }

        if (code is 400 or 404 && (answer.Says("**symbol**"u8) || answer.Says("**figi**"u8)))
        {
            return Reading.UnknownSymbol;
        }

        if (code >= 500)
        {
            return Reading.ServerError(answer);
        }

        var judged =
            code == answer.Status || code is < 400 or >= 600
                ? answer
                : new ProviderAnswer(code, answer.Body, answer.Headers, answer.ReceivedAt);
        return Reading.ByStatus(judged, RateWindow.CalendarMinute, forbidden: Reading.PlanRestricted);
    }

    private static Reading Read(Quote wire, ProviderListing listing)
    {
        if (!Names(wire, listing))
        {
            return Reading.AnotherSymbol;
        }

        if (Identity.IsAnotherVenue(listing, wire.MicCode, wire.Exchange))
        {
            return Reading.AnotherVenue;
        }

        var lastMinute = UnixTime.Read(wire.LastQuoteSeconds);
        var session = lastMinute is null ? UnixTime.Read(wire.SessionSeconds) : null;
        return Reading.Quote(
            new RawQuote
            {
                Price = wire.Close,
                Open = wire.Open,
                High = wire.High,
                Low = wire.Low,
                PreviousClose = wire.PreviousClose,
                Change = wire.Change,
                ChangePercent = wire.ChangePercent,
                Volume = wire.Volume,
                Unit = string.IsNullOrWhiteSpace(wire.Currency) ? null : wire.Currency,
                AsOf = lastMinute ?? session,
                AsOfPrecision =
                    lastMinute is not null ? AsOfPrecision.Minute
                    : session is not null ? AsOfPrecision.Session
                    : null,
                TradingDate = Rfc3339.ParseDate(wire.DateTime),
                PriceIsOfBar = true,
                Freshness = IsUnitedStates(wire, listing) ? QuoteFreshness.RealTime : QuoteFreshness.Unknown,
            }
        );
    }

    private Reading? ReadFromMap(in ProviderAnswer answer, ProviderListing listing)
    {
        foreach (var part in JsonText.Parts(answer.Body))
        {
            if (part.Name == listing.ProviderSymbol)
            {
                return ReadAlone(answer, part.Place, listing);
            }
        }

        return null;
    }

    /// <summary>One symbol's value in the batch form: a quote or an envelope.</summary>
    private Reading ReadAlone(in ProviderAnswer answer, Range place, ProviderListing listing)
    {
        var json = answer.Body[place];
        try
        {
            var wire = JsonSerializer.Deserialize(json, TwelveDataJson.Default.Quote);
            if (wire is { IsError: true })
            {
                return ReadRefusal(new ProviderAnswer(answer.Status, json, answer.Headers, answer.ReceivedAt));
            }

            return wire is { IsQuote: true } ? Read(wire, listing) : Reading.NotAQuote;
        }
        catch (JsonException)
        {
            return Reading.NotAQuote;
        }
    }

    private HttpRequestMessage CreateRequest(string query)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_quote + query));
        if (_authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", _authorization);
        }

        return request;
    }

    /// <summary>True if the answer is about the listing (N14). Asked with an exchange, the vendor echoes ticker and exchange apart. The
    /// case of a ticker counts (N25).</summary>
    private static bool Names(Quote wire, ProviderListing listing)
    {
        if (string.IsNullOrEmpty(wire.Symbol) || wire.Symbol == listing.ProviderSymbol)
        {
            return true;
        }

        var (ticker, exchange) = Split(listing.ProviderSymbol);
        return wire.Symbol == ticker
            && (
                exchange is null
                || (wire.Exchange is null && wire.MicCode is null)
                || Same(wire.Exchange, exchange)
                || Same(wire.MicCode, exchange)
                || Same(wire.MicCode, listing.Venue?.ToString())
            );
    }

    private static bool IsMic(string exchange) => Mic.TryParse(exchange, out var mic) && Venue.Find(mic) is not null;

    private static (string Ticker, string? Exchange) Split(string symbol)
    {
        var colon = symbol.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (symbol, null) : (symbol[..colon], symbol[(colon + 1)..]);
    }

    private static bool Same(string? left, string? right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    // "US quotes real-time, other exchanges real-time or delayed by plan; nothing in the payload says so."
    private static bool IsUnitedStates(Quote wire, ProviderListing listing) =>
        UsVenues.Lists(listing.Symbol.At(Mic.TryParse(wire.MicCode, out var mic) ? mic : listing.Venue));

    /// <summary>https://twelvedata.com/docs#quote; the error envelope at https://twelvedata.com/docs#errors.</summary>
    private sealed class Quote
    {
        [JsonPropertyName("code")]
        public long? Code { get; set; }

        [JsonPropertyName("status")]
        public string? Status { get; set; }

        [JsonPropertyName("symbol")]
        public string? Symbol { get; set; }

        [JsonPropertyName("exchange")]
        public string? Exchange { get; set; }

        [JsonPropertyName("mic_code")]
        public string? MicCode { get; set; }

        /// <summary>The currency as traded: pence are <c>GBp</c>.</summary>
        [JsonPropertyName("currency")]
        public string? Currency { get; set; }

        /// <summary>The date of the daily bar in the exchange's calendar.</summary>
        [JsonPropertyName("datetime")]
        public string? DateTime { get; set; }

        /// <summary>The opening time of the bar, which for the daily bar is the start of the session.</summary>
        [JsonPropertyName("timestamp")]
        public long? SessionSeconds { get; set; }

        /// <summary>The time of the last minute candle, in Unix seconds.</summary>
        [JsonPropertyName("last_quote_at")]
        public long? LastQuoteSeconds { get; set; }

        [JsonPropertyName("open")]
        public decimal? Open { get; set; }

        [JsonPropertyName("high")]
        public decimal? High { get; set; }

        [JsonPropertyName("low")]
        public decimal? Low { get; set; }

        /// <summary>The current price.</summary>
        [JsonPropertyName("close"), JsonConverter(typeof(PriceConverter))]
        public decimal? Close { get; set; }

        [JsonPropertyName("previous_close")]
        public decimal? PreviousClose { get; set; }

        [JsonPropertyName("change")]
        public decimal? Change { get; set; }

        [JsonPropertyName("percent_change")]
        public decimal? ChangePercent { get; set; }

        [JsonPropertyName("volume")]
        public decimal? Volume { get; set; }

        [JsonIgnore]
        public bool IsError => Status == "error" || (Code is not null && Symbol is null && Close is null);

        [JsonIgnore]
        public bool IsQuote => Symbol is not null || Close is not null || PreviousClose is not null;
    }

    [JsonSourceGenerationOptions(Converters = [typeof(LenientDecimalConverter), typeof(LenientInt64Converter)])]
    [JsonSerializable(typeof(Quote))]
    private sealed partial class TwelveDataJson : JsonSerializerContext;
}
