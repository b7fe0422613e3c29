using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>The status of one provider, as this process sees it; its quota is counted over all processes.</summary>
public sealed record ProviderStatus
{
    public required ProviderId Provider { get; init; }

    /// <summary>True if it is enabled.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>True if a simulator stands for it.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>The account's plan, lower case: the configured one, or the one assumed.</summary>
    public required string Plan { get; init; }

    public required BreakerState Breaker { get; init; }

    /// <summary>For an open breaker, when one request will try, UTC; else <see langword="null"/>.</summary>
    public DateTimeOffset? BreakerOpenUntil { get; init; }

    public required ProviderQuota Quota { get; init; }

    /// <summary>The last quote with a price, late ones included, UTC; <see langword="null"/> for none since this process started.</summary>
    public DateTimeOffset? LastSuccessAt { get; init; }

    /// <summary>The last time it refused a request of this process (key, plan, limit, request); <see langword="null"/> when it never
    /// did.</summary>
    public ProviderRefusal? LastRefusal { get; init; }

    /// <summary>Median duration of the last few hundred requests of the last five minutes, those past their deadline included, in
    /// milliseconds; <see langword="null"/> when there was none.</summary>
    public double? LatencyP50Ms { get; init; }

    /// <summary>The 95th percentile of the latency, in milliseconds.</summary>
    public double? LatencyP95Ms { get; init; }

    /// <summary>Requests to it now, those past their deadline included.</summary>
    public int RequestsUnderWay { get; init; }

    /// <summary>The number of fetches by outcome since this process started; outcomes that did not occur are missing.</summary>
    public required IReadOnlyDictionary<FetchStatus, long> Outcomes { get; init; }
}

/// <summary>A refusal by a provider.</summary>
/// <param name="At">UTC.</param>
/// <param name="Status"><c>invalid-key</c>, <c>plan-restricted</c>, <c>rate-limited</c>, <c>quota-exhausted</c> or
/// <c>bad-request</c>.</param>
public sealed record ProviderRefusal(DateTimeOffset At, FetchStatus Status);
