namespace Quorum.MarketData.Tests;

/// <summary>A scenario, its merge, and which of its quotes are usable and fresh: found from the answer alone, by the words of the
/// specification.</summary>
internal sealed class JudgedPanel
{
    private readonly Scenario _scenario;

    public JudgedPanel(Scenario scenario)
    {
        _scenario = scenario;
        Merged = scenario.Merge();
        Usable = [.. Merged.Providers.Where(IsUsable)];
        var best = Usable.Length == 0 ? 0 : Usable.Max(result => ClassOf(result.Quote!));
        Fresh = [.. Usable.Where(result => ClassOf(result.Quote!) == best)];
    }

    public ConsolidatedQuote Merged { get; }

    /// <summary>Priced, believable, of the answer's currency and session.</summary>
    public ProviderResult[] Usable { get; }

    /// <summary>Of the best freshness class.</summary>
    public ProviderResult[] Fresh { get; }

    public decimal Tolerance => Math.Clamp(_scenario.Options.OutlierFloorBps, 1, 10_000) / 10_000;

    public decimal HalfTick => HalfTickAt(Merged.Price);

    /// <summary>True if the price is not that of each provider it is from: then it may have been rounded.</summary>
    public bool PriceIsRounded =>
        PricesOf(Usable.Where(result => Merged.Provenance["price"].From.Contains(result.Id))).Any(price => price != Merged.Price);

    public bool HasTwoAgreeingFresh =>
        PricesOf(Fresh) is var prices
        && prices
            .Where(
                (price, i) =>
                    prices.Where((other, j) => i != j && Math.Abs(other - price) <= Math.Min(price, other) * Tolerance * 1.02m).Any()
            )
            .Any();

    public static decimal[] PricesOf(IEnumerable<ProviderResult> results) => [.. results.Select(result => result.Quote!.Price!.Value)];

    /// <summary>True if no other fresh quote agrees with the price that this one gave, or it is the only fresh one: when it changes its
    /// mind, the price does.</summary>
    public bool GivesThePriceAlone(ProviderId provider) =>
        Fresh.Any(result => result.Id == provider)
        && (Fresh.Length == 1 || (Fresh.Length == 2 && Merged.Provenance["price"].From is [var only] && only == provider));

    /// <summary>True if the same quotes are compared, and no lone fresh quote is set aside for its unit: settling a unit and changing sides
    /// are no contradiction.</summary>
    public bool HasTheSameMembersAs(JudgedPanel other, ProviderId? except = null) =>
        Usable
            .Select(result => result.Id)
            .Where(id => id != except)
            .SequenceEqual(other.Usable.Select(result => result.Id).Where(id => id != except))
        && Units.Where(unit => unit.Id != except).SequenceEqual(other.Units.Where(unit => unit.Id != except))
        && Merged.Currency == other.Merged.Currency
        && !IsSetAside(this)
        && !IsSetAside(other);

    /// <summary>True if the value, up to half a tick, is one that a provider gave, or lies between two that agree.</summary>
    public bool IsGiven(decimal? value, params Func<ProviderQuote, decimal?>[] fields)
    {
        if (value is not { } known)
        {
            return true;
        }

        var half = HalfTickAt(known);
        decimal[] given =
        [
            .. Merged
                .Providers.Where(result => result.Quote is not null)
                .SelectMany(result => fields.Select(field => field(result.Quote!)).OfType<decimal>()),
        ];
        return given.Any(one => Math.Abs(one - known) <= half)
            || given.Any(low => low <= known && given.Any(high => high >= known && high - low <= low * Tolerance));
    }

    public Scenario Replace(ProviderId provider, ProviderQuote? quote) =>
        _scenario with
        {
            Reference = _scenario.Reference with
            {
                LastKnown = [.. _scenario.Reference.LastKnown.Where(stored => quote is not null || stored.Provider != provider)],
            },
            Outcomes =
            [
                .. _scenario.Outcomes.Where(outcome => outcome.Provider != provider),
                .. quote is null ? [] : new[] { Quotes.Ok(provider, quote) },
            ],
        };

    /// <summary>The unit of each quote, as named or settled (null while it is unknown), and true if it is suspect for it.</summary>
    private IEnumerable<(ProviderId Id, string? Unit, bool IsSuspect)> Units =>
        Merged.Providers.Select(result => (result.Id, result.Quote?.RawUnit, result.Quote?.Suspect is ProviderQuote.UnitFactor));

    private static bool IsSetAside(JudgedPanel panel) => panel.Fresh is [{ Quote.Suspect: not null }];

    private static int ClassOf(ProviderQuote quote) =>
        quote switch
        {
            { Stale: true } => 0,
            { Freshness: QuoteFreshness.EndOfDay } => 1,
            { Freshness: QuoteFreshness.RealTime } => 3,
            _ => 2,
        };

    private decimal HalfTickAt(decimal? price) =>
        price is { } known
            ? 0.5m / (decimal)Math.Pow(10, (_scenario.Symbol.Venue is { } mic ? Venue.Find(mic)! : Venue.NewYork).PriceDecimals(known))
            : 0;

    private bool IsUsable(ProviderResult result) =>
        IsComparable(result)
        && (result.Quote!.Session is SessionKind.Closed || TradedIn(result.Quote) == (Session ?? TradedIn(result.Quote)));

    private bool IsComparable(ProviderResult result) =>
        result.Quote is { Price: > 0, Suspect: null or ProviderQuote.UnitFactor } quote
        && (quote.Currency is null || Merged.Currency is null || quote.Currency == Merged.Currency);

    /// <summary>The session whose quotes are compared: the best that a quote has which may hide those of others; <see langword="null"/> if
    /// all are of times outside all hours.</summary>
    private SessionKind? Session
    {
        get
        {
            ProviderQuote[] quotes =
            [
                .. Merged
                    .Providers.Where(IsComparable)
                    .Select(result => result.Quote!)
                    .Where(quote => quote.Session is not SessionKind.Closed),
            ];
            return quotes
                .OrderByDescending(quote => !quote.Stale && !IsOutrun(quote, quotes))
                .ThenBy(quote => Array.IndexOf([SessionKind.Regular, SessionKind.Post, SessionKind.Pre], TradedIn(quote)))
                .Select(quote => (SessionKind?)TradedIn(quote))
                .FirstOrDefault();
        }
    }

    /// <summary>True for a slower regular quote, beside a live extended one, of the end of a day, of an earlier day or from within a session that is over.</summary>
    private bool IsOutrun(ProviderQuote quote, ProviderQuote[] quotes) =>
        TradedIn(quote) is SessionKind.Regular
        && quotes.Any(other =>
            TradedIn(other) is not SessionKind.Regular
            && !other.Stale
            && ClassOf(other) > ClassOf(quote)
            && (
                quote.Freshness == QuoteFreshness.EndOfDay
                || other.TradingDate > quote.TradingDate
                || (
                    quote is { AsOf: { } asOf, AsOfPrecision: AsOfPrecision.Instant or AsOfPrecision.Minute }
                    && CloseAfter(asOf) is { } close
                    && asOf < close.AddMinutes(-1)
                    && other.AsOf >= close
                )
            )
        );

    private DateTimeOffset? CloseAfter(DateTimeOffset time) =>
        (_scenario.Symbol.Venue is { } mic ? Venue.Find(mic)! : Venue.NewYork).Calendar.CurrentOrLast(time).Close;

    /// <summary>Quotes of an unknown session are compared with regular ones.</summary>
    private static SessionKind TradedIn(ProviderQuote quote) => quote.Session ?? SessionKind.Regular;
}
