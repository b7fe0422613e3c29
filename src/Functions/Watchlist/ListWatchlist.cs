using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Functions.Prefetch;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Watchlist;

/// <summary><c>GET watchlist</c>: the symbols that are kept warm, ordered by symbol.</summary>
public sealed class ListWatchlist(WatchlistStore watchlist, RefreshForecasts forecasts, InstrumentCatalogue catalogue)
{
    public const int DefaultLimit = 100,
        MaxLimit = 1000;

    [Function(nameof(ListWatchlist))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "watchlist")] HttpRequestData request,
        CancellationToken cancellationToken
    )
    {
        var parameters = new QueryParameters(request.Query);
        parameters.AllowOnly("limit", "cursor");
        var limit = parameters.Limit(DefaultLimit, MaxLimit);
        var after = parameters.Cursor<Symbol>(Symbol.TryParse);
        parameters.RefuseBody(request);
        if (parameters.Faults.Count > 0)
        {
            return await request.RespondAsync(parameters.Faults, cancellationToken);
        }

        return await request.WithStorageAsync(
            async () =>
            {
                var found = await watchlist.ListAsync(Caller.Of(request).Owner, after, limit + 1, cancellationToken);
                var next = await forecasts.OfAsync(found, cancellationToken);
                var page = Page.Of(
                    [.. found.Zip(next, (entry, forecast) => WatchedSymbol.Of(entry, forecast, catalogue))],
                    limit,
                    symbol => symbol.Symbol.ToString()
                );
                return await request.RespondTaggedAsync(ApiJson.Write(page, HttpJson.Default.PageWatchedSymbol), cancellationToken);
            },
            cancellationToken
        );
    }
}
