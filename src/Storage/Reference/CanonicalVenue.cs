using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// The venue part of canonical symbols. The US venues are one consolidated market, whose listings have none; elsewhere it is the operating
/// venue.
/// </summary>
internal static class CanonicalVenue
{
    /// <summary>
    /// Returns the canonical symbol: <c>AAPL:XNAS</c> is <c>AAPL</c>, for any US venue; <c>SAP:XETA</c>, a segment, is <c>SAP:XETR</c>; an
    /// unknown venue stays.
    /// </summary>
    public static Symbol Of(Symbol symbol) =>
        symbol.Venue is { } mic && Venue.Find(mic) is { } venue ? symbol.At(venue.IsUnitedStates ? null : venue.Mic) : symbol;
}
