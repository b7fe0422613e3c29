using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary><c>DELETE batches/{id}</c>: cancels a batch. Its open items become cancelled at once; what is done stays.</summary>
public sealed class DeleteBatch(BatchStore store, TimeProvider time)
{
    [Function(nameof(DeleteBatch))]
    public Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "batches/{id}")] HttpRequestData request,
        string id,
        [DurableClient] DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        var parameters = new QueryParameters(request.Query);
        parameters.AllowOnly();
        parameters.RefuseBody(request);
        return parameters.Faults.Count > 0
            ? request.RespondAsync(parameters.Faults, cancellationToken)
            : request.WithStorageAsync(() => CancelAsync(request, id, durable, cancellationToken), cancellationToken);
    }

    private async Task<HttpResponseData> CancelAsync(
        HttpRequestData request,
        string id,
        DurableTaskClient durable,
        CancellationToken cancellationToken
    )
    {
        if (
            !BatchId.IsValid(id)
            || !await Caller.Of(request).SeesAsync(store, id, cancellationToken)
            || await store.CancelAsync(id, time.GetUtcNow(), cancellationToken) is not { } batch
        )
        {
            return await request.RespondAsync(BatchProblems.NotFound(id, request.TraceId()), cancellationToken);
        }

        if (batch.State is BatchState.Completed)
        {
            return await request.RespondAsync(BatchProblems.Finished(id, request.TraceId()), cancellationToken);
        }

        // The row decides; the event only ends a wait. There may be no instance yet, or none any more.
        if (await durable.GetInstanceAsync(id, cancellationToken) is { IsCompleted: false })
        {
            await durable.RaiseEventAsync(id, AggregateBatch.CancelEvent, null, cancellationToken);
        }

        return await request.RespondAsync(BatchResource.Of(batch), cancellationToken);
    }
}
