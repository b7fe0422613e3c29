namespace Quorum.MarketData;

/// <summary>The class within which quotes are compared (N21), slowest first.</summary>
internal enum FreshnessClass
{
    /// <summary>Too old for what it claims to be, or a stored quote that stands in.</summary>
    Stored,
    EndOfDay,

    /// <summary>Also quotes of unknown freshness, which may be delayed.</summary>
    Delayed,
    RealTime,
}

internal static class FreshnessClasses
{
    public static FreshnessClass ClassOf(this ProviderQuote quote) => quote.Stale ? FreshnessClass.Stored : ClassOf(quote.Freshness);

    public static FreshnessClass ClassOf(QuoteFreshness freshness) =>
        freshness switch
        {
            QuoteFreshness.RealTime => FreshnessClass.RealTime,
            QuoteFreshness.EndOfDay => FreshnessClass.EndOfDay,
            _ => FreshnessClass.Delayed,
        };
}
