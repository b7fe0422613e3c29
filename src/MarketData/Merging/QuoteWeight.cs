namespace Quorum.MarketData;

/// <summary>How much a quote counts. Quotes fall into classes by freshness, and trust counts within a class: one quote of a better class outweighs
/// all of the worse ones together, so that delayed, end-of-day and stale quotes never outvote fresh real-time ones (N9).</summary>
internal static class QuoteWeight
{
    /// <summary>More than the highest trust of five providers over the lowest of one, which is 500.</summary>
    private const long ClassStep = 1000;

    /// <summary>Trust is counted in hundredths.</summary>
    private const int TrustUnit = 100;

    private static readonly long[] ClassScale = [ClassStep, ClassStep * ClassStep, Cube, Cube * ClassStep, Cube * ClassStep * ClassStep];

    private const long Cube = ClassStep * ClassStep * ClassStep;

    public static long Of(ProviderQuote quote, ProviderId provider, MergeOptions options) =>
        Trust(provider, options) * ClassScale[(int)ClassOf(quote)];

    /// <summary>The weight of one class lower.</summary>
    public static long Lowered(long weight) => weight / ClassStep;

    public static FreshnessClass ClassOf(ProviderQuote quote) => quote switch
    {
        { Stale: true } => FreshnessClass.Stale,
        { Freshness: QuoteFreshness.RealTime } => FreshnessClass.RealTime,
        { Freshness: QuoteFreshness.Delayed } => FreshnessClass.Delayed,
        { Freshness: QuoteFreshness.EndOfDay } => FreshnessClass.EndOfDay,
        _ => FreshnessClass.Unknown,
    };

    /// <summary>Takes from the heaviest as much as it needs to weigh less than the others together: then their range holds whatever it says.</summary>
    public static void LetNoneDecideAlone(Span<long> weights)
    {
        var heaviest = 0;
        var total = 0L;
        for (var i = 0; i < weights.Length; i++)
        {
            total += weights[i];
            heaviest = weights[i] > weights[heaviest] ? i : heaviest;
        }

        var others = total - weights[heaviest];
        weights[heaviest] = Math.Min(weights[heaviest], others - 1);
    }

    private static int Trust(ProviderId provider, MergeOptions options) =>
        options.Trust.Count == 0 || !options.Trust.TryGetValue(provider.ToString(), out var trust)
            ? TrustUnit
            : (int)(Math.Clamp(trust, MergeOptions.LowestTrust, MergeOptions.HighestTrust) * TrustUnit);
}

/// <summary>How near a quote is to the market, worst first.</summary>
internal enum FreshnessClass
{
    /// <summary>Too old for what it claims to be, or a stored quote that stands in.</summary>
    Stale,
    EndOfDay,
    Delayed,
    Unknown,
    RealTime,
}
