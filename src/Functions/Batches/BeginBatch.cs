using Microsoft.Azure.Functions.Worker;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary>Marks a batch as running and says what there is to do first; after a wait or with a new history, what there is to do
/// next.</summary>
/// <remarks>Running twice is harmless: only an accepted batch changes.</remarks>
public sealed class BeginBatch(BatchWork work, BatchPlanning planning, TimeProvider time)
{
    [Function(nameof(BeginBatch))]
    public async Task<BatchStep> RunAsync([ActivityTrigger] AggregateBatchInput input, CancellationToken cancellationToken) =>
        await work.BeginAsync(input.BatchId, input.TaskHub, planning.LargestWindow, time.GetUtcNow(), cancellationToken) is { } plan
            ? await planning.NextAsync(plan, cancellationToken)
            : new BatchStep { Progress = new BatchProgress(0, 0, 0, 0, 100), IsOver = true }; // Deleted.
}
