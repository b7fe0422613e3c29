using DurableTask.Core;
using Microsoft.DurableTask;
using CoreFailure = DurableTask.Core.Exceptions.TaskFailedException;

namespace Quorum.StandaloneHost.DurableTask.Execution;

/// <summary>How long a retry policy waits before the next attempt.</summary>
internal static class RetryDelay
{
    /// <returns><see langword="null"/> when there is no next attempt.</returns>
    public static TimeSpan? After(int attempt, TimeSpan elapsed, RetryPolicy policy, TaskFailureDetails failure)
    {
        if (attempt >= policy.MaxNumberOfAttempts
            || (policy.RetryTimeout != Timeout.InfiniteTimeSpan && elapsed >= policy.RetryTimeout)
            || policy.Handle?.Invoke(AsException(failure)) is false)
        {
            return null;
        }

        var milliseconds = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        var longest = policy.MaxRetryInterval == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : policy.MaxRetryInterval;
        return milliseconds < longest.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : longest;
    }

    /// <summary>The exception of DurableTask.Core, which a policy's <see cref="RetryPolicy.HandleFailure"/> expects.</summary>
    private static CoreFailure AsException(TaskFailureDetails failure) =>
        new(failure.ErrorMessage, new InvalidOperationException(failure.ErrorMessage)) { FailureDetails = AsCore(failure) };

    private static FailureDetails AsCore(TaskFailureDetails failure) => new(
        failure.ErrorType, failure.ErrorMessage, failure.StackTrace, failure.InnerFailure is { } inner ? AsCore(inner) : null, isNonRetriable: false);
}
