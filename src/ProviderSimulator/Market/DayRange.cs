namespace Quorum.ProviderSimulator;

/// <summary>
/// The lowest and highest true price of one instrument from a session's opening through a minute, as logarithms relative to its base price.
/// The price is linear between two minutes, so these bound it.
/// </summary>
internal sealed record DayRange(TradingDay Day, long Through, double Low, double High)
{
    /// <summary>Extends a known range, or starts a new one.</summary>
    /// <param name="extremes">Returns the lowest and highest true price in a range of minutes.</param>
    public static DayRange Extend(DayRange? known, TradingDay day, long through, Func<long, long, (double Low, double High)> extremes)
    {
        if (known is null || known.Day.Open != day.Open || known.Through > through)
        {
            var (low, high) = extremes(UnixTime.Minute(day.Open), through);
            return new DayRange(day, through, low, high);
        }

        if (known.Through == through)
        {
            return known;
        }

        var added = extremes(known.Through + 1, through);
        return known with { Through = through, Low = Math.Min(known.Low, added.Low), High = Math.Max(known.High, added.High) };
    }
}
