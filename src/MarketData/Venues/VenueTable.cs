using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using NodaTime.Text;

namespace Quorum.MarketData;

/// <summary>
/// Reads <c>venues.csv</c>. Its lists are separated by spaces; an empty cell means none. A provider's cell is its spelling with <c>*</c>
/// for the ticker (<c>*.L</c>), or empty when it does not list the venue. <c>lines</c> gives the unit of tickers that differ from the
/// venue's (<c>*.U=USD 900???=USD</c>, with <c>?</c> for one character). <c>decimals</c> counts the decimals of the finest tick in the
/// first unit: <c>2 4&lt;1</c> is two, but four below 1.
/// </summary>
/// <remarks>Sources: the venues' own pages for hours and ticks, ISO 10383 for codes, and the providers' public lists of exchanges for
/// spellings. Tel Aviv's short Fridays are taken as full days.</remarks>
internal static class VenueTable
{
    private const int HashBytes = 6;

    private static readonly LocalTimePattern Time = LocalTimePattern.CreateWithInvariantCulture("HH:mm");
    private static readonly string[] WeekdayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    public static IReadOnlyList<Venue> Venues { get; } = Read();

    /// <summary>Each venue by its code and by those of its segments.</summary>
    public static FrozenDictionary<Mic, Venue> ByCode { get; } =
        Venues
            .SelectMany(venue => venue.Segments.Append(venue.Mic), (venue, mic) => (Mic: mic, Venue: venue))
            .ToFrozenDictionary(entry => entry.Mic, entry => entry.Venue);

    public static Venue NewYork { get; } = ByCode[Mic.Parse("XNYS")];

    /// <summary>The hash of the table: 12 hexadecimal digits.</summary>
    public static string Hash { get; } = ReadHash();

    private static string ReadHash()
    {
        using var stream = Open();
        return Convert.ToHexStringLower(SHA256.HashData(stream).AsSpan(0, HashBytes));
    }

    private static Stream Open() => typeof(VenueTable).Assembly.GetManifestResourceStream("venues.csv")!; // Embedded by the project file under this name.

    private static Venue[] Read()
    {
        using var stream = Open();
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var lines = reader.ReadToEnd().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        var columns = lines[0].Split(',').Index().ToDictionary(column => column.Item, column => column.Index, StringComparer.Ordinal);
        return [.. lines.Skip(1).Select(line => Venue(columns, line.Split(',')))];
    }

    private static Venue Venue(Dictionary<string, int> columns, string[] cells)
    {
        var units = List("units").Select(Unit).ToArray();
        var zone = DateTimeZoneProviders.Tzdb[Cell("zone")];
        var (regular, pre, post) = (List("regular").Select(Hours).ToArray(), Cell("pre"), Cell("post"));
        var holidays = TradingHolidays.Named(Cell("holidays"));
        var spellings = ProviderId
            .All.Where(provider => Cell(provider.ToString()).Length > 0)
            .ToFrozenDictionary(provider => provider, provider => Cell(provider.ToString()));
        return new Venue(spellings, [.. List("lines").Select(Line)], PricePrecision.Parse(Cell("decimals"), units[0]))
        {
            Mic = Mic.Parse(Cell("mic")),
            Segments = [.. List("segments").Select(Mic.Parse)],
            Name = Cell("name"),
            Country = Cell("country"),
            Currency = CurrencyCode.Parse(Cell("currency")),
            QuoteUnits = units,
            TimeZone = zone.Id,
            Weekdays = Cell("days"),
            RegularHours = Cell("regular"),
            PreMarketHours = pre.Length > 0 ? pre : null,
            PostMarketHours = post.Length > 0 ? post : null,
            Calendar = new TradingCalendar(
                new TradingTimes(
                    zone,
                    WeekdaysOf(Cell("days")),
                    regular,
                    pre.Length > 0 ? Hours(pre) : null,
                    post.Length > 0 ? Hours(post) : null
                ),
                holidays
            ),
            Holidays = [.. holidays.Closed.Order().Select(date => date.ToDateOnly())],
            Suffixes =
            [
                .. spellings
                    .Values.Select(spelling => spelling[1..])
                    .Where(suffix => suffix.StartsWith('.'))
                    .Concat(List("suffixes"))
                    .Select(suffix => suffix[1..])
                    .Distinct(StringComparer.Ordinal),
            ],
            BloombergCodes = List("bloomberg"),
            VendorNames = List("names"),
        };

        string Cell(string column) => cells[columns[column]];

        string[] List(string column) => Cell(column).Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private static QuoteUnit Unit(string name) => QuoteUnit.TryParse(name) ?? throw new FormatException($"'{name}' is not a unit.");

    private static TickerUnit Line(string text) =>
        text.Split('=') is [var pattern, var unit]
            ? new TickerUnit(pattern, Unit(unit))
            : throw new FormatException($"'{text}' must be a pattern of tickers, '=' and a unit.");

    private static TradingHours Hours(string text) => new(Time.Parse(text[..5]).Value, Time.Parse(text[6..]).Value);

    /// <summary><c>Sun-Thu</c>, in the order of the week.</summary>
    private static IReadOnlyList<IsoDayOfWeek> WeekdaysOf(string text)
    {
        var (first, last) = (Array.IndexOf(WeekdayNames, text[..3]), Array.IndexOf(WeekdayNames, text[4..]));
        var count = ((last - first + WeekdayNames.Length) % WeekdayNames.Length) + 1;
        return [.. Enumerable.Range(first, count).Select(day => (IsoDayOfWeek)((day % WeekdayNames.Length) + 1))];
    }
}

/// <summary>The unit of the tickers of a pattern: <c>*</c> at its start stands for any text, <c>?</c> for one character.</summary>
internal sealed record TickerUnit(string Pattern, QuoteUnit Unit)
{
    public bool Matches(string ticker)
    {
        if (Pattern.StartsWith('*'))
        {
            return ticker.Length >= Pattern.Length && ticker.EndsWith(Pattern[1..], StringComparison.Ordinal);
        }

        return ticker.Length == Pattern.Length && ticker.Zip(Pattern).All(pair => pair.Second == '?' || pair.Second == pair.First);
    }
}

/// <summary>The decimals of a venue's prices, which grow as prices fall.</summary>
internal sealed class PricePrecision
{
    private readonly int _usual;
    private readonly Step[] _steps;

    private PricePrecision(int usual, Step[] steps) => (_usual, _steps) = (usual, steps);

    /// <summary>The lowest limit above the price decides.</summary>
    public int DecimalsAt(decimal price)
    {
        foreach (var step in _steps)
        {
            if (price < step.Below)
            {
                return step.Decimals;
            }
        }

        return _usual;
    }

    /// <param name="text"><c>2 3&lt;50 4&lt;5</c>, in the unit.</param>
    public static PricePrecision Parse(string text, QuoteUnit unit)
    {
        var shift = (int)Math.Log10(unit.PerMajor);
        var parts = text.Split(' ');
        var steps = parts
            .Skip(1)
            .Select(part => part.Split('<'))
            .Select(part => new Step(
                decimal.Parse(part[1], CultureInfo.InvariantCulture) / unit.PerMajor,
                int.Parse(part[0], CultureInfo.InvariantCulture) + shift
            ));
        return new PricePrecision(int.Parse(parts[0], CultureInfo.InvariantCulture) + shift, [.. steps.OrderBy(step => step.Below)]);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Step(decimal Below, int Decimals);
}
