namespace Quorum.Functions.Waiting;

/// <summary>Waiting for something only so long, without an exception for the usual case that it takes longer.</summary>
internal static class BoundedWaits
{
    /// <summary>
    /// Returns true if the task completes within <paramref name="timeout"/>; if not, it continues. Its exception in time is thrown.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static async ValueTask<bool> CompletesWithinAsync(
        this Task task,
        TimeSpan timeout,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (!task.IsCompleted)
        {
            await task.WaitAsync(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (task.IsCompleted)
        {
            await task;
            return true;
        }

        cancellationToken.ThrowIfCancellationRequested();
        return false;
    }
}
