using System.Net;
using Quorum.Functions.Http;
using Quorum.MarketData;

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

    public static Problem Full(int most, string traceId) =>
        new()
        {
            Type = "urn:quorum:problem:watchlist-full",
            Title = "Watchlist full",
            Status = HttpStatusCode.Conflict,
            Detail = $"The watchlist holds {most} symbols, as many as it may. DELETE one first.",
            TraceId = traceId,
        };
}
