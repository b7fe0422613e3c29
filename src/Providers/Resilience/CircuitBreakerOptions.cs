namespace Quorum.Providers;

/// <summary>
/// The circuit breaker of a provider. A request counts as failed when it ended as a server error, malformed, timed out or unreachable;
/// outcomes that a healthy provider may also have (an unknown symbol, a rate limit, a wrong key) count as good.
/// </summary>
/// <remarks>
/// An answer after its caller's deadline counts by its own outcome. A provider that is always slower than the budget but answers within
/// <see cref="ProviderOptions.BackgroundLimit"/> is therefore still called: its late answer is the next caller's fallback, which an open
/// circuit would prevent. It costs no caller more than the budget.
/// </remarks>
public sealed class CircuitBreakerOptions
{
    /// <summary>
    /// True if the circuit opens when a provider fails too often, and until the window ends when it reports a used-up limit (N6). Default
    /// true; without it the next call is made after any outcome, as a test of recorded answers needs.
    /// </summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The part of requests in <see cref="SamplingDuration"/> that must fail. Default 0.5; 0.01 to 1.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Requests in <see cref="SamplingDuration"/> below which nothing is concluded. Default 10; 2 to 100,000.</summary>
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>The period over which requests are counted. Default 30 s; 0.5 s to 1 hour.</summary>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The time for which the circuit stays open; after it one trial request decides. Default 5 s; 0.5 s to 1 hour.</summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);
}
