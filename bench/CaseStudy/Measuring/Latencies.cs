namespace Quorum.CaseStudy.Measuring;

/// <summary>The latencies of requests. A request without a complete answer counts as infinite.</summary>
internal sealed class Latencies
{
    private readonly TimeSpan[] _sorted;

    /// <param name="latencies">
    /// In any order; <see cref="TimeSpan.MaxValue"/> for a request without a complete answer. Must not be empty.
    /// </param>
    public Latencies(IEnumerable<TimeSpan> latencies)
    {
        _sorted = [.. latencies.Order()];
        ArgumentOutOfRangeException.ThrowIfZero(_sorted.Length, nameof(latencies));
    }

    public int Asked => _sorted.Length;

    public int Answered => _sorted.Count(latency => latency != TimeSpan.MaxValue);

    public TimeSpan P50 => Quantile(0.50);

    public TimeSpan P95 => Quantile(0.95);

    /// <summary>Returns the quantile by nearest rank.</summary>
    private TimeSpan Quantile(double share) => _sorted[Math.Max(0, (int)Math.Ceiling(share * _sorted.Length) - 1)];
}
