namespace Quorum.MarketData;

/// <summary>Ratios between two prices that a unit or a split explains, not an opinion (N22). A ratio is near a factor when it is within 2 %
/// of it or of its inverse.</summary>
internal static class Factors
{
    /// <summary>In natural logarithms, as all distances here: 2 %.</summary>
    private const double Nearness = 0.02;

    private static readonly double[] Units = [Math.Log(100), Math.Log(1000)];

    private static readonly double[] Splits = Array.ConvertAll([1.25, 1.5, 2, 3, 4, 5, 7, 8, 10, 15, 20, 25, 50], Math.Log);

    /// <summary>True if the ratio is near 100 or 1000: pence for pounds, fils for dinars.</summary>
    /// <param name="logRatio">The logarithm of the ratio.</param>
    public static bool IsUnit(double logRatio) => IsNearAny(Units, logRatio);

    /// <summary>True if the ratio is near that of a usual split.</summary>
    /// <param name="logRatio">The logarithm of the ratio.</param>
    public static bool IsSplit(double logRatio) => IsNearAny(Splits, logRatio);

    /// <summary>The logarithm of the ratio of two positive prices.</summary>
    public static double LogRatio(decimal price, decimal to) => Math.Log((double)price) - Math.Log((double)to);

    private static bool IsNearAny(double[] factors, double logRatio)
    {
        var size = Math.Abs(logRatio);
        foreach (var factor in factors)
        {
            if (Math.Abs(size - factor) <= Nearness)
            {
                return true;
            }
        }

        return false;
    }
}
