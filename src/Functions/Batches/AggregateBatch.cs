using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace Quorum.Functions.Batches;

/// <summary>
/// The recipe of a batch: window by window, ask every provider for the window's items, then settle them. Symbols, answers and results stand
/// in PostgreSQL, only places and counts in the history, which starts anew after some windows. A process that is killed leaves the batch
/// where it was: what has been answered is not asked for again.
/// </summary>
public static class AggregateBatch
{
    /// <summary>Ends a wait because the batch was cancelled.</summary>
    public const string CancelEvent = "cancel";

    /// <summary>Rounds in one history: some 100 KB.</summary>
    private const int RoundsInHistory = 20;

    /// <summary>PostgreSQL may be unavailable for an hour and more.</summary>
    private static readonly TaskOptions DatabaseRetries = TaskOptions.FromRetryPolicy(
        new RetryPolicy(
            maxNumberOfAttempts: 100,
            firstRetryInterval: TimeSpan.FromSeconds(1),
            backoffCoefficient: 2,
            maxRetryInterval: TimeSpan.FromMinutes(1)
        )
    );

    [Function(nameof(AggregateBatch))]
    public static async Task<BatchProgress> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, AggregateBatchInput input)
    {
        var cancelled = context.WaitForExternalEvent<object>(CancelEvent);
        var step = await context.CallActivityAsync<BatchStep>(nameof(BeginBatch), input, DatabaseRetries);
        for (var round = 0; ; round++)
        {
            context.SetCustomStatus(step.Progress);
            if (step.IsOver)
            {
                return step.Progress;
            }

            if (round == RoundsInHistory)
            {
                context.ContinueAsNew(input);
                return step.Progress;
            }

            if (step.WaitUntil is { } due)
            {
                await WaitAsync(context, due, cancelled);
                step = await context.CallActivityAsync<BatchStep>(nameof(BeginBatch), input, DatabaseRetries);
            }
            else
            {
                // Providers without quota are called again later, those that have answered are not; items with all their answers need not
                // wait for that.
                var retryAt = await AskAsync(context, input.BatchId, step);
                var settle = new SettleItemsInput(input.BatchId, step.Ordinals) { OnlyAnswered = retryAt is not null };
                step = await context.CallActivityAsync<BatchStep>(nameof(SettleItems), settle, DatabaseRetries);
                if (retryAt is { } later && !step.IsOver)
                {
                    await WaitAsync(context, later, cancelled);
                }
            }
        }
    }

    /// <summary>Asks all providers at once.</summary>
    /// <returns>When to ask those again whose quota was used up; <see langword="null"/> when all have answered.</returns>
    private static async Task<DateTimeOffset?> AskAsync(TaskOrchestrationContext context, string batchId, BatchStep step)
    {
        var asking = new Task<FetchItemsResult>[step.Providers.Count];
        for (var i = 0; i < asking.Length; i++)
        {
            asking[i] = context.CallActivityAsync<FetchItemsResult>(
                nameof(FetchItems),
                new FetchItemsInput(batchId, step.Providers[i].Provider, step.Ordinals, step.Providers[i].WaitsForQuota),
                DatabaseRetries
            );
        }

        return (await Task.WhenAll(asking)).Max(result => result.RetryAt);
    }

    private static async Task WaitAsync(TaskOrchestrationContext context, DateTimeOffset until, Task cancelled)
    {
        if (cancelled.IsCompleted)
        {
            return;
        }

        using var expiry = new CancellationTokenSource();
        if (await Task.WhenAny(context.CreateTimer(until.UtcDateTime, expiry.Token), cancelled) == cancelled)
        {
#pragma warning disable VSTHRD103, CA1849, MA0042 // CancelAsync runs callbacks on other threads; an orchestrator stays on its own
            expiry.Cancel();
#pragma warning restore VSTHRD103, CA1849, MA0042
        }
    }
}
