namespace Quorum.MarketData;

/// <summary>Computes <c>confidence</c>, the reliability of a consolidated price from 0 to 1, in this one place. docs/design.md explains its
/// use.</summary>
/// <remarks>
/// <c>confidence = freshness × 0.9^against × support</c>, rounded to three decimals.
/// <para><c>freshness</c> is that of the class that is compared: real-time 1, delayed or unknown 0.9, end of day 0.8, stale or stored
/// 0.5.</para>
/// <para><c>against</c> counts the quotes that were left out because they are suspect or name another currency.</para>
/// <para><c>support</c> is ½ for the word of one vendor: a lone fresh quote, or a price that the other fresh quotes contradict. It is more
/// only if the fresh quotes that agree remain a majority whichever single one of them is wrong (two of two, three of three, four of four or
/// five, five of six). Then it is 1 − 2⁻ⁿ, where n is the number of those that agree, plus ½ for each delayed and ¼ for each end-of-day or
/// stored quote that agrees, less the width of their range in tolerances; times 0.9 for each fresh quote that does not agree and each
/// slower one in another unit; if only one is fresh, for each slower one that no day's move explains.</para>
/// </remarks>
internal static class Confidence
{
    /// <summary>The support of a price that one vendor gave.</summary>
    private const double OneWord = 0.5;

    /// <summary>The highest support of a lone fresh quote, whatever slower ones say.</summary>
    private const double HighestAlone = 0.6;

    private const double PerQuoteAgainst = 0.9;

    /// <summary>A day's plausible move. A lone fresh quote farther from a slower one than this is contradicted by it (N21).</summary>
    public static readonly double DaysMove = Math.Log(1.1);

    private static readonly double[] OfClass = [0.5, 0.8, 0.9, 1];
    private static readonly double[] SlowerSupport = [0.25, 0.25, 0.5, 1];
    private const int Decimals = 3;

    /// <param name="panel">With a price.</param>
    /// <param name="isContradicted">True if several fresh quotes are there and too few of them agree.</param>
    public static double Of(QuotePanel panel, out bool isContradicted)
    {
        var freshness = OfClass[(int)panel[panel.NewestOf(panel.Fresh)].ClassOf()];
        var support = SupportOf(panel);
        isContradicted = ProviderSet.Count(panel.Fresh) > 1 && support <= OneWord;
        return Math.Round(freshness * Against(panel.Suspects) * (panel.MixesCurrencies ? Math.Min(support, OneWord) : support), Decimals);
    }

    /// <summary>True if a single fresh quote stands against at least two slower ones that no day's move explains, and none agrees with it
    /// (N21).</summary>
    public static bool IsUncorroborated(QuotePanel panel)
    {
        if (ProviderSet.Count(panel.Fresh) != 1)
        {
            return false;
        }

        var price = panel.LogOf(panel.NewestOf(panel.Fresh));
        var contradicting = 0;
        for (var place = 0; place < ProviderSet.Size; place++)
        {
            if (((panel.Comparable & ~panel.Fresh) & (1 << place)) != 0)
            {
                var distance = Math.Abs(panel.LogOf(place) - price);
                if (distance <= panel.LogTolerance)
                {
                    return false;
                }

                contradicting += distance > DaysMove ? 1 : 0;
            }
        }

        return contradicting >= 2;
    }

    /// <summary>The best support that any range of prices gives.</summary>
    private static double SupportOf(QuotePanel panel)
    {
        var alone = ProviderSet.Count(panel.Fresh) == 1;
        var best = alone ? 0 : OneWord;
        for (var from = 0; from < ProviderSet.Size; from++)
        {
            for (var to = 0; to < ProviderSet.Size; to++)
            {
                if ((panel.Comparable & (1 << from)) != 0 && (panel.Comparable & (1 << to)) != 0 && panel.LogOf(from) <= panel.LogOf(to))
                {
                    best = Math.Max(best, SupportWithin(panel, panel.LogOf(from), panel.LogOf(to)));
                }
            }
        }

        return alone ? Math.Min(best, HighestAlone) : best;
    }

    /// <summary>The support by the quotes whose logarithms lie in a range; 0 when too few fresh ones do.</summary>
    private static double SupportWithin(QuotePanel panel, double low, double high)
    {
        var (fresh, slower, against) = (0, 0.0, 0);
        var (lowest, highest) = (double.MaxValue, double.MinValue);
        for (var place = 0; place < ProviderSet.Size; place++)
        {
            var log = panel.LogOf(place);
            if ((panel.Fresh & (1 << place)) != 0)
            {
                if (log >= low && log <= high)
                {
                    fresh++;
                    (lowest, highest) = (Math.Min(lowest, log), Math.Max(highest, log));
                }
                else
                {
                    against++;
                }
            }
            else if ((panel.Comparable & (1 << place)) != 0 && log >= low && log <= high)
            {
                slower += SlowerSupport[(int)panel[place].ClassOf()];
            }
        }

        var all = fresh + against;
        var agree =
            fresh >= (all <= 2 ? all : (all / 2) + 2)
            && highest - lowest <= (fresh - 1) * panel.LogTolerance
            && HoldsPrice(panel, lowest, highest);
        if (!agree)
        {
            return 0;
        }

        against += all == 1 ? Contradicting(panel, lowest) : ProviderSet.Count(panel.UnitFactors & ~panel.Fresh);
        var supporters = fresh + slower - ((high - low) / panel.LogTolerance);
        return (1 - Math.Pow(2, -Math.Max(supporters, 0))) * Against(against);
    }

    /// <summary>Trust may put the price outside of what most agree on; then they do not support it. A price set aside for its unit counts
    /// as if it stood alone.</summary>
    private static bool HoldsPrice(QuotePanel panel, double lowest, double highest)
    {
        if ((panel.Fresh & panel.UnitFactors) == panel.Fresh)
        {
            return true;
        }

        var price = Math.Log((double)panel.Price!.Value.Value); // confidence is asked for only with a price
        return price >= lowest - panel.LogTolerance && price <= highest + panel.LogTolerance;
    }

    /// <summary>The slower quotes that lie farther from the only fresh one than a day's move explains.</summary>
    private static int Contradicting(QuotePanel panel, double fresh)
    {
        var limit = Math.Max(DaysMove, panel.LogTolerance);
        var count = 0;
        for (var place = 0; place < ProviderSet.Size; place++)
        {
            if ((panel.Comparable & ~panel.Fresh & (1 << place)) != 0)
            {
                count += Math.Abs(panel.LogOf(place) - fresh) > limit ? 1 : 0;
            }
        }

        return count;
    }

    private static double Against(int quotes) => quotes == 0 ? 1 : Math.Pow(PerQuoteAgainst, quotes);
}
