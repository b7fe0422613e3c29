using System.Collections.Frozen;
using NodaTime;
using NodaTime.Text;

namespace Quorum.MarketData;

/// <summary>Where instruments trade: an exchange with its clock, its regular hours and the currency that most of its listings trade in.</summary>
public sealed class Venue
{
    private static readonly FrozenDictionary<string, string> OperatingVenueOfSegment = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["XNGS"] = "XNAS", ["XNMS"] = "XNAS", ["XNCM"] = "XNAS", // Nasdaq's Global Select, Global and Capital Markets
        ["XETA"] = "XETR", ["XETB"] = "XETR", ["XETS"] = "XETR",
        ["MTAA"] = "XMIL",
        ["ALXP"] = "XPAR",
        ["AIMX"] = "XLON",
        ["WBAH"] = "XWBO",
        ["XVTX"] = "XSWX",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every venue whose hours are known.</summary>
    public static IReadOnlyList<Venue> All { get; } =
    [
        new("XNAS", "Nasdaq", "US", "America/New_York", "USD", "09:30-16:00", TradingHolidays.UnitedStates),
        new("XNYS", "New York Stock Exchange", "US", "America/New_York", "USD", "09:30-16:00", TradingHolidays.UnitedStates),
        new("XASE", "NYSE American", "US", "America/New_York", "USD", "09:30-16:00", TradingHolidays.UnitedStates),
        new("ARCX", "NYSE Arca", "US", "America/New_York", "USD", "09:30-16:00", TradingHolidays.UnitedStates),
        new("BATS", "Cboe BZX", "US", "America/New_York", "USD", "09:30-16:00", TradingHolidays.UnitedStates),
        new("IEXG", "Investors Exchange", "US", "America/New_York", "USD", "09:30-16:00", TradingHolidays.UnitedStates),
        new("XTSE", "Toronto Stock Exchange", "CA", "America/Toronto", "CAD", "09:30-16:00", TradingHolidays.Canada),
        new("XLON", "London Stock Exchange", "GB", "Europe/London", "GBP", "08:00-16:30", TradingHolidays.London),
        new("XETR", "Xetra", "DE", "Europe/Berlin", "EUR", "09:00-17:30", TradingHolidays.Germany),
        new("XPAR", "Euronext Paris", "FR", "Europe/Paris", "EUR", "09:00-17:30", TradingHolidays.Euronext),
        new("XAMS", "Euronext Amsterdam", "NL", "Europe/Amsterdam", "EUR", "09:00-17:30", TradingHolidays.Euronext),
        new("XBRU", "Euronext Brussels", "BE", "Europe/Brussels", "EUR", "09:00-17:30", TradingHolidays.Euronext),
        new("XLIS", "Euronext Lisbon", "PT", "Europe/Lisbon", "EUR", "08:00-16:30", TradingHolidays.Lisbon),
        new("XDUB", "Euronext Dublin", "IE", "Europe/Dublin", "EUR", "08:00-16:30", TradingHolidays.Dublin),
        new("XMIL", "Borsa Italiana", "IT", "Europe/Rome", "EUR", "09:00-17:30", TradingHolidays.Italy),
        new("XMAD", "Bolsa de Madrid", "ES", "Europe/Madrid", "EUR", "09:00-17:30", TradingHolidays.Spain),
        new("XSWX", "SIX Swiss Exchange", "CH", "Europe/Zurich", "CHF", "09:00-17:30", TradingHolidays.Switzerland),
        new("XWBO", "Wiener Börse", "AT", "Europe/Vienna", "EUR", "09:00-17:30", TradingHolidays.Austria),
        new("XSTO", "Nasdaq Stockholm", "SE", "Europe/Stockholm", "SEK", "09:00-17:30", TradingHolidays.Sweden),
        new("XHEL", "Nasdaq Helsinki", "FI", "Europe/Helsinki", "EUR", "10:00-18:30", TradingHolidays.Finland),
        new("XCSE", "Nasdaq Copenhagen", "DK", "Europe/Copenhagen", "DKK", "09:00-17:00", TradingHolidays.Denmark),
        new("XOSL", "Oslo Børs", "NO", "Europe/Oslo", "NOK", "09:00-16:25", TradingHolidays.Norway),
        new("XWAR", "Warsaw Stock Exchange", "PL", "Europe/Warsaw", "PLN", "09:00-17:00", TradingHolidays.None),
        new("XJSE", "Johannesburg Stock Exchange", "ZA", "Africa/Johannesburg", "ZAR", "09:00-17:00", TradingHolidays.SouthAfrica),
        new("XTKS", "Tokyo Stock Exchange", "JP", "Asia/Tokyo", "JPY", "09:00-11:30 12:30-15:30", TradingHolidays.Japan),
        new("XHKG", "Stock Exchange of Hong Kong", "HK", "Asia/Hong_Kong", "HKD", "09:30-12:00 13:00-16:00", TradingHolidays.HongKong),
        new("XSES", "Singapore Exchange", "SG", "Asia/Singapore", "SGD", "09:00-12:00 13:00-17:00", TradingHolidays.None),
        new("XKRX", "Korea Exchange", "KR", "Asia/Seoul", "KRW", "09:00-15:30", TradingHolidays.None),
        new("XTAI", "Taiwan Stock Exchange", "TW", "Asia/Taipei", "TWD", "09:00-13:30", TradingHolidays.None),
        new("XSHG", "Shanghai Stock Exchange", "CN", "Asia/Shanghai", "CNY", "09:30-11:30 13:00-15:00", TradingHolidays.None),
        new("XSHE", "Shenzhen Stock Exchange", "CN", "Asia/Shanghai", "CNY", "09:30-11:30 13:00-15:00", TradingHolidays.None),
        new("XNSE", "National Stock Exchange of India", "IN", "Asia/Kolkata", "INR", "09:15-15:30", TradingHolidays.None),
        new("XBOM", "BSE", "IN", "Asia/Kolkata", "INR", "09:15-15:30", TradingHolidays.None),
        new("XASX", "Australian Securities Exchange", "AU", "Australia/Sydney", "AUD", "10:00-16:00", TradingHolidays.Australia),
        new("XNZE", "New Zealand Exchange", "NZ", "Pacific/Auckland", "NZD", "10:00-16:45", TradingHolidays.None),
    ];

