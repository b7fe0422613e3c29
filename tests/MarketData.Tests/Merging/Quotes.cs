namespace Quorum.MarketData.Tests;

/// <summary>Quotes and outcomes of one made-up Wednesday in New York, an hour before the close, unless a test says otherwise.</summary>
internal static class Quotes
{
    public static readonly DateTimeOffset Now = Utc.At("2025-06-18 19:00:00");
    public static readonly Symbol Aapl = Symbol.Parse("AAPL");

    public static readonly Instrument Apple = new()
    {
        Symbol = Aapl,
        Name = "Apple Inc.",
        Venue = Mic.Parse("XNAS"),
        Isin = "US0378331005",
        Currency = CurrencyCode.Usd,
    };

    public static readonly ReferenceData Reference = new() { Instrument = Apple };

    /// <summary>A real-time quote of this second.</summary>
    public static ProviderQuote Live(decimal? price) =>
        new()
        {
            Price = price,
            RawPrice = price,
            RawUnit = "USD",
            Currency = CurrencyCode.Usd,
            AsOf = Now.AddSeconds(-1),
            AsOfPrecision = AsOfPrecision.Instant,
            TradingDate = Utc.Day("2025-06-18"),
            ReceivedAt = Now,
            Freshness = QuoteFreshness.RealTime,
        };

    public static ProviderQuote Delayed(decimal price) =>
        Live(price) with
        {
            Freshness = QuoteFreshness.Delayed,
            AsOf = Now.AddMinutes(-16),
        };

    public static ProviderQuote EndOfDay(decimal price) =>
        Live(price) with
        {
            Freshness = QuoteFreshness.EndOfDay,
            AsOf = null,
            AsOfPrecision = AsOfPrecision.Day,
            TradingDate = Utc.Day("2025-06-17"),
        };

    public static FetchOutcome Ok(ProviderId provider, ProviderQuote quote) =>
        new()
        {
            Provider = provider,
            Status = FetchStatus.Ok,
            Quote = quote,
            LatencyMs = 38.2,
            Attempts = 1,
        };

    public static FetchOutcome Failed(ProviderId provider, FetchStatus status = FetchStatus.TimedOut) =>
        new()
        {
            Provider = provider,
            Status = status,
            LatencyMs = 180,
            Attempts = 1,
            Detail = "It did not answer in time.",
        };

    /// <summary>The quotes as answers of the providers in their order.</summary>
    public static FetchOutcome[] From(params ProviderQuote[] quotes) => [.. quotes.Select((quote, i) => Ok(ProviderId.All[i], quote))];

    public static ConsolidatedQuote Merge(params ProviderQuote[] quotes) => Merge(From(quotes));

    public static ConsolidatedQuote Merge(
        IReadOnlyList<FetchOutcome> outcomes,
        ReferenceData? reference = null,
        MergeOptions? options = null
    ) => QuoteMerger.Merge(Aapl, reference ?? Reference, outcomes, Now, options);
}
