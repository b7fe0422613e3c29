namespace Quorum.MarketData;

/// <summary>Finds the middle of a few sorted values by their weights.</summary>
internal static class Median
{
    /// <summary>The indices of the values at which half of the weight is reached: the same one twice, or two when it is reached exactly
    /// between them.</summary>
    /// <param name="weights">In the order of the sorted values; changed by the call.</param>
    /// <param name="noneDecidesAlone">Takes from the heaviest as much as it needs to weigh less than the others together: then their range
    /// holds whatever it says.</param>
    public static (int Low, int High) Weighted(Span<int> weights, bool noneDecidesAlone)
    {
        var (total, heaviest) = (0, 0);
        for (var i = 0; i < weights.Length; i++)
        {
            total += weights[i];
            heaviest = weights[i] > weights[heaviest] ? i : heaviest;
        }

        var others = total - weights[heaviest];
        if (noneDecidesAlone && weights[heaviest] >= others)
        {
            (weights[heaviest], total) = (others - 1, others + others - 1);
        }

        var below = 0;
        for (var i = 0; ; i++)
        {
            below += weights[i];
            if (below > total - below)
            {
                return (i, i);
            }

            if (below == total - below)
            {
                return (i, i + 1);
            }
        }
    }
}
