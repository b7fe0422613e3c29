using NodaTime;

namespace Quorum.ProviderSimulator;

/// <summary>A trading venue, with its regular hours in local time. Public holidays are not modelled: every weekday is a session.</summary>
/// <param name="Mic">ISO 10383.</param>
/// <param name="Zone">IANA time zone.</param>
/// <param name="Unit">The unit of its prices: an ISO 4217 code, or <c>GBX</c>, <c>ZAC</c> for minor units.</param>
/// <param name="Decimals">The decimals of a price in that unit.</param>
internal sealed record Venue(
    string Mic,
    string Zone,
    string Unit,
    int Decimals,
    LocalTime Open,
    LocalTime Close,
    LocalTime? BreakStart = null,
    LocalTime? BreakEnd = null
)
{
    /// <summary>The market of currencies: it has no venue, and its day changes at 17:00 in New York (an hour later there in
    /// summer).</summary>
    public static readonly Venue Currencies = new("XXXX", "Etc/GMT-2", "", 5, new(0, 0), new(23, 59, 59));

    private static readonly Dictionary<string, Venue> ByMic = new Venue[]
    {
        new("XNAS", "America/New_York", "USD", 2, new(9, 30), new(16, 0)),
        new("XNYS", "America/New_York", "USD", 2, new(9, 30), new(16, 0)),
        new("ARCX", "America/New_York", "USD", 2, new(9, 30), new(16, 0)),
        new("XTSE", "America/Toronto", "CAD", 2, new(9, 30), new(16, 0)),
        new("XLON", "Europe/London", "GBX", 2, new(8, 0), new(16, 30)),
        new("XETR", "Europe/Berlin", "EUR", 2, new(9, 0), new(17, 30)),
        new("XPAR", "Europe/Paris", "EUR", 2, new(9, 0), new(17, 30)),
        new("XAMS", "Europe/Amsterdam", "EUR", 2, new(9, 0), new(17, 30)),
        new("XBRU", "Europe/Brussels", "EUR", 2, new(9, 0), new(17, 30)),
        new("XMIL", "Europe/Rome", "EUR", 2, new(9, 0), new(17, 30)),
        new("XMAD", "Europe/Madrid", "EUR", 2, new(9, 0), new(17, 30)),
        new("XSWX", "Europe/Zurich", "CHF", 2, new(9, 0), new(17, 30)),
        new("XSTO", "Europe/Stockholm", "SEK", 2, new(9, 0), new(17, 30)),
        new("XCSE", "Europe/Copenhagen", "DKK", 2, new(9, 0), new(17, 0)),
        new("XJSE", "Africa/Johannesburg", "ZAC", 0, new(9, 0), new(17, 0)),
        new("XTKS", "Asia/Tokyo", "JPY", 0, new(9, 0), new(15, 30), new(11, 30), new(12, 30)),
        new("XHKG", "Asia/Hong_Kong", "HKD", 2, new(9, 30), new(16, 0), new(12, 0), new(13, 0)),
        new("XASX", "Australia/Sydney", "AUD", 2, new(10, 0), new(16, 0)),
        Currencies,
    }.ToDictionary(venue => venue.Mic);

    /// <summary>True for US venues: providers treat US listings as one market and name them without a venue.</summary>
    public bool IsUnitedStates => Unit == "USD";

    public static Venue Of(string mic) => ByMic[mic];

    public static IReadOnlyCollection<Venue> All => ByMic.Values;
}
