using System.Runtime.InteropServices;

namespace Quorum.MarketData;

/// <summary>A stretch of uninterrupted regular trading at a venue: a day, or one of its parts where there is a lunch break.</summary>
/// <param name="TradingDate">The day that it belongs to, in the venue's calendar.</param>
/// <param name="Open">Its first instant, UTC.</param>
/// <param name="Close">The first instant after it, UTC.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TradingSession(DateOnly TradingDate, DateTimeOffset Open, DateTimeOffset Close)
{
    public bool Contains(DateTimeOffset instant) => instant >= Open && instant < Close;
}
