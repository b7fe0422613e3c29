using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary><c>GET batches</c>: the batches, newest first.</summary>
public sealed class ListBatches(BatchStore store)
{
    public const int DefaultPage = 50;

    [Function(nameof(ListBatches))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "batches")] HttpRequestData request,
        CancellationToken cancellationToken
    )
    {
        var parameters = new QueryParameters(request.Query);
        parameters.AllowOnly("limit", "cursor");
        var limit = parameters.Limit(DefaultPage, BatchStore.MaxPageSize);
        var after = parameters.Cursor<BatchCursor>(BatchCursor.TryParse);
        parameters.RefuseBody(request);
        if (parameters.Faults.Count > 0)
        {
            return await request.RespondAsync(parameters.Faults, cancellationToken);
        }

        return await request.WithStorageAsync(
            async () =>
            {
                var found = await store.ListAsync(Caller.Of(request).Owner, after, limit + 1, cancellationToken);
                var page = Page.Of(found, limit, batch => BatchCursor.Of(batch).ToString());
                return await request.RespondTaggedAsync(
                    ApiJson.Write(
                        new Page<BatchResource>([.. page.Items.Select(BatchResource.Of)], page.Next),
                        BatchHttpJson.Default.PageBatchResource
                    ),
                    cancellationToken
                );
            },
            cancellationToken
        );
    }
}
