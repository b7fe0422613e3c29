namespace Quorum.MarketData;

/// <summary>How far a consolidated price can be relied on, 0 to 1.</summary>
/// <remarks>
/// The product of four: <c>support</c>, 1 − 2⁻ⁿ for n quotes used, where a stale one counts half; <c>agreement</c>, 1 / (1 + d / f) for a weighted mean
/// distance d of the quotes from the price and the outlier floor f, both in basis points; <c>freshness</c> of the best quote used (real-time 1, unknown 0.95,
/// delayed 0.9, end of day 0.8, stale 0.5); <c>consent</c>, the share of usable quotes that is used. More quotes, nearer ones and fresher ones never lower it.
/// </remarks>
internal static class Confidence
{
    private const double BpsPerUnit = 10_000;
    private const int Decimals = 3;

    private static readonly double[] OfFreshness = [0.5, 0.8, 0.9, 0.95, 1];

    public static double Of(decimal price, QuotePanel panel, MergeOptions options)
    {
        var (counted, weighed, weights) = (0.0, 0.0, 0.0);
        var best = FreshnessClass.Stale;
        for (var place = 0; place < ProviderSet.Size; place++)
        {
            if ((panel.Used & (1 << place)) == 0)
            {
                continue;
            }

            var quote = panel[place];
            var freshness = QuoteWeight.ClassOf(quote);
            best = freshness > best ? freshness : best;
            counted += freshness == FreshnessClass.Stale ? 0.5 : 1;
            weighed += panel.WeightOf(place) * Math.Abs((double)quote.Price!.Value - (double)price); // used quotes have a price
            weights += panel.WeightOf(place);
        }

        var distanceBps = weighed / weights / (double)price * BpsPerUnit;
        var support = 1 - Math.Pow(0.5, counted);
        var agreement = 1 / (1 + (distanceBps / (double)Math.Clamp(options.OutlierFloorBps, 1, 10_000)));
        var consent = ProviderSet.Count(panel.Used) / (double)ProviderSet.Count(panel.Usable);
        return Math.Round(support * agreement * OfFreshness[(int)best] * consent, Decimals);
    }
}
