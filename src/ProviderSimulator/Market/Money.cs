namespace Quorum.ProviderSimulator;

/// <summary>Rounds to the decimals of a venue, without trailing zeros: 216, not 216.00.</summary>
internal static class Money
{
    private static readonly double[] PowersOfTen = [1, 10, 100, 1_000, 10_000, 100_000];

    /// <param name="value">Not negative.</param>
    /// <param name="decimals">0 to 5.</param>
    public static decimal Round(double value, int decimals)
    {
        var units = (long)Math.Round(value * PowersOfTen[decimals]);
        while (decimals > 0 && units % 10 == 0)
        {
            units /= 10;
            decimals--;
        }

        return new decimal((int)units, (int)(units >> 32), 0, isNegative: false, (byte)decimals);
    }

    public static decimal Round(decimal value, int decimals) =>
        // Dividing by 1 with all decimals removes the trailing zeros.
        Math.Round(value, decimals, MidpointRounding.AwayFromZero) / 1.0000000000000000000000000000m;
}