    private static readonly FrozenDictionary<string, Venue> ByCode = All.ToFrozenDictionary(venue => venue.Mic.ToString(), StringComparer.Ordinal);

    private Venue(string mic, string name, string country, string timeZone, string currency, string hours, TradingHolidays holidays)
    {
        Mic = Mic.Parse(mic);
        Name = name;
        Country = country;
        TimeZone = timeZone;
        Currency = CurrencyCode.Parse(currency);
        Holidays = [.. holidays.Closed.Order().Select(date => date.ToDateOnly())];
        Calendar = new TradingCalendar(DateTimeZoneProviders.Tzdb[timeZone], [.. hours.Split(' ').Select(ParseHours)], holidays);
    }

    /// <summary>The venue of listings that name none: a US ticker, on New York's clock.</summary>
    public static Venue NewYork { get; } = ByCode["XNYS"];

    public Mic Mic { get; }

    public string Name { get; }

    /// <summary>ISO 3166, two letters.</summary>
    public string Country { get; }

    /// <summary>The IANA name of its time zone.</summary>
    public string TimeZone { get; }

    /// <summary>What most of its listings trade in; a single one may differ.</summary>
    public CurrencyCode Currency { get; }

    public TradingCalendar Calendar { get; }

    /// <summary>The days without trading that are no weekend, as far as they are known, 2025 to 2027; empty for a venue without a list.</summary>
    public IReadOnlyCollection<DateOnly> Holidays { get; }

    public bool IsUnitedStates => Country == "US";

    /// <summary>The venue of a code, or of the operating venue when the code is a segment's (<c>XNGS</c> is Nasdaq);
    /// <see langword="null"/> when its hours are not known.</summary>
    public static Venue? Find(Mic mic)
    {
        var code = mic.ToString();
        return ByCode.GetValueOrDefault(OperatingVenueOfSegment.GetValueOrDefault(code, code));
    }

    public override string ToString() => Mic.ToString();

    private static TradingHours ParseHours(string text)
    {
        var pattern = LocalTimePattern.CreateWithInvariantCulture("HH:mm");
        return new TradingHours(pattern.Parse(text[..5]).Value, pattern.Parse(text[6..]).Value);
    }
}
