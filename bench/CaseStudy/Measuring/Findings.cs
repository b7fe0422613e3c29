namespace Quorum.CaseStudy.Measuring;

/// <summary>What one way came to.</summary>
/// <param name="Way">Its name.</param>
/// <param name="OneAtATime">Requests asked one at a time.</param>
/// <param name="AtRates">Open-loop rates in requests per second, rising, up to the first that was not carried.</param>
internal sealed record Findings(string Way, Latencies OneAtATime, IReadOnlyList<(int Rate, Latencies Latencies)> AtRates)
{
    /// <summary>The time in which 95 of 100 requests must be answered completely.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(200);

    public static bool IsCarried(Latencies latencies) => latencies.P95 <= Limit;

    /// <summary>The highest rate carried; <see langword="null"/> when none was.</summary>
    public int? CarriedRate => AtRates.LastOrDefault(step => IsCarried(step.Latencies)) is { Rate: > 0 } step ? step.Rate : null;

    /// <summary>The rate that was too much; <see langword="null"/> when all that were tried were carried.</summary>
    public (int Rate, Latencies Latencies)? TooMuch => AtRates is [.., var last] && !IsCarried(last.Latencies) ? last : null;
}
