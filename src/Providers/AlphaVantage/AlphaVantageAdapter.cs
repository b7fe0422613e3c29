using System.Text.Json;
using System.Text.Json.Serialization;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Alpha Vantage: strings under numbered names, a date without a time, and every failure a 200 told apart by its text.</summary>
internal sealed partial class AlphaVantageAdapter(ProviderSettings settings) : IProviderAdapter
{
    public static ProviderRegistration Registration { get; } =
        new(
            ProviderId.AlphaVantage,
            "https://www.alphavantage.co/",
            ["free", "paid", "delayed", "realtime"],
            plan => plan is "free" ? new(PerSecond: 1, PerDay: 25) : new(PerMinute: 75),
            NeedsSecret: false,
            settings => new AlphaVantageAdapter(settings)
        );

    private readonly string _quote = settings.BaseAddress + "query?function=GLOBAL_QUOTE&symbol=";

    // The key goes only into the query (N17: no log, trace or exception may hold a request's address).
    private readonly string _rest =
        (settings.Plan is "delayed" or "realtime" ? "&entitlement=" + settings.Plan : "")
        + (settings.ApiKey is { } key ? "&apikey=" + Uri.EscapeDataString(key) : "");

    private readonly QuoteFreshness _freshness = settings.Plan switch
    {
        "realtime" => QuoteFreshness.RealTime,
        "delayed" => QuoteFreshness.Delayed,
        _ => QuoteFreshness.EndOfDay,
    };

    // https://www.alphavantage.co/documentation/#latestprice
    public HttpRequestMessage CreateRequest(ProviderListing listing) =>
        new(HttpMethod.Get, new Uri(_quote + Uri.EscapeDataString(listing.ProviderSymbol) + _rest));

    public QuoteFreshness BestFreshness(ProviderListing listing) => _freshness;

    public Reading? ReadQuote(in ProviderAnswer answer, ProviderListing listing)
    {
        Quote? wire = null;
        var (isFound, isDelayed) = (false, false);
        var reader = new Utf8JsonReader(answer.Body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        // With an entitlement the name goes on: "Global Quote - DATA DELAYED BY 15 MINUTES".
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!isFound && reader.ValueSpan.StartsWith("Global Quote"u8))
            {
                isFound = true;
                isDelayed = reader.ValueSpan.IndexOf("DELAYED"u8) >= 0;
                reader.Read();
                wire = JsonSerializer.Deserialize(ref reader, AlphaVantageJson.Default.Quote);
            }
            else
            {
                reader.Skip();
            }
        }

        if (reader.Read() || !isFound)
        {
            return null;
        }

        if (wire is null or { Symbol: null or "", Price: null, PreviousClose: null })
        {
            return Reading.UnknownSymbol;
        }

        if (!string.IsNullOrEmpty(wire.Symbol) && wire.Symbol != listing.ProviderSymbol) // N25: in another case it is another instrument
        {
            return Reading.AnotherSymbol;
        }

        return Reading.Quote(
            new RawQuote
            {
                Price = wire.Price,
                Open = wire.Open,
                High = wire.High,
                Low = wire.Low,
                PreviousClose = wire.PreviousClose,
                Change = wire.Change,
                ChangePercent = wire.ChangePercent,
                Volume = wire.Volume,
                TradingDate = Rfc3339.ParseDate(wire.TradingDay),
                PriceIsOfBar = true,
                Freshness = isDelayed ? QuoteFreshness.Delayed : _freshness,
            }
        );
    }

    public Reading ReadRefusal(in ProviderAnswer answer)
    {
        if (IsAboutPlan(answer))
        {
            return Reading.PlanRestricted;
        }

        if (answer.PositionOf("application-error.html"u8) >= 0)
        {
            return Reading.ServerError(answer);
        }

        if (JsonText.HasAny(answer.Body, "Error Message"))
        {
            return answer.Says("apikey"u8) || answer.Says("api key"u8) ? Reading.InvalidKey : Reading.BadRequest;
        }

        if (!JsonText.HasAny(answer.Body, "Information", "Note"))
        {
            return Reading.ByStatus(answer, RateWindow.RollingMinute, forbidden: Reading.PlanRestricted);
        }

        if (answer.Says("demo purposes"u8))
        {
            return Reading.InvalidKey;
        }

        return Reading.RateLimited(answer, FindWindow(answer));
    }

    /// <summary>"This is a premium endpoint." The longest text on bursts ends with an offer to "unlock all premium endpoints", and is none
    /// about the plan.</summary>
    private static bool IsAboutPlan(in ProviderAnswer answer) =>
        answer.Says("this is a premium endpoint"u8) || (answer.Says("premium endpoint"u8) && !IsBurst(answer));

    private static bool IsBurst(in ProviderAnswer answer) => answer.Says("per second"u8) || answer.Says("sparingly"u8);

    /// <summary>The text on bursts also mentions the day, and that on the old limit ("5 calls per minute and 500 calls per day") names what
    /// was broken first.</summary>
    private static RateWindow FindWindow(in ProviderAnswer answer)
    {
        if (IsBurst(answer))
        {
            return RateWindow.Second;
        }

        var (day, minute) = (answer.PositionOf("per day"u8), answer.PositionOf("per minute"u8));
        return day >= 0 && (minute < 0 || day < minute) ? RateWindow.Day : RateWindow.RollingMinute;
    }

    /// <summary>https://www.alphavantage.co/documentation/#latestprice: all values are strings.</summary>
    private sealed class Quote
    {
        [JsonPropertyName("01. symbol")]
        public string? Symbol { get; set; }

        [JsonPropertyName("02. open")]
        public decimal? Open { get; set; }

        [JsonPropertyName("03. high")]
        public decimal? High { get; set; }

        [JsonPropertyName("04. low")]
        public decimal? Low { get; set; }

        [JsonPropertyName("05. price"), JsonConverter(typeof(PriceConverter))]
        public decimal? Price { get; set; }

        [JsonPropertyName("06. volume")]
        public decimal? Volume { get; set; }

        /// <summary>A date in the exchange's calendar; there is no time.</summary>
        [JsonPropertyName("07. latest trading day")]
        public string? TradingDay { get; set; }

        [JsonPropertyName("08. previous close")]
        public decimal? PreviousClose { get; set; }

        [JsonPropertyName("09. change")]
        public decimal? Change { get; set; }

        /// <summary>Ends in <c>%</c>.</summary>
        [JsonPropertyName("10. change percent")]
        public decimal? ChangePercent { get; set; }
    }

    [JsonSourceGenerationOptions(Converters = [typeof(LenientDecimalConverter)])]
    [JsonSerializable(typeof(Quote))]
    private sealed partial class AlphaVantageJson : JsonSerializerContext;
}
