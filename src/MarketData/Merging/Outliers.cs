using System.Runtime.InteropServices;

namespace Quorum.MarketData;

/// <summary>Finds the quote to set aside before the price is taken, if any.</summary>
/// <remarks>
/// A quote is an outlier when it lies too far from the median of its peers, the quotes of the same freshness (at least three, itself included):
/// farther than a floor in basis points and than a multiple of their median absolute deviation. A delayed quote's distance from a real-time one
/// is no disagreement (N9), unless it is out of all proportion. Stale quotes are of different hours and have no peers.
/// <para>Only one is set aside, the farthest, and only of four or more. Setting aside every outlier would let a further provider lower the number of
/// those used ({100, 100, 110, 110} has none; with a third 100 both 110 are), which must not happen: with n usable quotes n or n − 1 take part, never
/// fewer, and n when there are three. A second outlier is left to the median.</para>
/// </remarks>
internal static class Outliers
{
    private const int FewestToJudge = 4;
    private const int FewestPeers = 3;
    private const decimal BpsPerUnit = 10_000;

    /// <returns>The index of the quote to set aside, or -1.</returns>
    /// <param name="quotes">By provider.</param>
    /// <param name="weights">By provider: of two equally far the lighter is set aside, else the later one.</param>
    /// <param name="usable">The set of those to judge; each has a price.</param>
    /// <param name="options">The limits.</param>
    public static int Find(ReadOnlySpan<ProviderQuote?> quotes, ReadOnlySpan<long> weights, int usable, MergeOptions options)
    {
        if (ProviderSet.Count(usable) < FewestToJudge)
        {
            return -1;
        }

        var farthest = new Farthest();
        var factor = Math.Clamp(options.OutlierFactor, 1.1m, 1000);
        var centre = MedianPrice(quotes, usable);
        for (var i = 0; i < quotes.Length; i++)
        {
            if ((usable & (1 << i)) != 0 && IsOutOfProportion(PriceOf(quotes[i]), centre, factor))
            {
                farthest.Consider(i, PriceOf(quotes[i]), centre, weights[i]);
            }
        }

        for (var freshness = FreshnessClass.EndOfDay; freshness <= FreshnessClass.RealTime; freshness++)
        {
            JudgeAmongPeers(quotes, weights, PeersOf(quotes, usable, freshness), options, ref farthest);
        }

        return farthest.Index;
    }

    private static void JudgeAmongPeers(
        ReadOnlySpan<ProviderQuote?> quotes, ReadOnlySpan<long> weights, int peers, MergeOptions options, ref Farthest farthest)
    {
        if (ProviderSet.Count(peers) < FewestPeers)
        {
            return;
        }

        var centre = MedianPrice(quotes, peers);
        var deviation = MedianDeviation(quotes, peers, centre);
        var floor = centre / BpsPerUnit * Math.Clamp(options.OutlierFloorBps, 1, BpsPerUnit);
        var multiple = Math.Clamp(options.OutlierMadMultiple, 1, 100);
        for (var i = 0; i < quotes.Length; i++)
        {
            if ((peers & (1 << i)) != 0)
            {
                var distance = Math.Abs(PriceOf(quotes[i]) - centre);
                if (distance > floor && distance / multiple > deviation)
                {
                    farthest.Consider(i, PriceOf(quotes[i]), centre, weights[i]);
                }
            }
        }
    }

    private static bool IsOutOfProportion(decimal price, decimal centre, decimal factor) => price / factor > centre || centre / factor > price;

    private static int PeersOf(ReadOnlySpan<ProviderQuote?> quotes, int usable, FreshnessClass freshness)
    {
        var peers = 0;
        for (var i = 0; i < quotes.Length; i++)
        {
            if ((usable & (1 << i)) != 0 && QuoteWeight.ClassOf(quotes[i]!) == freshness) // usable means that there is one
            {
                peers |= 1 << i;
            }
        }

        return peers;
    }

    private static decimal MedianPrice(ReadOnlySpan<ProviderQuote?> quotes, int set) => MedianDeviation(quotes, set, 0);

    /// <summary>The median of the prices' distances from the centre.</summary>
    private static decimal MedianDeviation(ReadOnlySpan<ProviderQuote?> quotes, int set, decimal centre)
    {
        Span<decimal> distances = stackalloc decimal[ProviderSet.Size];
        var count = 0;
        for (var i = 0; i < quotes.Length; i++)
        {
            if ((set & (1 << i)) != 0)
            {
                distances[count++] = Math.Abs(PriceOf(quotes[i]) - centre);
            }
        }

        return Median.Plain(distances[..count]);
    }

    private static decimal PriceOf(ProviderQuote? quote) => quote!.Price!.Value; // of usable quotes only

    [StructLayout(LayoutKind.Auto)]
    private ref struct Farthest
    {
        private double _distance;
        private long _weight;

        public Farthest()
        {
        }

        public int Index { get; private set; } = -1;

        public void Consider(int index, decimal price, decimal centre, long weight)
        {
            // Only an order is taken from the binary distance, never a value.
            var distance = Math.Abs((double)price - (double)centre) / (double)centre;
            if (Index < 0 || distance > _distance || (distance == _distance && weight <= _weight))
            {
                (Index, _distance, _weight) = (index, distance, weight);
            }
        }
    }
}
