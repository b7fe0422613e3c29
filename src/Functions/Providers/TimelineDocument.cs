using System.Text.Json.Serialization;
using Quorum.MarketData;
using Quorum.Providers;

namespace Quorum.Functions.Providers;

/// <summary>The last minutes of a provider, as this process saw them.</summary>
/// <param name="Id">The provider.</param>
/// <param name="BucketSeconds">The length of each bucket.</param>
/// <param name="Buckets">Without gaps, oldest first; the last one is incomplete.</param>
/// <param name="BreakerChanges">The changes of its circuit breaker, oldest first.</param>
internal sealed record TimelineDocument(
    ProviderId Id,
    int BucketSeconds,
    IReadOnlyList<TimelineBucketDocument> Buckets,
    IReadOnlyList<BreakerChangeDocument> BreakerChanges
)
{
    public static TimelineDocument Of(ProviderId provider, ProviderTimeline timeline) =>
        new(
            provider,
            (int)timeline.BucketLength.TotalSeconds,
            [.. timeline.Buckets.Select(TimelineBucketDocument.Of)],
            [.. timeline.BreakerChanges.Select(change => new BreakerChangeDocument(change.At, BreakerDocument.NameOf(change.State)))]
        );
}

/// <summary>The calls to a provider that ended in a span of time.</summary>
/// <param name="Start">UTC.</param>
/// <param name="Calls">The number of fetches, whatever their outcome.</param>
/// <param name="Requests">The number of HTTP requests, retries and those past their caller's deadline included.</param>
/// <param name="Outcomes">The number of fetches by outcome; those that never occurred are missing.</param>
/// <param name="LatencyP50Ms">Median duration of the requests; <see langword="null"/> when there was none.</param>
/// <param name="LatencyP95Ms">95th percentile of their durations; <see langword="null"/> when there was none.</param>
internal sealed record TimelineBucketDocument(
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset Start,
    long Calls,
    long Requests,
    IReadOnlyDictionary<string, long> Outcomes,
    double? LatencyP50Ms,
    double? LatencyP95Ms
)
{
    public static TimelineBucketDocument Of(TimelineBucket bucket) =>
        new(
            bucket.Start,
            bucket.Outcomes.Values.Sum(),
            bucket.Requests,
            bucket.Outcomes.ToDictionary(outcome => Http.ApiName<FetchStatus>.Of(outcome.Key), outcome => outcome.Value),
            bucket.LatencyP50Ms,
            bucket.LatencyP95Ms
        );
}

/// <summary>A change of a provider's circuit breaker.</summary>
/// <param name="At">UTC.</param>
/// <param name="State">The state from then on: <c>closed</c>, <c>half-open</c> or <c>open</c>.</param>
internal sealed record BreakerChangeDocument([property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset At, string State);
