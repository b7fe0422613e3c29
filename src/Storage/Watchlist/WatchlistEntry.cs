using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>A symbol whose quote is kept in the cache.</summary>
/// <param name="Symbol">Canonical.</param>
/// <param name="MaxAge">The maximum age of its quote while its venue trades.</param>
/// <param name="AddedAt">The time at which it was added, UTC.</param>
/// <param name="ChangedAt">The time of the last change, UTC.</param>
public sealed record WatchlistEntry(Symbol Symbol, TimeSpan MaxAge, DateTimeOffset AddedAt, DateTimeOffset ChangedAt)
{
    /// <summary>
    /// The consumers that watch the symbol, ordered by name, when the entries of all owners were read; <see langword="null"/> for none.
    /// </summary>
    public IReadOnlyList<string>? Owners { get; init; }

    /// <summary>The refreshes so far; <see langword="null"/> if it was never refreshed and has no quote.</summary>
    public RefreshState? Refresh { get; init; }
}
