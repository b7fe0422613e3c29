using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>The venue part of canonical symbols. The US venues are one consolidated market, whose listings carry none; elsewhere it is the
/// operating venue.</summary>
internal static class CanonicalVenue
{
    /// <summary><c>AAPL:XNAS</c> is <c>AAPL</c>, whichever US venue is named; <c>SAP:XETA</c>, a segment, is <c>SAP:XETR</c>; an unknown
    /// venue stays.</summary>
    public static Symbol Of(Symbol symbol) =>
        symbol.Venue is { } mic && Venue.Find(mic) is { } venue ? symbol.At(venue.IsUnitedStates ? null : venue.Mic) : symbol;
}
