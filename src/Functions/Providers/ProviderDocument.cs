using System.Text.Json.Serialization;
using Quorum.MarketData;
using Quorum.Providers;

namespace Quorum.Functions.Providers;

/// <summary>The six providers.</summary>
/// <param name="Items">All providers, in the order in which quotes list them.</param>
internal sealed record ProviderList(IReadOnlyList<ProviderDocument> Items);

/// <summary>The status of a provider.</summary>
/// <param name="Simulated">True if the provider is simulated.</param>
/// <param name="Enabled">True if it is called.</param>
/// <param name="Plan">The account's plan, lower case.</param>
/// <param name="LastSuccess">
/// The last quote with a price for this process, UTC; <see langword="null"/> for none since the process started.
/// </param>
/// <param name="LastRefusal">
/// The last refusal of a request of this process; <see langword="null"/> for none since the process started.
/// </param>
/// <param name="RequestsUnderWay">The number of requests in flight.</param>
/// <param name="Outcomes">The number of fetches by outcome since this process started; outcomes that did not occur are missing.</param>
internal sealed record ProviderDocument(
    ProviderId Id,
    bool Simulated,
    bool Enabled,
    string Plan,
    BreakerDocument Breaker,
    QuotaDocument Quota,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? LastSuccess,
    RefusalDocument? LastRefusal,
    LatencyDocument Latency,
    int RequestsUnderWay,
    IReadOnlyDictionary<string, long> Outcomes
)
{
    public static ProviderDocument Of(ProviderStatus status) =>
        new(
            status.Provider,
            status.IsSimulated,
            status.IsEnabled,
            status.Plan,
            new BreakerDocument(BreakerDocument.NameOf(status.Breaker), status.BreakerOpenUntil),
            QuotaDocument.Of(status.Quota),
            status.LastSuccessAt,
            status.LastRefusal is { } refusal ? new RefusalDocument(refusal.At, Http.ApiName<FetchStatus>.Of(refusal.Status)) : null,
            new LatencyDocument(Rounded(status.LatencyP50Ms), Rounded(status.LatencyP95Ms)),
            status.RequestsUnderWay,
            status
                .Outcomes.OrderBy(outcome => outcome.Key)
                .ToDictionary(outcome => Http.ApiName<FetchStatus>.Of(outcome.Key), outcome => outcome.Value)
        );

    private static double? Rounded(double? milliseconds) => milliseconds is { } value ? Math.Round(value, 1) : null;
}

/// <summary>A provider's refusal of a request.</summary>
/// <param name="At">UTC.</param>
/// <param name="Outcome"><c>invalid-key</c>, <c>plan-restricted</c>, <c>rate-limited</c>, <c>quota-exhausted</c> or
/// <c>bad-request</c>.</param>
internal sealed record RefusalDocument([property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset At, string Outcome);

/// <summary>The circuit breaker of a provider: it is not asked after it failed too often.</summary>
/// <param name="State"><c>closed</c>, <c>half-open</c> or <c>open</c>.</param>
/// <param name="OpenUntil">When one request will try, UTC; <see langword="null"/> unless it is open.</param>
internal sealed record BreakerDocument(string State, [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? OpenUntil)
{
    public static string NameOf(BreakerState state) =>
        state switch
        {
            BreakerState.Closed => "closed",
            BreakerState.HalfOpen => "half-open",
            BreakerState.Open => "open",
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No such state."),
        };
}

/// <summary>The latency of requests to a provider.</summary>
/// <param name="P50Ms">Median of the last minutes; <see langword="null"/> without a request.</param>
/// <param name="P95Ms">95th percentile.</param>
internal sealed record LatencyDocument(double? P50Ms, double? P95Ms);

/// <summary>The remaining quota of a provider, over all processes.</summary>
/// <param name="ClosedUntil">
/// The time until which it is not called, because it reported a used-up limit; <see langword="null"/> when it did not.
/// </param>
/// <param name="Windows">Shortest first; empty when the plan sets no limit.</param>
internal sealed record QuotaDocument(
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? ClosedUntil,
    IReadOnlyList<QuotaWindowDocument> Windows
)
{
    public static QuotaDocument Of(ProviderQuota quota) => new(quota.ClosedUntil, [.. quota.Windows.Select(QuotaWindowDocument.Of)]);
}

/// <summary>One sliding window of a quota.</summary>
/// <param name="Seconds">The window's length: in any span of it at most <paramref name="Limit"/>.</param>
/// <param name="Left">Permits left to callers who wait, over all processes.</param>
/// <param name="InteractiveReserve">Permits of the limit that batches and prefetch leave alone.</param>
/// <param name="RefillsAt">When the first of the used permits comes back, UTC; <see langword="null"/> when none is used.</param>
internal sealed record QuotaWindowDocument(
    int Seconds,
    int Limit,
    int Left,
    int InteractiveReserve,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset? RefillsAt
)
{
    public static QuotaWindowDocument Of(ProviderQuotaWindow window) =>
        new(
            (int)window.Length.TotalSeconds,
            window.Limit,
            window.LeftFor(CallPurpose.Interactive),
            window.InteractiveReserve,
            window.RefillsAt
        );
}
