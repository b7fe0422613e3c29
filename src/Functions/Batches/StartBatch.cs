using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quorum.Functions.Messages;
using Quorum.Shared.Postgres;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary>Starts <see cref="AggregateBatch"/> for each message of queue <c>quote-batches</c>, under the batch's id: a message that is
/// delivered twice, and two messages for one batch, start it once.</summary>
/// <remarks>A message of which nothing can be made fails every delivery, and so ends in the poison queue; the first failure records it with
/// its reason for the operator. One that arrives while PostgreSQL is unavailable waits here: its deliveries would be used up within
/// seconds, and what was acknowledged would lie in the poison queue.</remarks>
public sealed partial class StartBatch(
    BatchStore store,
    AbandonedBatches abandoned,
    InstrumentCatalogue catalogue,
    RefusedMessages refused,
    TimeProvider time,
    ILogger<StartBatch> logger
)
{
    /// <summary>The time for which one delivery waits for PostgreSQL: less than the function timeout.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(6);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250),
        LongestPause = TimeSpan.FromSeconds(5);

    [Function(nameof(StartBatch))]
    public async Task RunAsync(
        [QueueTrigger(BatchQueue.Name)] string text,
        [DurableClient] DurableTaskClient durable,
        FunctionContext context,
        CancellationToken cancellationToken
    )
    {
        if (!BatchMessage.TryRead(text, out var message, out var fault))
        {
            throw await refused.RecordAsync(BatchQueue.Name, text, fault, context, cancellationToken);
        }

        var since = time.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause < LongestPause / 2 ? pause * 2 : LongestPause)
        {
            try
            {
                await RunAsync(message, text, durable, context, cancellationToken);
                return;
            }
            catch (NpgsqlException exception) when (exception.IsTemporary() && time.GetElapsedTime(since) < MaxWait)
            {
                if (pause == FirstPause)
                {
                    LogWaits(exception, message.BatchId);
                }

                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    private async Task RunAsync(
        BatchMessage message,
        string text,
        DurableTaskClient durable,
        FunctionContext context,
        CancellationToken cancellationToken
    )
    {
        var wanted = message.Symbols is { } symbols ? BatchContent.Compose(message.BatchId, symbols, catalogue, time.GetUtcNow()) : null;
        var batch = wanted is null
            ? await store.FindAsync(message.BatchId, cancellationToken)
            : await store.CreateAsync(wanted, cancellationToken);
        if (batch is null)
        {
            throw await refused.RecordAsync(
                BatchQueue.Name,
                text,
                "It names no symbols, and no batch of its batchId is stored.",
                context,
                cancellationToken
            );
        }

        if (wanted is not null && batch.Content != wanted.Content)
        {
            throw await refused.RecordAsync(
                BatchQueue.Name,
                text,
                "There is a batch of its batchId with other symbols.",
                context,
                cancellationToken
            );
        }

        if (batch.State is BatchState.Running)
        {
            batch = await abandoned.SettleAsync(batch, durable, cancellationToken); // A message that arrives twice restarts no terminated batch.
        }

        if (batch.IsFinished)
        {
            return;
        }

        if (await durable.GetInstanceAsync(batch.Id, cancellationToken) is { } instance && instance.Name != nameof(AggregateBatch))
        {
            await abandoned.RefuseTakenAsync(batch, cancellationToken); // starting it would replace the other one, once that has ended
            return;
        }

        await StartAsync(batch, durable, cancellationToken);
    }

    private async Task StartAsync(Batch batch, DurableTaskClient durable, CancellationToken cancellationToken)
    {
        try
        {
            await durable.ScheduleNewOrchestrationInstanceAsync(
                nameof(AggregateBatch),
                new AggregateBatchInput(batch.Id, durable.Name is { Length: > 0 } hub ? hub : null),
                new StartOrchestrationOptions(batch.Id),
                cancellationToken
            );
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Which exception says that the id is taken depends on the backend.
            if (await durable.GetInstanceAsync(batch.Id, cancellationToken) is not { IsCompleted: false, Name: nameof(AggregateBatch) })
            {
                throw;
            }

            LogRunsAlready(exception.GetType().Name, batch.Id);
        }
    }

    [LoggerMessage(EventId = 1201, Level = LogLevel.Debug, Message = "Batch {BatchId} runs already ({ExceptionType}).")]
    private partial void LogRunsAlready(string exceptionType, string batchId);

    [LoggerMessage(EventId = 1204, Level = LogLevel.Warning, Message = "The start of batch {BatchId} waits: PostgreSQL does not answer.")]
    private partial void LogWaits(Exception exception, string batchId);
}
