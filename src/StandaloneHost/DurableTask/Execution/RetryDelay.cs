using Microsoft.DurableTask;

namespace Quorum.StandaloneHost.DurableTask.Execution;

/// <summary>How long a retry policy waits before the next attempt.</summary>
internal static class RetryDelay
{
    /// <returns><see langword="null"/> when there is no next attempt.</returns>
    public static TimeSpan? After(int attempt, TimeSpan elapsed, RetryPolicy policy, TaskFailureDetails failure)
    {
        if (attempt >= policy.MaxNumberOfAttempts
            || (policy.RetryTimeout != Timeout.InfiniteTimeSpan && elapsed >= policy.RetryTimeout)
            || !policy.HandleFailure(failure))
        {
            return null;
        }

        var milliseconds = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        var longest = policy.MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : policy.MaxRetryInterval;
        return milliseconds < longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : longest;
    }
}
