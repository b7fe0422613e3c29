using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary>
/// Settles batches whose orchestration ended before all items were settled: it was terminated, it failed, or it was purged. Their open
/// items fail with that reason. Checked when such a batch is requested or sent again, and by <see cref="SettleAbandonedBatches"/>.
/// </summary>
public sealed partial class AbandonedBatches(BatchStore store, TimeProvider time, ILogger<AbandonedBatches> logger)
{
    /// <summary>The maximum wait for the task hub: the state of a batch is known without it.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    /// <summary>Settles the batch if its orchestration has ended.</summary>
    /// <param name="batch">The batch as read before this call.</param>
    /// <returns>The batch as it is now; <paramref name="batch"/> if nothing has changed.</returns>
    public async Task<Batch> SettleAsync(Batch batch, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (batch.IsFinished)
        {
            return batch;
        }

        string? end;
        try
        {
            end = EndOf(batch, await durable.GetInstanceAsync(batch.Id, cancellationToken).WaitAsync(MaxWait, time, cancellationToken));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The progress of the batch does not depend on the hub. Which exception it throws depends on the backend.
            LogNotChecked(exception, batch.Id);
            return batch;
        }

        if (end is null)
        {
            return batch;
        }

        // An orchestration that completed has settled its batch, perhaps after the batch was read: that stays as it is.
        var settled = await store.FailAsync(
            batch.Id,
            $"orchestration-{end}",
            $"The orchestration of the batch {Sentence(end)} before this item had a result. Send the symbol in a batch with another batchId.",
            time.GetUtcNow(),
            cancellationToken
        );
        if (settled is { State: BatchState.Completed } && settled.Failed > batch.Failed)
        {
            LogSettled(settled.Id, end);
        }

        return settled ?? batch;
    }

    /// <summary>Returns the way in which the orchestration ended; <see langword="null"/> while it runs or has yet to start.</summary>
    private static string? EndOf(Batch batch, OrchestrationMetadata? instance) =>
        (batch.State, instance) switch
        {
            (BatchState.Accepted, null) => null, // Its message is still in the queue.
            (_, null) => "purged", // A running batch had an instance.
            // Before the start, an instance of this id may be that of an earlier batch whose retention has ended.
            (BatchState.Accepted, _) when instance.CreatedAt < batch.CreatedAt => null,
            (_, { RuntimeStatus: OrchestrationRuntimeStatus.Terminated }) => "terminated",
            (_, { RuntimeStatus: OrchestrationRuntimeStatus.Failed }) => "failed",
            _ => null,
        };

    private static string Sentence(string end) => end == "failed" ? "failed" : $"was {end}";

    [LoggerMessage(
        EventId = 1205,
        Level = LogLevel.Warning,
        Message = "The orchestration of batch {BatchId} was ended ({End}); its open items are failed items now."
    )]
    private partial void LogSettled(string batchId, string end);

    [LoggerMessage(EventId = 1206, Level = LogLevel.Debug, Message = "The orchestration of batch {BatchId} could not be looked up.")]
    private partial void LogNotChecked(Exception exception, string batchId);
}
