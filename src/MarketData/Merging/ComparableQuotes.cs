namespace Quorum.MarketData;

/// <summary>Selects the quotes of a panel that can be compared at all: priced, not suspect, of one currency and of one session.</summary>
internal readonly ref struct ComparableQuotes
{
    /// <param name="quotes">By provider.</param>
    /// <param name="expected">The instrument's currency; <see langword="null"/> when the reference data lack it.</param>
    /// <param name="usual">The venue's currency, which decides when quotes name several.</param>
    /// <param name="calendar">The venue's; <see langword="null"/> when its hours are not known.</param>
    public ComparableQuotes(ReadOnlySpan<ProviderQuote?> quotes, CurrencyCode? expected, CurrencyCode? usual, TradingCalendar? calendar)
    {
        var (priced, credible) = (0, 0);
        for (var place = 0; place < quotes.Length; place++)
        {
            if (quotes[place] is { } quote)
            {
                priced |= quote.Price > 0 ? 1 << place : 0;
                credible |= quote.Suspect is null or ProviderQuote.UnitFactor ? 1 << place : 0; // the merge judges factors anew
            }
        }

        Currency = expected ?? CurrencyOf(quotes, priced & credible, usual);
        (var ofCurrency, MixesCurrencies) = SetOfCurrency(quotes, priced & credible, Currency);
        MixesCurrencies &= expected is null;
        Suspects = ProviderSet.Count(priced & ~ofCurrency);
        Set = OfFirstSession(quotes, ofCurrency, calendar);
        Unpriced = SetOfCurrency(quotes, credible & ~priced, Currency).Set;
    }

    public CurrencyCode? Currency { get; }

    public int Set { get; }

    /// <summary>Credible and of the right currency, but without a price: a previous close may be known.</summary>
    public int Unpriced { get; }

    /// <summary>The number of priced quotes that are suspect or of another currency.</summary>
    public int Suspects { get; }

    /// <summary>True if quotes name several currencies and no reference data tell which one is right.</summary>
    public bool MixesCurrencies { get; }

    /// <summary>The venue's currency if any quote names it, else the one that most quotes name, the first by name among equals.</summary>
    private static CurrencyCode? CurrencyOf(ReadOnlySpan<ProviderQuote?> quotes, int among, CurrencyCode? usual)
    {
        CurrencyCode? best = null;
        var most = 0;
        for (var place = 0; place < quotes.Length; place++)
        {
            if ((among & (1 << place)) == 0 || quotes[place]!.Currency is not { } currency || currency == best)
            {
                continue;
            }

            var count = 0;
            for (var other = 0; other < quotes.Length; other++)
            {
                count += (among & (1 << other)) != 0 && quotes[other]!.Currency == currency ? 1 : 0;
            }

            count = currency == usual ? int.MaxValue : count;
            if (count > most || (count == most && string.CompareOrdinal(currency.ToString(), best.ToString()) < 0))
            {
                (best, most) = (currency, count);
            }
        }

        return best;
    }

    /// <summary>Quotes that name no currency pass: their provider has one only.</summary>
    private static (int Set, bool LeavesSome) SetOfCurrency(ReadOnlySpan<ProviderQuote?> quotes, int among, CurrencyCode? currency)
    {
        var set = 0;
        for (var place = 0; place < quotes.Length; place++)
        {
            if ((among & (1 << place)) != 0 && (currency is null || quotes[place]!.Currency is not { } own || own == currency))
            {
                set |= 1 << place;
            }
        }

        return (set, set != among);
    }

    /// <summary>Regular quotes come first, then those after the close and before the opening. Two kinds do not hide a live extended price:
    /// stale quotes, and slower regular ones that are of the end of a day, of an earlier day (yesterday's close before the opening), or from
    /// within a session that is over (a delayed price just after the close).</summary>
    /// <remarks>Quotes of an unknown session count as regular. A time outside all hours says that our hours or the vendor's clock are
    /// wrong: such quotes are compared with those of any session.</remarks>
    private static int OfFirstSession(ReadOnlySpan<ProviderQuote?> quotes, int among, TradingCalendar? calendar)
    {
        var bestRank = -1;
        for (var place = 0; place < quotes.Length; place++)
        {
            if ((among & (1 << place)) != 0 && quotes[place]!.Session is not SessionKind.Closed)
            {
                var rank = RankOf(quotes[place]!) + (HidesNone(quotes, among, quotes[place]!, calendar) ? 0 : Sessions);
                bestRank = Math.Max(bestRank, rank);
            }
        }

        var best = 0;
        for (var place = 0; place < quotes.Length; place++)
        {
            // A quote of the chosen session that hides none is compared as well, in its class.
            if (
                (among & (1 << place)) != 0
                && (bestRank < 0 || quotes[place]!.Session is SessionKind.Closed || RankOf(quotes[place]!) == bestRank % Sessions)
            )
            {
                best |= 1 << place;
            }
        }

        return best;
    }

    private const int Sessions = 3;

    /// <summary>The last trade of a session may come a little before its end.</summary>
    private static readonly TimeSpan CloseAllowance = TimeSpan.FromMinutes(1);

    private static int RankOf(ProviderQuote quote) =>
        quote.Session switch
        {
            SessionKind.Pre => 0,
            SessionKind.Post => 1,
            _ => 2,
        };

    private static bool HidesNone(ReadOnlySpan<ProviderQuote?> quotes, int among, ProviderQuote quote, TradingCalendar? calendar)
    {
        var hidesNone = quote.Stale;
        for (var place = 0; place < quotes.Length && !hidesNone && RankOf(quote) == Sessions - 1; place++)
        {
            hidesNone =
                (among & (1 << place)) != 0
                && quotes[place]! is { Session: SessionKind.Pre or SessionKind.Post, Stale: false } extended
                && extended.ClassOf() > quote.ClassOf()
                && (
                    quote.Freshness == QuoteFreshness.EndOfDay
                    || extended.TradingDate > quote.TradingDate
                    || IsFromWithin(quote, calendar, extended.AsOf)
                );
        }

        return hidesNone;
    }

    /// <summary>True if a quote is not the close of its session, which was over at the time.</summary>
    private static bool IsFromWithin(ProviderQuote quote, TradingCalendar? calendar, DateTimeOffset? time) =>
        quote is { AsOf: { } asOf, AsOfPrecision: AsOfPrecision.Instant or AsOfPrecision.Minute }
        && calendar?.CurrentOrLast(asOf) is { } session
        && asOf < session.Close - CloseAllowance
        && time >= session.Close;
}
