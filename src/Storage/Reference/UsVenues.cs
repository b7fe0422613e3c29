using System.Collections.Frozen;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>The venues of the one consolidated US market, whose listings have canonical symbols without a venue.</summary>
internal static class UsVenues
{
    private static readonly FrozenSet<Mic> Codes = new[]
    {
        "XNYS", "XNAS", "XNGS", "XNMS", "XNCM", "XASE", "ARCX", "XCIS", "XCHI", "BATS", "BATY", "EDGA", "EDGX", "IEXG", "MEMX", "LTSE", "EPRL", "XBOS", "XPHL",
    }.Select(Mic.Parse).ToFrozenSet();

    public static bool Contains(Mic venue) => Codes.Contains(venue);

    /// <summary><c>AAPL:XNAS</c> is <c>AAPL</c>, whichever US venue is named; <c>VOD:XLON</c> stays.</summary>
    public static Symbol Canonical(Symbol symbol) => symbol.Venue is { } venue && Contains(venue) ? symbol.At(null) : symbol;
}
