using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Http;
using Quorum.Functions.Http;
using Quorum.Storage;

namespace Quorum.Functions.Watchlist;

/// <summary><c>GET watchlist/{symbol}</c>: whether and how a symbol is kept warm.</summary>
public sealed class GetWatchedSymbol(WatchlistStore watchlist, InstrumentCatalogue catalogue)
{
    [Function(nameof(GetWatchedSymbol))]
    public async Task<HttpResponseData> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "watchlist/{symbol}")] HttpRequestData request,
        string symbol,
        CancellationToken cancellationToken)
    {
        var parameters = new QueryParameters(request.Query);
        var asked = catalogue.Canonicalize(parameters.Symbol("symbol", symbol));
        parameters.AllowOnly();
        parameters.RefuseBody(request);
        if (parameters.Faults.Count > 0)
        {
            return await request.RespondAsync(parameters.Faults, cancellationToken);
        }

        return await request.WithStorageAsync(
            async () => await watchlist.FindAsync(asked, cancellationToken) is { } entry
                ? await request.RespondTaggedAsync(
                    JsonSerializer.SerializeToUtf8Bytes(WatchedSymbol.Of(entry, catalogue), HttpJson.Default.WatchedSymbol), cancellationToken)
                : await request.RespondAsync(WatchlistProblems.NotWatched(asked, request.TraceId()), cancellationToken),
            cancellationToken);
    }
}
