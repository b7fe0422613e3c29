using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorum.Storage;

namespace Quorum.Functions.Retention;

/// <summary>Deletes finished orchestration instances, quotes, traces, batches, dead letters and what is known of popularity when their
/// retention has ended, in bounded steps and for a bounded time; the next run goes on.</summary>
/// <remarks>Running twice, also at once, is harmless. One kind that cannot be deleted does not keep the others.</remarks>
public sealed partial class DeleteExpired(
    RetentionStore store,
    TimeProvider time,
    IOptions<RetentionOptions> options,
    ILogger<DeleteExpired> logger
)
{
    /// <summary>No instance is older; some backends want a beginning.</summary>
    private static readonly DateTimeOffset Beginning = DateTimeOffset.UnixEpoch;

    /// <summary>A batch has up to 1,000 items.</summary>
    private const int BatchesInChunk = 10;

    /// <summary>An orchestration that begins later than its callers waited is of no use to them.</summary>
    private static readonly TimeSpan ClaimsKeep = TimeSpan.FromHours(1);

    private readonly RetentionOptions _options = options.Value;

    [Function(nameof(DeleteExpired))]
    public async Task RunAsync(
        [TimerTrigger($"%{RetentionOptions.Schedule}%")] TimerInfo timer,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        using var expiry = new CancellationTokenSource(_options.LongestRun, time);
        using var run = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, expiry.Token);
        var now = time.GetUtcNow();
        try
        {
            await InChunksAsync("quotes", store.DeleteQuotesAsync, now - _options.Quotes, _options.Chunk, run.Token);
            await InChunksAsync("provider quotes", store.DeleteProviderQuotesAsync, now - _options.Quotes, _options.Chunk, run.Token);
            await InChunksAsync("traces", store.DeleteTracesAsync, now - _options.Traces, _options.Chunk, run.Token);
            await InChunksAsync(
                "batches",
                store.DeleteBatchesAsync,
                now - _options.Batches,
                Math.Min(BatchesInChunk, _options.Chunk),
                run.Token
            );
            await InChunksAsync("dead letters", store.DeleteDeadLettersAsync, now - _options.DeadLetters, _options.Chunk, run.Token);
            await InChunksAsync("popularities", store.DeletePopularitiesAsync, now - _options.Popularity, _options.Chunk, run.Token);
            await InChunksAsync("refreshes", store.DeleteRefreshesAsync, now - _options.Popularity, _options.Chunk, run.Token);
            await InChunksAsync("usage", store.DeleteUsageAsync, now - _options.Usage, _options.Chunk, run.Token);
            await InChunksAsync("claims", store.DeleteFetchClaimsAsync, now - ClaimsKeep, _options.Chunk, run.Token);
            await RunAsync("instances", token => PurgeInstancesAsync(durable, now - _options.Instances, token), run.Token);
        }
        catch (OperationCanceledException) when (expiry.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            LogNotDone(_options.LongestRun, timer.IsPastDue);
        }
    }

    private static async Task<int> PurgeInstancesAsync(
        DurableTaskClient durable,
        DateTimeOffset before,
        CancellationToken cancellationToken
    )
    {
        OrchestrationRuntimeStatus[] finished =
        [
            OrchestrationRuntimeStatus.Completed,
            OrchestrationRuntimeStatus.Failed,
            OrchestrationRuntimeStatus.Terminated,
        ];
        var purged = await durable.PurgeAllInstancesAsync(new PurgeInstancesFilter(Beginning, before, finished), cancellationToken);
        return purged.PurgedInstanceCount;
    }

    private Task InChunksAsync(
        string what,
        Func<DateTimeOffset, int, CancellationToken, Task<int>> delete,
        DateTimeOffset before,
        int chunk,
        CancellationToken cancellationToken
    ) =>
        RunAsync(
            what,
            async token =>
            {
                var (total, deleted) = (0, 0);
                do
                {
                    token.ThrowIfCancellationRequested();
                    deleted = await delete(before, chunk, token);
                    total += deleted;
                } while (deleted == chunk);

                return total;
            },
            cancellationToken
        );

    private async Task RunAsync(string what, Func<CancellationToken, Task<int>> delete, CancellationToken cancellationToken)
    {
        try
        {
            var deleted = await delete(cancellationToken);
            if (deleted > 0)
            {
                LogDeleted(deleted, what);
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotDeleted(exception, what);
        }
    }

    [LoggerMessage(EventId = 1401, Level = LogLevel.Information, Message = "Deleted {Count} {What} whose retention has ended.")]
    private partial void LogDeleted(int count, string what);

    [LoggerMessage(
        EventId = 1402,
        Level = LogLevel.Warning,
        Message = "The {What} whose retention has ended could not be deleted; the next run tries again."
    )]
    private partial void LogNotDeleted(Exception exception, string what);

    [LoggerMessage(
        EventId = 1403,
        Level = LogLevel.Warning,
        Message = "Deleting what has been kept long enough took longer than {LongestRun} and goes on with the next run (past due: {PastDue})."
    )]
    private partial void LogNotDone(TimeSpan longestRun, bool pastDue);
}
