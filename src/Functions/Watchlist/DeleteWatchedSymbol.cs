using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.Watchlist;

/// <summary><c>DELETE watchlist/{symbol}</c>: has a symbol no longer kept warm. Deleting what is not there is no fault: afterwards it is
/// not there.</summary>
public sealed class DeleteWatchedSymbol(WatchlistStore watchlist, InstrumentCatalogue catalogue)
{
    [Function(nameof(DeleteWatchedSymbol))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "watchlist/{symbol}")] HttpRequestData request,
        string symbol,
        CancellationToken cancellationToken
    )
    {
        if (!request.TryReadSymbol(symbol, catalogue, out var asked, out var faults))
        {
            return await request.RespondAsync(faults, cancellationToken);
        }

        return await request.WithStorageAsync(
            async () =>
            {
                await watchlist.RemoveAsync(asked, Caller.Of(request).Owner, cancellationToken);
                return request.CreateResponse(HttpStatusCode.NoContent);
            },
            cancellationToken
        );
    }
}
