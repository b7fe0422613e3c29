using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Consumers;
using Quorum.Functions.Http;
using Quorum.Functions.Prefetch;
using Quorum.Storage;

namespace Quorum.Functions.Watchlist;

/// <summary><c>GET watchlist/{symbol}</c>: whether a symbol is watched, when it was refreshed and, where it is not, why.</summary>
public sealed class GetWatchedSymbol(WatchlistStore watchlist, RefreshForecasts forecasts, InstrumentCatalogue catalogue)
{
    [Function(nameof(GetWatchedSymbol))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "watchlist/{symbol}")] HttpRequestData request,
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
                await watchlist.FindAsync(asked, Caller.Of(request).Owner, cancellationToken) is { } entry
                    ? await request.RespondTaggedAsync(
                        ApiJson.Write(
                            WatchedSymbol.Of(entry, (await forecasts.OfAsync([entry], cancellationToken))[0], catalogue),
                            HttpJson.Default.WatchedSymbol
                        ),
                        cancellationToken
                    )
                    : await request.RespondAsync(WatchlistProblems.NotWatched(asked, request.TraceId()), cancellationToken),
            cancellationToken
        );
    }
}
