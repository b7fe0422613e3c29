namespace Quorum.ProviderSimulator;

/// <summary>The lowest and highest truth of one instrument from a session's opening through a minute, as logarithms against its base price.
/// Between two minutes the truth goes straight, so that its ends bound it.</summary>
internal sealed record DayRange(TradingDay Day, long Through, double Low, double High)
{
    /// <summary>Goes on from what is known, or starts anew.</summary>
    /// <param name="extremes">The lowest and highest truth from a minute through another.</param>
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
