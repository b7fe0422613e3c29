using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary>Settles <see cref="AbandonedBatches"/>, once a minute. Running twice is harmless: a settled batch does not change.</summary>
public sealed class SettleAbandonedBatches(BatchStore store, AbandonedBatches abandoned, TimeProvider time)
{
    private const int Page = 100;

    /// <summary>Batches that started more recently are left to the next run: most finish sooner.</summary>
    private static readonly TimeSpan MinAge = TimeSpan.FromMinutes(1);

    [Function(nameof(SettleAbandonedBatches))]
    public async Task RunAsync(
        [TimerTrigger("20 * * * * *")] TimerInfo timer,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        _ = timer;
        var before = time.GetUtcNow() - MinAge;
        IReadOnlyList<Batch> batches;
        var after = "";
        do
        {
            batches = await store.ListUnfinishedAsync(before, after, Page, cancellationToken);
            foreach (var batch in batches)
            {
                await abandoned.SettleAsync(batch, durable, cancellationToken);
                after = batch.Id;
            }
        } while (batches.Count == Page);
    }
}
