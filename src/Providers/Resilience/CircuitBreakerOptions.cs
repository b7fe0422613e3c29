namespace Quorum.Providers;

/// <summary>When a provider that fails again and again is left alone. A request counts as failed when it ended as a server error,
/// malformed, timed out or unreachable; what a healthy provider may also say (an unknown symbol, a rate limit, a wrong key) counts as
/// good.</summary>
/// <remarks>An answer that comes after its caller's deadline counts as what it was. A provider that is always slower than the budget but
/// answers within <see cref="ProviderOptions.BackgroundLimit"/> is therefore asked again and again: what it brings late is the next
/// caller's stand-in, which an open breaker would take away. It costs no caller more than the budget.</remarks>
public sealed class CircuitBreakerOptions
{
    /// <summary>Whether a provider that fails again and again is left alone for a while, and one that says that a limit is used up until
    /// its window ends (N6). Default yes; without it the next call is made whatever the last one came to, as a test of recorded answers
    /// needs.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The part of requests in <see cref="SamplingDuration"/> that must fail. Default 0.5; 0.01 to 1.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Requests in <see cref="SamplingDuration"/> below which nothing is concluded. Default 10; 2 to 100,000.</summary>
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>How far back requests are looked at. Default 30 s; 0.5 s to 1 hour.</summary>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the provider is left alone; after it one request tries, and decides. Default 5 s; 0.5 s to 1 hour.</summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);
}
