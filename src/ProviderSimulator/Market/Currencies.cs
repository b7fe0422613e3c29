namespace Quorum.ProviderSimulator;

/// <summary>The currencies of the simulated market, in the order in which a pair names them, and the pairs of any two. Each currency has
/// one walk against the dollar, so that no round trip through three pairs wins or loses more than rounding and a feed's noise.</summary>
internal static class Currencies
{
    /// <summary>The currency against which all walk.</summary>
    public const string Anchor = "USD";

    /// <summary>Each with its usual worth in dollars.</summary>
    public static IReadOnlyList<(string Code, double Dollars)> All { get; } =
    [
        ("EUR", 1.1482),
        ("GBP", 1.3431),
        ("AUD", 0.6509),
        ("NZD", 0.6034),
        (Anchor, 1),
        ("CAD", 0.7316),
        ("CHF", 1.2214),
        ("BRL", 0.1821),
        ("CNY", 0.1391),
        ("CZK", 0.0463),
        ("DKK", 0.1539),
        ("HKD", 0.1274),
        ("HUF", 0.00284),
        ("ILS", 0.2871),
        ("INR", 0.01157),
        ("KRW", 0.000729),
        ("MXN", 0.0527),
        ("NOK", 0.1009),
        ("PLN", 0.2686),
        ("SEK", 0.1047),
        ("SGD", 0.7782),
        ("TRY", 0.02531),
        ("ZAR", 0.0559),
        ("JPY", 0.00689),
    ];

    /// <param name="firstIndex">The place of the first pair among all instruments.</param>
    public static IEnumerable<Instrument> Pairs(int firstIndex)
    {
        for (var first = 0; first < All.Count; first++)
        {
            for (var second = first + 1; second < All.Count; second++)
            {
                var (one, other) = (All[first], All[second]);
                var price = one.Dollars / other.Dollars;
                yield return new Instrument(firstIndex++, one.Code + other.Code, Venue.Currencies, $"{one.Code}/{other.Code}", price, 0)
                {
                    Pair = (first, second),
                    Decimals = price < 10 ? 5 : 3,
                };
            }
        }
    }
}
