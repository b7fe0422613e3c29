using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary><c>GET batches/{id}/items</c>: the items in the order of the batch with their quotes, page by page.</summary>
public sealed class GetBatchItems(BatchStore store)
{
    public const int DefaultPage = 100;

    [Function(nameof(GetBatchItems))]
    public Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "batches/{id}/items")] HttpRequestData request,
        string id,
        CancellationToken cancellationToken
    )
    {
        var parameters = new QueryParameters(request.Query);
        parameters.AllowOnly("limit", "cursor", "status");
        parameters.RefuseBody(request);
        var limit = parameters.Limit(DefaultPage, BatchStore.MaxPageSize);
        var after = parameters.Cursor<int>(TryParsePlace) ?? 0;
        var status = ReadStatus(parameters);
        return parameters.Faults.Count > 0
            ? request.RespondAsync(parameters.Faults, cancellationToken)
            : request.WithStorageAsync(
                async () =>
                    BatchId.IsValid(id)
                    && await Caller.Of(request).SeesAsync(store, id, cancellationToken)
                    && await store.LoadItemsAsync(id, after, limit, status, cancellationToken) is { } page
                        ? await request.RespondAsync(Write(page), cancellationToken)
                        : await request.RespondAsync(BatchProblems.NotFound(id, request.TraceId()), cancellationToken),
                cancellationToken
            );
    }

    private static bool TryParsePlace(string text, out int place) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out place);

    private static BatchItemStatus? ReadStatus(QueryParameters parameters)
    {
        if (parameters.Find("status") is not { } text)
        {
            return null;
        }

        if (BatchItemResource.Statuses.TryGetValue(text, out var status))
        {
            return status;
        }

        parameters.Refuse("status", text, $"must be one of {string.Join(", ", BatchItemResource.Statuses.Keys)}");
        return null;
    }

    private static ReadOnlyMemory<byte> Write(BatchItemPage page) =>
        ApiJson.Write(
            new Page<BatchItemResource>(
                [.. page.Items.Select(BatchItemResource.Of)],
                page.Next is { } next ? PageCursor.Write(next.ToString(CultureInfo.InvariantCulture)) : null
            ),
            BatchHttpJson.Default.PageBatchItemResource
        );
}
