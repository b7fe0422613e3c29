namespace Quorum.Shared;

/// <summary>Waiting for something only so long, without an exception for the usual case that it takes longer.</summary>
internal static class BoundedWaits
{
    /// <summary>The resolution of timers: a shorter rest is not waited for.</summary>
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(1);

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
        // Again after a timer that fired too early, as the runtime's do, which count a coarse clock.
        var begun = time.GetTimestamp();
        for (var left = timeout; !task.IsCompleted && left >= Resolution; left = timeout - time.GetElapsedTime(begun))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await task.WaitAsync(left, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
