using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>A symbol whose latest quote is, or soon will be, too old.</summary>
/// <param name="Symbol">Canonical.</param>
/// <param name="MaxAge">The maximum age of its quote.</param>
/// <param name="IsWatched">True if it is on the watchlist, not only popular.</param>
/// <param name="Popularity">The decayed number of recent requests; 0 if it is due for another reason.</param>
/// <param name="LatestAt">The publication of its latest quote, UTC; <see langword="null"/> for none.</param>
public sealed record DueRefresh(Symbol Symbol, TimeSpan MaxAge, bool IsWatched, double Popularity, DateTimeOffset? LatestAt);

/// <summary>The outcome of a refresh.</summary>
/// <param name="IsRefreshed">True if there is a new quote.</param>
/// <param name="LongestPause">The maximum pause before the next attempt if there is none.</param>
/// <param name="Reason">
/// The reason for no quote as a stable name, such as <c>unknown-symbol</c>; <see langword="null"/> if there is one.
/// </param>
public sealed record SettledRefresh(Symbol Symbol, bool IsRefreshed, TimeSpan LongestPause, string? Reason = null);

/// <summary>The refreshes of one symbol so far.</summary>
/// <param name="LatestAt">The publication of its latest quote, UTC; <see langword="null"/> for none.</param>
/// <param name="NotBefore">
/// The time until which it is not refreshed, UTC: it is being refreshed, or the last refresh failed; <see langword="null"/> if it was never
/// refreshed.
/// </param>
/// <param name="Failures">The number of refreshes without a quote since the last one with a quote.</param>
/// <param name="Reason">The reason of the last failure; <see langword="null"/> for none.</param>
public sealed record RefreshState(DateTimeOffset? LatestAt, DateTimeOffset? NotBefore, int Failures, string? Reason);

/// <summary>The criteria for symbols to refresh.</summary>
/// <param name="Lead">The time before its quote expires at which a symbol is due.</param>
/// <param name="PopularSymbols">The maximum number that are not watched.</param>
/// <param name="LeastPopularity">The minimum popularity.</param>
/// <param name="HalfLife">The half-life of popularity.</param>
/// <param name="PopularMaxAge">The maximum age of a popular symbol's quote.</param>
/// <param name="Most">The maximum number in total.</param>
public sealed record RefreshQuery(
    TimeSpan Lead,
    int PopularSymbols,
    double LeastPopularity,
    TimeSpan HalfLife,
    TimeSpan PopularMaxAge,
    int Most
);
