namespace Quorum.Sharing;

internal static class Latencies
{
    /// <summary>Returns the quantile by nearest rank, in milliseconds; NaN for none.</summary>
    public static double Quantile(this IEnumerable<Read> reads, double share)
    {
        var sorted = reads.Select(read => read.Took.TotalMilliseconds).Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)];
    }
}
