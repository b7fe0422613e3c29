namespace Quorum.MarketData;

/// <summary>Rounds consolidated prices to the venue's tick, or to the finest precision that two vendors show, so that no float noise
/// (209.64999) is passed on.</summary>
/// <param name="venue">The venue of a listing; <see langword="null"/> where its ticks are not known, and for currency pairs.</param>
/// <param name="isPair">True for the rate of a currency pair, whose digits all count.</param>
internal readonly struct PriceRounding(Venue? venue, bool isPair)
{
    /// <summary>Trades inside the tick are real (midpoints, odd lots) and have up to two decimals more; what is finer is noise even if two
    /// vendors show it.</summary>
    private const int BeyondTick = 2;

    /// <summary>Of a price below the tick this many digits remain.</summary>
    private const int MinDigits = 3,
        MinDigitsOfPair = 6;

    private const int DecimalsWithoutVenue = 4;
    private const int MaxDecimals = 28;

    /// <param name="value">A positive price.</param>
    /// <param name="shown">The decimals that at least two vendors show; 0 when fewer than two vendors gave a value.</param>
    public decimal Round(decimal value, int shown)
    {
        if (value.Scale == 0)
        {
            return value;
        }

        var tick = venue?.PriceDecimals(value) ?? DecimalsWithoutVenue;
        var decimals = Math.Clamp(shown, tick, tick + BeyondTick);
        var digits = isPair ? MinDigitsOfPair : MinDigits;
        while (decimals < MaxDecimals && value < SmallestWith(decimals, digits))
        {
            decimals++;
        }

        return value.Scale <= decimals ? value : ExactDecimal.Trim(Math.Round(value, decimals));
    }

    private static decimal SmallestWith(int decimals, int digits)
    {
        if (decimals >= digits)
        {
            return new decimal(1, 0, 0, false, (byte)(decimals - digits + 1));
        }

        var smallest = 1m;
        for (var places = decimals + 1; places < digits; places++)
        {
            smallest *= 10;
        }

        return smallest;
    }
}
