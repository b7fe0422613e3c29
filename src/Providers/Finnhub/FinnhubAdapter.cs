using System.Text.Json;
using System.Text.Json.Serialization;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Finnhub: one flat object without symbol, currency or volume; "not found" is a 200 full of zeros. Currencies come as all rates
/// of a base, without a time.</summary>
internal sealed partial class FinnhubAdapter(ProviderSettings settings) : IProviderAdapter
{
    public static ProviderRegistration Registration { get; } =
        new(
            ProviderId.Finnhub,
            "https://finnhub.io/api/v1/",
            ["free", "paid"],
            plan => new(PerSecond: 30, PerMinute: plan is "free" ? 60 : 300),
            NeedsSecret: false,
            settings => new FinnhubAdapter(settings)
        );

    private readonly string _quote = settings.BaseAddress + "quote?symbol=";
    private readonly string _rates = settings.BaseAddress + "forex/rates?base=";

    // https://finnhub.io/docs/api/quote
    // https://finnhub.io/docs/api/forex-rates
    public HttpRequestMessage CreateRequest(ProviderListing listing)
    {
        var address = listing.Pair is { } pair ? _rates + pair.Base : _quote + Uri.EscapeDataString(listing.ProviderSymbol);
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address));
        if (settings.ApiKey is { } key)
        {
            request.Headers.TryAddWithoutValidation("X-Finnhub-Token", key);
        }

        return request;
    }

    /// <summary>The freshness of a listing. The vendor does not give the time of a currency rate.</summary>
    public QuoteFreshness BestFreshness(ProviderListing listing) => listing.Pair is null ? QuoteFreshness.RealTime : QuoteFreshness.Unknown;

    public Reading? ReadQuote(in ProviderAnswer answer, ProviderListing listing)
    {
        if (listing.Pair is { } pair)
        {
            return ReadRate(answer, pair);
        }

        if (JsonSerializer.Deserialize(answer.Body, FinnhubJson.Default.Quote) is not { } wire)
        {
            return null;
        }

        if (wire is { Price: not > 0, PreviousClose: not > 0, Seconds: not > 0 })
        {
            return JsonText.HasAny(answer.Body, "c", "pc", "t") && wire.Error is null ? Reading.UnknownSymbol : null;
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
                AsOf = UnixTime.Read(wire.Seconds),
                Freshness = QuoteFreshness.RealTime,
            }
        );
    }

    public Reading ReadRefusal(in ProviderAnswer answer)
    {
        if (answer.Says("have access to this resource"u8))
        {
            return Reading.PlanRestricted;
        }

        if (answer.Says("invalid api key"u8) || answer.Says("please use an api key"u8))
        {
            return Reading.InvalidKey;
        }

        // An empty key is reported as a limit, with an invitation to get one: https://github.com/finnhubio/Finnhub-API/issues/122
        if (answer.Says("limit reached. please sign up"u8))
        {
            return Reading.InvalidKey;
        }

        if (answer.Says("limit reached"u8))
        {
            return Reading.RateLimited(answer, RateWindow.CalendarMinute);
        }

        if (answer.IsSuccess && JsonText.HasAny(answer.Body, "error"))
        {
            return Reading.ServerError(answer);
        }

        return Reading.ByStatus(answer, RateWindow.CalendarMinute, forbidden: Reading.PlanRestricted);
    }

    private static Reading? ReadRate(in ProviderAnswer answer, CurrencyPair pair)
    {
        if (JsonSerializer.Deserialize(answer.Body, FinnhubJson.Default.Rates) is not { Quote: { } rates } wire)
        {
            return null;
        }

        if (wire.Base is { Length: > 0 } named && named != pair.Base.ToString())
        {
            return Reading.AnotherSymbol;
        }

        return rates.TryGetValue(pair.Quote.ToString(), out var rate)
            ? Reading.Quote(new RawQuote { Price = rate, Freshness = QuoteFreshness.Unknown })
            : Reading.UnknownSymbol;
    }

    /// <summary>https://finnhub.io/docs/api/forex-rates, "Response Attributes".</summary>
    private sealed class Rates
    {
        [JsonPropertyName("base")]
        public string? Base { get; set; }

        [JsonPropertyName("quote")]
        public Dictionary<string, decimal?>? Quote { get; set; }
    }

    /// <summary>https://finnhub.io/docs/api/quote, "Response Attributes".</summary>
    private sealed class Quote
    {
        [JsonPropertyName("c"), JsonConverter(typeof(PriceConverter))]
        public decimal? Price { get; set; }

        [JsonPropertyName("d")]
        public decimal? Change { get; set; }

        [JsonPropertyName("dp")]
        public decimal? ChangePercent { get; set; }

        [JsonPropertyName("o")]
        public decimal? Open { get; set; }

        [JsonPropertyName("h")]
        public decimal? High { get; set; }

        [JsonPropertyName("l")]
        public decimal? Low { get; set; }

        [JsonPropertyName("pc")]
        public decimal? PreviousClose { get; set; }

        /// <summary>Of the last trade; after the close, that of the close.</summary>
        [JsonPropertyName("t")]
        public long? Seconds { get; set; }

        [JsonPropertyName("error")]
        public string? Error { get; set; }
    }

    [JsonSourceGenerationOptions(Converters = [typeof(LenientDecimalConverter), typeof(LenientInt64Converter)])]
    [JsonSerializable(typeof(Quote))]
    [JsonSerializable(typeof(Rates))]
    private sealed partial class FinnhubJson : JsonSerializerContext;
}
