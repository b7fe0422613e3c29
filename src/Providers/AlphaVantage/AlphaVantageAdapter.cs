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
    private readonly string _rate = settings.BaseAddress + "query?function=CURRENCY_EXCHANGE_RATE&from_currency=";

    private readonly string _entitlement = settings.Plan is "delayed" or "realtime" ? "&entitlement=" + settings.Plan : "";

    // The key goes only into the query (N17: no log, trace or exception may hold a request's address).
    private readonly string _key = settings.ApiKey is { } key ? "&apikey=" + Uri.EscapeDataString(key) : "";

    private readonly QuoteFreshness _freshness = settings.Plan switch
    {
        "realtime" => QuoteFreshness.RealTime,
        "delayed" => QuoteFreshness.Delayed,
        _ => QuoteFreshness.EndOfDay,
    };

    // https://www.alphavantage.co/documentation/#latestprice
    // https://www.alphavantage.co/documentation/#currency-exchange
    public HttpRequestMessage CreateRequest(ProviderListing listing) =>
        new(
            HttpMethod.Get,
            new Uri(
                listing.Pair is { } pair
                    ? $"{_rate}{pair.Base}&to_currency={pair.Quote}{_key}"
                    : _quote + Uri.EscapeDataString(listing.ProviderSymbol) + _entitlement + _key
            )
        );

    /// <summary>Rates of currencies are real-time in every plan.</summary>
    public QuoteFreshness BestFreshness(ProviderListing listing) => listing.Pair is null ? _freshness : QuoteFreshness.RealTime;

    public Reading? ReadQuote(in ProviderAnswer answer, ProviderListing listing)
    {
        if (listing.Pair is { } pair)
        {
            return ReadRate(answer, pair);
        }

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
            return answer.Says("apikey"u8) || answer.Says("api key"u8) ? Reading.InvalidKey
                : answer.Says("for CURRENCY_EXCHANGE_RATE"u8) ? Reading.UnknownSymbol // the request itself is always the same
                : Reading.BadRequest;
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

    private static Reading? ReadRate(in ProviderAnswer answer, CurrencyPair pair)
    {
        if (JsonSerializer.Deserialize(answer.Body, AlphaVantageJson.Default.RateAnswer) is not { Rate: { } wire })
        {
            return null;
        }

        if (wire is { From: null, To: null, Rate: null })
        {
            return Reading.UnknownSymbol;
        }

        return wire.From == pair.Base.ToString() && wire.To == pair.Quote.ToString()
            ? Reading.Quote(
                new RawQuote
                {
                    Price = wire.Rate,
                    Bid = wire.Bid,
                    Ask = wire.Ask,
                    AsOf = wire.TimeZone is "UTC" ? Rfc3339.ParseInstant(wire.LastRefreshed?.Trim().Replace(' ', 'T') + "Z") : null,
                    Freshness = QuoteFreshness.RealTime,
                }
            )
            : Reading.AnotherSymbol;
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

        /// <summary>The change in percent, with a trailing <c>%</c>.</summary>
        [JsonPropertyName("10. change percent")]
        public decimal? ChangePercent { get; set; }
    }

    private sealed class RateAnswer
    {
        [JsonPropertyName("Realtime Currency Exchange Rate")]
        public ExchangeRate? Rate { get; set; }
    }

    /// <summary>https://www.alphavantage.co/documentation/#currency-exchange: all values are strings.</summary>
    private sealed class ExchangeRate
    {
        [JsonPropertyName("1. From_Currency Code")]
        public string? From { get; set; }

        [JsonPropertyName("3. To_Currency Code")]
        public string? To { get; set; }

        [JsonPropertyName("5. Exchange Rate"), JsonConverter(typeof(PriceConverter))]
        public decimal? Rate { get; set; }

        /// <summary>Date and time without a zone: <c>2025-06-18 17:32:01</c>.</summary>
        [JsonPropertyName("6. Last Refreshed")]
        public string? LastRefreshed { get; set; }

        /// <summary>That of <see cref="LastRefreshed"/>; only <c>UTC</c> is known.</summary>
        [JsonPropertyName("7. Time Zone")]
        public string? TimeZone { get; set; }

        [JsonPropertyName("8. Bid Price")]
        public decimal? Bid { get; set; }

        [JsonPropertyName("9. Ask Price")]
        public decimal? Ask { get; set; }
    }

    [JsonSourceGenerationOptions(Converters = [typeof(LenientDecimalConverter)])]
    [JsonSerializable(typeof(Quote))]
    [JsonSerializable(typeof(RateAnswer))]
    private sealed partial class AlphaVantageJson : JsonSerializerContext;
}
