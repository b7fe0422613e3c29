using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>A symbol whose quote is kept at hand.</summary>
/// <param name="Symbol">Canonical.</param>
/// <param name="MaxAge">How old its quote may become while its venue trades.</param>
/// <param name="AddedAt">When it came onto the list, UTC.</param>
/// <param name="ChangedAt">When it last became other than it was, UTC.</param>
public sealed record WatchlistEntry(Symbol Symbol, TimeSpan MaxAge, DateTimeOffset AddedAt, DateTimeOffset ChangedAt)
{
    /// <summary><see langword="null"/> when it was never refreshed and has no quote.</summary>
    public RefreshState? Refresh { get; init; }
}
