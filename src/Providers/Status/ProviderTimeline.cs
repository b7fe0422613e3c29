using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The last minutes of a provider, as this process saw them.</summary>
/// <param name="BucketLength">The length of each bucket.</param>
/// <param name="Buckets">Without gaps, oldest first; the last one is incomplete.</param>
/// <param name="BreakerChanges">Oldest first.</param>
public sealed record ProviderTimeline(
    TimeSpan BucketLength,
    IReadOnlyList<TimelineBucket> Buckets,
    IReadOnlyList<BreakerChange> BreakerChanges
)
{
    /// <summary>The maximum length of a timeline.</summary>
    public static TimeSpan MaxLength => CallTimeline.MaxLength;
}

/// <summary>The fetches that ended in a span of time.</summary>
/// <param name="Start">UTC.</param>
/// <param name="Requests">The number of HTTP requests that ended, those past their caller's deadline and retries included.</param>
/// <param name="Outcomes">The number of fetches by outcome; those that never occurred are missing.</param>
/// <param name="LatencyP50Ms">Median duration of the requests, in milliseconds; <see langword="null"/> when there was none.</param>
/// <param name="LatencyP95Ms">Likewise the 95th percentile.</param>
public sealed record TimelineBucket(
    DateTimeOffset Start,
    long Requests,
    IReadOnlyDictionary<FetchStatus, long> Outcomes,
    double? LatencyP50Ms,
    double? LatencyP95Ms
);

/// <summary>A change of a circuit breaker.</summary>
/// <param name="At">UTC.</param>
/// <param name="State">The state from then on.</param>
public sealed record BreakerChange(DateTimeOffset At, BreakerState State);
