using System.Collections.Frozen;

namespace Quorum.MarketData;

/// <summary>An exchange where instruments trade: one line of the venue table (<c>venues.csv</c>, rule N20).</summary>
public sealed class Venue
{
    private readonly FrozenDictionary<ProviderId, string> _spellings;
    private readonly IReadOnlyList<TickerUnit> _tickerUnits;
    private readonly PricePrecision _precision;

    internal Venue(FrozenDictionary<ProviderId, string> spellings, IReadOnlyList<TickerUnit> tickerUnits, PricePrecision precision) =>
        (_spellings, _tickerUnits, _precision) = (spellings, tickerUnits, precision);

    /// <summary>Every venue of the table.</summary>
    public static IReadOnlyList<Venue> All => VenueTable.Venues;

    /// <summary>The venue of listings that name none: a US ticker, on New York's clock.</summary>
    public static Venue NewYork => VenueTable.NewYork;

    /// <summary>The venue's code (ISO 10383).</summary>
    public required Mic Mic { get; init; }

    /// <summary>The codes of its segments, which mean the venue: <c>XNGS</c> means Nasdaq.</summary>
    public required IReadOnlyList<Mic> Segments { get; init; }

    public required string Name { get; init; }

    /// <summary>The country (ISO 3166, two letters).</summary>
    public required string Country { get; init; }

    /// <summary>The IANA name of its time zone.</summary>
    public required string TimeZone { get; init; }

    /// <summary>The currency that most of its listings trade in; a single one may differ.</summary>
    public required CurrencyCode Currency { get; init; }

    /// <summary>The units that a price without a unit may be in, the usual one first (rule N19): <c>GBX</c>, <c>GBP</c>, <c>USD</c> and
    /// <c>EUR</c> in London. With one unit, a price without a unit is in that unit.</summary>
    public required IReadOnlyList<QuoteUnit> QuoteUnits { get; init; }

    /// <summary>True if it quotes in a minor unit: pence, cents, agorot or fils. A price without a unit then has no known unit (rule
    /// N19).</summary>
    public bool QuotesMinorUnits => QuoteUnits.Any(unit => unit.PerMajor > 1);

    public required TradingCalendar Calendar { get; init; }

    /// <summary>The regular sessions of a trading day in local time: <c>09:00-11:30 12:30-15:30</c>.</summary>
    public required string RegularHours { get; init; }

    /// <summary>Extended trading before the opening, in local time; <see langword="null"/> where there is none.</summary>
    public string? PreMarketHours { get; init; }

    /// <summary>Extended trading after the close, in local time; <see langword="null"/> where there is none.</summary>
    public string? PostMarketHours { get; init; }

    /// <summary>The days of the week with trading: <c>Mon-Fri</c>, <c>Sun-Thu</c>.</summary>
    public required string Weekdays { get; init; }

    /// <summary>The days without trading that are no weekend, as far as they are known, 2025 to 2027; empty for a venue without a
    /// list.</summary>
    public required IReadOnlyCollection<DateOnly> Holidays { get; init; }

    /// <summary>Suffixes after a point that mean the venue: Yahoo's and Finnhub's <c>L</c>, EODHD's <c>LSE</c>, Alpha Vantage's
    /// <c>LON</c>.</summary>
    public required IReadOnlyList<string> Suffixes { get; init; }

    /// <summary>Bloomberg's codes after a space: <c>LN</c>.</summary>
    public required IReadOnlyList<string> BloombergCodes { get; init; }

    /// <summary>Names of the venue beside a colon at other vendors: <c>LON</c> in <c>LON:VOD</c>, <c>LSE</c> in <c>VOD:LSE</c>.</summary>
    public required IReadOnlyList<string> VendorNames { get; init; }

    public bool IsUnitedStates => Country == "US";

    /// <summary>The venue of a code or, when the code is a segment's, of its operating venue (<c>XNGS</c> is Nasdaq);
    /// <see langword="null"/> for a code that the table lacks.</summary>
    public static Venue? Find(Mic mic) => VenueTable.ByCode.GetValueOrDefault(mic);

    /// <summary>The market in which a symbol trades: its venue's, that of currencies for a pair, else the United States.
    /// <see langword="null"/> for a venue that the table lacks.</summary>
    /// <param name="listed">The venue by the reference data; <see langword="null"/> when they lack the instrument.</param>
    public static Venue? Of(Symbol symbol, Mic? listed) =>
        (listed ?? symbol.Venue) is { } mic ? Find(mic)
        : CurrencyPair.Of(symbol) is { } pair ? CurrencyMarket.For(pair)
        : NewYork;

    /// <summary>The units that a price without a unit may be in for this ticker: most tickers have those of the venue, but at some venues
    /// the ticker shows the unit (<c>900901</c> in Shanghai trades in dollars).</summary>
    public IReadOnlyList<QuoteUnit> UnitsOf(string ticker)
    {
        foreach (var line in _tickerUnits)
        {
            if (line.Matches(ticker))
            {
                return [line.Unit];
            }
        }

        return QuoteUnits;
    }

    /// <summary>The number of decimals of the venue's finest tick at a price.</summary>
    /// <param name="price">In major units of the currency: pounds, not pence.</param>
    public int PriceDecimals(decimal price) => _precision.DecimalsAt(price);

    /// <summary>True if the provider lists the venue.</summary>
    public bool IsListedBy(ProviderId provider) => _spellings.ContainsKey(provider);

    /// <summary>A ticker at this venue as the provider writes it (<c>VOD.L</c>); <see langword="null"/> when it does not list the
    /// venue.</summary>
    /// <param name="ticker">In the provider's spelling.</param>
    public string? Spell(ProviderId provider, string ticker) =>
        _spellings.GetValueOrDefault(provider)?.Replace("*", ticker, StringComparison.Ordinal);

    /// <summary>The provider's spelling with <c>*</c> for the ticker (<c>*.L</c>); <see langword="null"/> when it does not list the
    /// venue.</summary>
    public string? SpellingOf(ProviderId provider) => _spellings.GetValueOrDefault(provider);

    public override string ToString() => Mic.ToString();
}
