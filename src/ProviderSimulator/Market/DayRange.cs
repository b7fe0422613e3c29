namespace Quorum.ProviderSimulator;

/// <summary>The lowest and highest truth of one instrument from a session's opening through a minute.</summary>
internal sealed record DayRange(TradingDay Day, long Through, double Open, double High, double Low)
{
    /// <summary>Goes on from here minute by minute; a walk between minutes is straight, so its ends bound it.</summary>
    public static DayRange Extend(DayRange? known, TradingDay day, long through, Func<long, double> priceAt)
    {
        var first = day.Open.ToUnixTimeSeconds() / 60;
        if (known is null || known.Day.Open != day.Open || known.Through > through)
        {
            var open = priceAt(first);
            known = new DayRange(day, first, open, open, open);
        }

        if (known.Through >= through)
        {
            return known;
        }

        var (high, low) = (known.High, known.Low);
        for (var minute = known.Through + 1; minute <= through; minute++)
        {
            var price = priceAt(minute);
            high = Math.Max(high, price);
            low = Math.Min(low, price);
        }

        return known with { Through = through, High = high, Low = low };
    }
}
