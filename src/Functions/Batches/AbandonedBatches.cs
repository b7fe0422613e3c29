using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary>
/// Settles batches whose orchestration ended before all items were settled (it was terminated, it failed, or it was purged) or never began,
/// because the message that starts it was lost. Their open items fail with that reason. Checked when such a batch is requested or sent
/// again, and by <see cref="SettleAbandonedBatches"/>.
/// </summary>
/// <remarks>Apps with task hubs of their own may share the tables: a missing orchestration of another task hub means nothing.</remarks>
public sealed partial class AbandonedBatches(
    UnfinishedBatches unfinished,
    TimeProvider time,
    IOptions<BatchOptions> options,
    ILogger<AbandonedBatches> logger
)
{
    private const int Page = 100;

    /// <summary>The maximum wait for the task hub: the state of a batch is known without it.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    private static readonly End Terminated = new("orchestration-terminated", "was terminated"),
        Failed = new("orchestration-failed", "failed"),
        Purged = new("orchestration-purged", "was purged"),
        NotStarted = new("orchestration-not-started", "did not start"),
        Taken = new("orchestration-not-started", "did not start, since its batchId is the id of another orchestration,");

    /// <summary>The id of the batch that was checked last; empty at the beginning.</summary>
    private string _checked = "";

    /// <summary>Settles the batch if its orchestration has ended.</summary>
    /// <param name="batch">The batch as read before this call.</param>
    /// <returns>The batch as it is now; <paramref name="batch"/> if nothing has changed.</returns>
    public async Task<Batch> SettleAsync(Batch batch, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        if (batch.IsFinished || (batch.TaskHub is { } hub && hub != durable.Name))
        {
            return batch;
        }

        End? end;
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

        return await FailAsync(batch, end, cancellationToken);
    }

    /// <summary>Fails a batch whose id another orchestration has: the history of that one stays.</summary>
    public Task RefuseTakenAsync(Batch batch, CancellationToken cancellationToken) => FailAsync(batch, Taken, cancellationToken);

    private async Task<Batch> FailAsync(Batch batch, End end, CancellationToken cancellationToken)
    {
        // An orchestration that completed has settled its batch, perhaps after the batch was read: that stays as it is.
        var settled = await unfinished.FailAsync(
            batch.Id,
            end.Reason,
            $"The orchestration of the batch {end.Verb} before this item had a result. Send the symbol in a batch with another batchId.",
            time.GetUtcNow(),
            cancellationToken
        );
        if (settled is { State: BatchState.Completed } && settled.Failed > batch.Failed)
        {
            LogSettled(settled.Id, end.Verb);
        }

        return settled ?? batch;
    }

    /// <summary>Checks unfinished batches, beginning after those of the previous call, and with the first again after the last.</summary>
    /// <param name="before">Later started batches are not checked; nor are those created later that have not started.</param>
    /// <param name="max">The maximum number of batches; a multiple of 100.</param>
    /// <exception cref="Npgsql.NpgsqlException">PostgreSQL does not answer.</exception>
    public async Task SettleNextAsync(DurableTaskClient durable, DateTimeOffset before, int max, CancellationToken cancellationToken)
    {
        for (var count = 0; count < max; count += Page)
        {
            var batches = await unfinished.ListAsync(durable.Name, before, _checked, Page, cancellationToken);
            foreach (var batch in batches)
            {
                await SettleAsync(batch, durable, cancellationToken);
                _checked = batch.Id;
            }

            if (batches.Count < Page)
            {
                _checked = "";
                return;
            }
        }
    }

    /// <summary>Returns the way in which the orchestration ended; <see langword="null"/> while it runs or has yet to start.</summary>
    private End? EndOf(Batch batch, OrchestrationMetadata? instance)
    {
        var isLate = (batch.StartedAt ?? batch.CreatedAt) + options.Value.MaxStartDelay < time.GetUtcNow();
        return (batch.State, instance) switch
        {
            (BatchState.Accepted, null) => isLate ? NotStarted : null, // Until then its message may be in the queue.
            (_, null) when batch.TaskHub is null => isLate ? Purged : null, // An earlier build began it, perhaps in another hub.
            (_, null) => Purged, // A running batch had an instance.
            // Before the start, an instance of this id may be that of an earlier batch whose retention has ended.
            (BatchState.Accepted, _) when instance.CreatedAt + PublishedQuote.ClockTolerance < batch.CreatedAt => isLate
            && instance.IsCompleted
                ? NotStarted
                : null,
            (_, { RuntimeStatus: OrchestrationRuntimeStatus.Terminated }) => Terminated,
            (_, { RuntimeStatus: OrchestrationRuntimeStatus.Failed }) => Failed,
            _ => null,
        };
    }

    [LoggerMessage(
        EventId = 1205,
        Level = LogLevel.Warning,
        Message = "The orchestration of batch {BatchId} {End}; the open items of the batch failed."
    )]
    private partial void LogSettled(string batchId, string end);

    [LoggerMessage(EventId = 1206, Level = LogLevel.Debug, Message = "The orchestration of batch {BatchId} could not be looked up.")]
    private partial void LogNotChecked(Exception exception, string batchId);

    /// <param name="Reason">The reason of the open items.</param>
    /// <param name="Verb">The verb of a sentence about the orchestration.</param>
    private sealed record End(string Reason, string Verb);
}
