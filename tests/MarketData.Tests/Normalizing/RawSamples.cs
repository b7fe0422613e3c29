namespace Quorum.MarketData.Tests;

/// <summary>A quote as a provider sent it, and listings.</summary>
internal static class RawSamples
{
    public static readonly DateTimeOffset Now = Utc.At("2025-06-18 17:32:15");

    public static readonly ProviderListing Apple = new()
    {
        Provider = ProviderId.Massive,
        Symbol = Symbol.Parse("AAPL"),
        ProviderSymbol = "AAPL",
        Unit = "USD",
        Venue = Mic.Parse("XNAS"),
        Currency = CurrencyCode.Usd,
    };

    public static readonly ProviderListing Vodafone = new()
    {
        Provider = ProviderId.Eodhd,
        Symbol = Symbol.Parse("VOD:XLON"),
        ProviderSymbol = "VOD.LSE",
        Unit = "GBX",
        Venue = Mic.Parse("XLON"),
        Currency = CurrencyCode.Parse("GBP"),
    };

    public static readonly RawQuote Raw = new()
    {
        Price = 214.2900m,
        Bid = 214.28m,
        Ask = 214.3m,
        Open = 215.8000m,
        High = 216.45m,
        Low = 213.6m,
        PreviousClose = 216m,
        Change = -1.71m,
        ChangePercent = -0.7917m,
        Volume = 38765012.75m,
        AsOf = Utc.At("2025-06-18 17:32:10"),
        Freshness = QuoteFreshness.RealTime,
    };
}
