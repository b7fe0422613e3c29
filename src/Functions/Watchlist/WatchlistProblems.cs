using System.Net;
using Quorum.Functions.Http;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Watchlist;

internal static class WatchlistProblems
{
    public static Problem NotWatched(Symbol symbol, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:not-watched",
            Title = "Not watched",
            Status = HttpStatusCode.NotFound,
            Detail = $"{symbol} is not on the watchlist; PUT puts it there.",
            TraceId = traceId,
        };

    public static Problem Full(string? consumer, WatchlistLimits limits, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:watchlist-full",
            Title = "Watchlist full",
            Status = HttpStatusCode.Conflict,
            Detail =
                (
                    consumer is null
                        ? $"The watchlist may have {limits.All} entries, and has them."
                        : $"Consumer '{consumer}' may watch {limits.OfOwner} symbols, all consumers together {limits.All}, and they are used up."
                ) + " DELETE one first.",
            TraceId = traceId,
        };
}
