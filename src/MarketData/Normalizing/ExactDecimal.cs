namespace Quorum.MarketData;

/// <summary>Decimal arithmetic that neither loses a digit that matters nor throws on absurd values.</summary>
internal static class ExactDecimal
{
    private const decimal MaxRatio = 1e20m;

    /// <summary>The same value without trailing zeros: 187.2100 becomes 187.21.</summary>
    public static decimal Trim(decimal value)
    {
        if (value.Scale == 0)
        {
            return value;
        }

        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        if (bits[2] != 0)
        {
            return value / 1.0000000000000000000000000000m; // division by 1 at full scale gives the shortest form
        }

        var digits = (uint)bits[0] | ((ulong)(uint)bits[1] << 32);
        var scale = value.Scale;
        while (scale > 0 && digits % 10 == 0)
        {
            digits /= 10;
            scale--;
        }

        return scale == value.Scale ? value : new decimal((int)digits, (int)(digits >> 32), 0, value < 0, scale);
    }

    /// <summary>Halfway between two values, the first not above the second; never beyond the range of the type.</summary>
    public static decimal Midpoint(decimal low, decimal high) => low == high ? low : low + ((high - low) / 2);

    /// <summary>A change in percent of the base, to 4 decimals, half away from zero (N11); <see langword="null"/> when it is
    /// absurd.</summary>
    public static decimal? Percent(decimal change, decimal of)
    {
        if (of <= 0 || Math.Abs(change) / MaxRatio > of)
        {
            return null;
        }

        return Trim(Math.Round(change / of * 100, 4, MidpointRounding.AwayFromZero));
    }
}
