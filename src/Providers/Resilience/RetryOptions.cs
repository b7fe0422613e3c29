namespace Quorum.Providers;

/// <summary>When a request that failed is made again: only what that can mend (a server's error, a malformed answer, no connection, a
/// time-out, a rate limit whose wait fits), only while the deadline leaves time for an attempt as long as the last one, and within a
/// budget.</summary>
public sealed class RetryOptions
{
    /// <summary>Retries of one fetch. Default 2; 0 to 5. The first waits 15 ms by median, each further one twice as long, with jitter; what
    /// the provider asks for in <c>Retry-After</c> counts instead.</summary>
    public int MaxRetries { get; set; } = 2;

    /// <summary>Retries of all fetches as a part of their number; ten may be saved up. Default 0.2; 0 to 1.</summary>
    public double BudgetRatio { get; set; } = 0.2;
}
