using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.History;

/// <summary><c>GET quotes/{symbol}/history</c>: the consolidated quotes that were published for a symbol, newest first.</summary>
public sealed class GetQuoteHistory(QuoteStore store, InstrumentCatalogue catalogue)
{
    [Function(nameof(GetQuoteHistory))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "quotes/{symbol}/history")] HttpRequestData request,
        string symbol,
        CancellationToken cancellationToken
    )
    {
        if (!HistoryRequest.TryParse(symbol, request, catalogue, out var asked, out var faults))
        {
            return await request.RespondAsync(faults, cancellationToken);
        }

        return await request.WithStorageAsync(
            async () =>
            {
                var page = await store.LoadHistoryAsync(asked.Symbol, asked.From, asked.To, asked.Limit, asked.Cursor, cancellationToken);
                return await request.RespondTaggedAsync(HistoryDocument.Write(page, QuotePublication.PathOf(request)), cancellationToken);
            },
            cancellationToken
        );
    }
}
