namespace Quorum.Providers;

/// <summary>
/// The retries of failed requests: only after failures that a retry can cure (a server error, a malformed answer, no connection, a timeout,
/// a rate limit with a short wait), only while the deadline leaves time for an attempt as long as the last one, and within a budget.
/// </summary>
public sealed class RetryOptions
{
    /// <summary>Retries of one fetch. Default 2; 0 to 5. The first waits 15 ms by median, each further one twice as long, with jitter; what
    /// the provider asks for in <c>Retry-After</c> counts instead.</summary>
    public int MaxRetries { get; set; } = 2;

    /// <summary>Retries of all fetches as a part of their number; ten may be saved up. Default 0.2; 0 to 1.</summary>
    public double BudgetRatio { get; set; } = 0.2;
}
