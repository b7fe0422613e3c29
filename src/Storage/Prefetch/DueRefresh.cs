using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>A symbol whose latest quote is, or soon will be, older than somebody wants it.</summary>
/// <param name="Symbol">Canonical.</param>
/// <param name="MaxAge">How old its quote may become.</param>
/// <param name="IsWatched">On the watchlist, not only popular.</param>
/// <param name="Popularity">How often it was asked for lately, decayed; 0 where that is not why.</param>
/// <param name="LatestAt">When its latest quote was published, UTC; <see langword="null"/> when it has none.</param>
public sealed record DueRefresh(Symbol Symbol, TimeSpan MaxAge, bool IsWatched, double Popularity, DateTimeOffset? LatestAt);

/// <summary>The outcome of a refresh.</summary>
/// <param name="IsRefreshed">True if there is a new quote.</param>
/// <param name="LongestPause">After how long, at most, it is tried again when there is none.</param>
/// <param name="Reason">Why there is none: a stable name, such as <c>unknown-symbol</c>; <see langword="null"/> when there is one.</param>
public sealed record SettledRefresh(Symbol Symbol, bool IsRefreshed, TimeSpan LongestPause, string? Reason = null);

/// <summary>The refreshes of one symbol so far.</summary>
/// <param name="LatestAt">When its latest quote was published, UTC; <see langword="null"/> when it has none.</param>
/// <param name="NotBefore">The time until which it is not refreshed, UTC: it is being refreshed, or the last refresh failed;
/// <see langword="null"/> when it was never refreshed.</param>
/// <param name="Failures">Refreshes without a quote since the last one with a quote.</param>
/// <param name="Reason">Why the last one failed; <see langword="null"/> when it did not.</param>
public sealed record RefreshState(DateTimeOffset? LatestAt, DateTimeOffset? NotBefore, int Failures, string? Reason);

/// <summary>Which symbols to look for.</summary>
/// <param name="Lead">So long before its quote is too old, a symbol is due.</param>
/// <param name="PopularSymbols">At most so many that are not watched.</param>
/// <param name="LeastPopularity">What makes a symbol popular.</param>
/// <param name="HalfLife">In what time a popularity halves.</param>
/// <param name="PopularMaxAge">How old the quote of a popular symbol may become.</param>
/// <param name="Most">At most so many in all.</param>
public sealed record RefreshQuery(
    TimeSpan Lead,
    int PopularSymbols,
    double LeastPopularity,
    TimeSpan HalfLife,
    TimeSpan PopularMaxAge,
    int Most
);
