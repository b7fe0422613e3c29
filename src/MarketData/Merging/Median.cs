namespace Quorum.MarketData;

/// <summary>Medians of a few decimals, exact: a value of the input, or the midpoint of two.</summary>
internal static class Median
{
    /// <summary>The value at which half of the weight is reached; halfway to the next one when it is reached exactly. Sorts both spans.</summary>
    public static decimal Weighted(Span<decimal> values, Span<long> weights)
    {
        values.Sort(weights);
        var total = 0L;
        foreach (var weight in weights)
        {
            total += weight;
        }

        var below = 0L;
        for (var i = 0; ; i++)
        {
            below += weights[i];
            var above = total - below;
            if (below > above)
            {
                return values[i];
            }

            if (below == above)
            {
                return ExactDecimal.Trim(ExactDecimal.Midpoint(values[i], values[i + 1]));
            }
        }
    }

    /// <summary>Sorts the values.</summary>
    public static decimal Plain(Span<decimal> values)
    {
        values.Sort();
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : ExactDecimal.Midpoint(values[middle - 1], values[middle]);
    }
}
