using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Microsoft.DurableTask.Client;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary><c>GET batches/{id}</c>: the progress of a batch.</summary>
public sealed class GetBatch(BatchStore store, AbandonedBatches abandoned)
{
    [Function(nameof(GetBatch))]
    public Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "batches/{id}")] HttpRequestData request,
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
            : request.WithStorageAsync(
                async () =>
                    BatchId.IsValid(id) && await store.FindAsync(id, cancellationToken) is { } batch && Caller.Of(request).Sees(batch.Owner)
                        ? await request.RespondAsync(
                            BatchResource.Of(await abandoned.SettleAsync(batch, durable, cancellationToken)),
                            cancellationToken
                        )
                        : await request.RespondAsync(BatchProblems.NotFound(id, request.TraceId()), cancellationToken),
                cancellationToken
            );
    }
}

internal static class BatchResponses
{
    /// <summary>True if the caller may see the batch, or sees everything.</summary>
    public static async Task<bool> SeesAsync(this Caller caller, BatchStore store, string id, CancellationToken cancellationToken) =>
        caller.Owner is null || (await store.FindAsync(id, cancellationToken) is { } batch && caller.Sees(batch.Owner));

    /// <summary>Answers 200 with the batch, or 304 to a GET when the caller holds it as it is.</summary>
    public static async Task<HttpResponseData> RespondAsync(
        this HttpRequestData request,
        BatchResource batch,
        CancellationToken cancellationToken
    )
    {
        var held = request.Method == "GET" && request.Holds(batch.EntityTag);
        var response = request.CreateResponse(held ? HttpStatusCode.NotModified : HttpStatusCode.OK);
        response.Headers.Add("ETag", batch.EntityTag);
        response.Headers.Add("Cache-Control", "private, no-cache");
        if (!held)
        {
            response.Headers.Add("Content-Type", "application/json; charset=utf-8");
            await response.Body.WriteAsync(ApiJson.Write(batch, BatchHttpJson.Default.BatchResource), cancellationToken);
        }

        return response;
    }
}
