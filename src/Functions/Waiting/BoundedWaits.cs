namespace Quorum.Functions.Waiting;

/// <summary>Waiting for something only so long, without an exception for the usual case that it takes longer.</summary>
internal static class BoundedWaits
{
    /// <summary>Whether the task completes before <paramref name="patience"/> ends; if not, it goes on. What it throws in time comes
    /// through.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static async ValueTask<bool> CompletesWithinAsync(
        this Task task,
        TimeSpan patience,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (!task.IsCompleted)
        {
            await task.WaitAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, time, cancellationToken)
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
