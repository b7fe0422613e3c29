namespace Quorum.MarketData;

/// <summary>The quotes that a merge considers, one place for each provider, and the judgement of them: which ones are compared, which price
/// they give, and which ones agree with it. Since places are fixed, nothing depends on the order of arrival.</summary>
/// <remarks>
/// The price is the weighted median of the fresh quotes, those of the best class that any has (N21). It is a value that a vendor gave, or
/// lies halfway between two that agree. Trust weighs within a class, and of four or more none has half of the weight. No quote is set aside
/// before the median is taken, so a wrong one can move it no further than the others reach, and nothing that is called an outlier
/// afterwards has an effect on the price.
/// </remarks>
internal sealed class QuotePanel
{
    private const int FewestToHoldRange = 4;
    private const decimal BpsPerUnit = 10_000;

    private readonly ProviderQuote?[] _quotes = new ProviderQuote?[ProviderSet.Size];
    private readonly double[] _logs = new double[ProviderSet.Size];
    private readonly MergeOptions _options;
    private readonly decimal _tolerance;

    /// <param name="results">In any order.</param>
    /// <param name="expected">The instrument's currency; <see langword="null"/> when the reference data lack it.</param>
    /// <param name="usual">The venue's currency.</param>
    /// <param name="calendar">The venue's; <see langword="null"/> when its hours are not known.</param>
    /// <param name="options">The limits.</param>
    public QuotePanel(
        ReadOnlySpan<ProviderResult> results,
        CurrencyCode? expected,
        CurrencyCode? usual,
        TradingCalendar? calendar,
        MergeOptions options
    )
    {
        _options = options;
        _tolerance = Math.Clamp(options.OutlierFloorBps, 1, BpsPerUnit) / BpsPerUnit;
        LogTolerance = -Math.Log(1 - Math.Min((double)_tolerance, 0.5)); // covers the tolerance upwards and downwards
        foreach (var result in results)
        {
            if (result.Quote is { } quote)
            {
                var place = ProviderSet.IndexOf(result.Id);
                _quotes[place] = quote;
                _logs[place] = quote.Price is > 0 and var price ? Math.Log((double)price) : 0;
            }
        }

        var comparable = new ComparableQuotes(_quotes, expected, usual, calendar);
        (Currency, Suspects, MixesCurrencies) = (comparable.Currency, comparable.Suspects, comparable.MixesCurrencies);
        (Comparable, Unpriced) = (comparable.Set, comparable.Unpriced);
        Fresh = BestClassOf(Comparable);
        var contradicted = 0;
        var carrying = Fresh;
        while (IsContradictedByUnit(carrying, Comparable & ~contradicted & ~carrying))
        {
            contradicted |= carrying;
            carrying = BestClassOf(Comparable & ~contradicted);
        }

        Price = MiddleOf(static quote => quote.Price, carrying, ofPrice: true);
        if (Price is { } middle)
        {
            Agreeing = AgreeingWith(middle.Value, Comparable, static quote => quote.Price);
            PriceFrom = Agreeing & carrying;
            Session = SessionOf(PriceFrom);
            UnitFactors = (contradicted | AtFactor(Factors.IsUnit, middle.Value)) & ~Agreeing;
            SplitFactors = AtFactor(Factors.IsSplit, middle.Value) & ~Agreeing;
            Outliers = Fresh & ~Agreeing & ~UnitFactors;
            Plausible = Agreeing | (Comparable & ~Fresh & ~contradicted & Within(Confidence.DaysMove, middle.Value));
        }
    }

    public CurrencyCode? Currency { get; }

    /// <summary>The session of the quotes that gave the price; <see langword="null"/> when none is known. A time outside all hours counts
    /// only where no other of them names a session.</summary>
    public SessionKind? Session { get; }

    /// <summary>Priced, not suspect, of the right currency and of one session.</summary>
    public int Comparable { get; }

    /// <summary>The comparable quotes of the best freshness class that any has.</summary>
    public int Fresh { get; }

    /// <summary>Without a price, but a previous close may be known.</summary>
    public int Unpriced { get; }

    /// <summary>The number of priced quotes that are suspect or of another currency.</summary>
    public int Suspects { get; }

    public bool MixesCurrencies { get; }

    /// <summary>Not rounded; <see langword="null"/> when nothing is comparable.</summary>
    public Middle? Price { get; }

    /// <summary>The comparable quotes within the tolerance of the price, of any class.</summary>
    public int Agreeing { get; }

    /// <summary>These and the slower quotes that a day's move explains: their price is of an earlier time, but their open or volume may be
    /// right.</summary>
    public int Plausible { get; }

    /// <summary>The agreeing quotes of the class that gave the price.</summary>
    public int PriceFrom { get; }

    /// <summary>Fresh quotes that do not agree with the price.</summary>
    public int Outliers { get; }

    /// <summary>Comparable quotes that differ from the price by a factor of units (N22): they are suspect.</summary>
    public int UnitFactors { get; }

    /// <summary>Comparable quotes that differ from the price by the ratio of a split.</summary>
    public int SplitFactors { get; }

    /// <summary>Largest distance of two agreeing prices, as the logarithm of their ratio.</summary>
    public double LogTolerance { get; }

    public decimal Tolerance => _tolerance;

    public ProviderQuote this[int place] => _quotes[place]!; // asked only for members of a set

    /// <summary>The logarithm of a comparable quote's price.</summary>
    public double LogOf(int place) => _logs[place];

    public int SetOf(Func<ProviderQuote, bool> condition)
    {
        var set = 0;
        for (var place = 0; place < _quotes.Length; place++)
        {
            if (_quotes[place] is { } quote && condition(quote))
            {
                set |= 1 << place;
            }
        }

        return set;
    }

    /// <summary>The quotes of a set whose class is the best in it.</summary>
    public int BestClassOf(int among)
    {
        var (best, set) = (FreshnessClass.Stored, 0);
        for (var place = 0; place < _quotes.Length; place++)
        {
            if ((among & (1 << place)) != 0)
            {
                var own = this[place].ClassOf();
                set =
                    own > best ? 1 << place
                    : own == best ? set | (1 << place)
                    : set;
                best = own > best ? own : best;
            }
        }

        return set;
    }

    /// <summary>The members of a set whose field lies within the tolerance of a value.</summary>
    public int AgreeingWith(decimal value, int among, Func<ProviderQuote, decimal?> field)
    {
        var set = 0;
        for (var place = 0; place < _quotes.Length; place++)
        {
            if ((among & (1 << place)) != 0 && field(this[place]) is { } own && Agree(Math.Min(own, value), Math.Max(own, value)))
            {
                set |= 1 << place;
            }
        }

        return set;
    }

    /// <summary>The weighted median of a field over those of a set that have it; <see langword="null"/> when none has. Halfway between two
    /// values only if they agree; of two that do not, the one with the newer time is taken, then the first in the order of
    /// providers.</summary>
    public Middle? MiddleOf(Func<ProviderQuote, decimal?> field, int among, bool ofPrice = false)
    {
        Span<decimal> values = stackalloc decimal[ProviderSet.Size];
        Span<int> places = stackalloc int[ProviderSet.Size];
        Span<int> weights = stackalloc int[ProviderSet.Size];
        var count = 0;
        for (var place = 0; place < _quotes.Length; place++)
        {
            if ((among & (1 << place)) != 0 && field(this[place]) is { } value)
            {
                var at = count++;
                for (; at > 0 && values[at - 1] > value; at--)
                {
                    (values[at], places[at]) = (values[at - 1], places[at - 1]);
                }

                (values[at], places[at]) = (value, place);
            }
        }

        if (count == 0)
        {
            return null;
        }

        for (var i = 0; i < count; i++)
        {
            weights[i] = TrustOf(ProviderSet.At(places[i]));
        }

        var (low, high) = Median.Weighted(weights[..count], noneDecidesAlone: count >= FewestToHoldRange);
        var (below, above) = (GiversOf(values[low], values, places, count), GiversOf(values[high], values, places, count));
        if (Agree(values[low], values[high]))
        {
            return new Middle(ExactDecimal.Trim(ExactDecimal.Midpoint(values[low], values[high])), below, above, WasChosen: false);
        }

        var lowest = ofPrice ? PreferredByUnit(below, above) ?? IsNewer(below, above) : IsNewer(below, above);
        return lowest
            ? new Middle(ExactDecimal.Trim(values[low]), below, below, WasChosen: true)
            : new Middle(ExactDecimal.Trim(values[high]), above, above, WasChosen: true);
    }

    private SessionKind? SessionOf(int among)
    {
        SessionKind? session = null;
        for (var place = 0; place < _quotes.Length; place++)
        {
            if ((among & (1 << place)) != 0 && session is null or SessionKind.Closed)
            {
                session = this[place].Session ?? session;
            }
        }

        return session;
    }

    /// <summary>The place of the newest quote of a set: the latest time, then the first; -1 for an empty set.</summary>
    public int NewestOf(int among)
    {
        var newest = -1;
        for (var place = 0; place < _quotes.Length; place++)
        {
            if ((among & (1 << place)) != 0 && (newest < 0 || MomentOf(place) > MomentOf(newest)))
            {
                newest = place;
            }
        }

        return newest;
    }

    private bool Agree(decimal low, decimal high) => high - low <= low * _tolerance;

    private static int GiversOf(decimal value, ReadOnlySpan<decimal> values, ReadOnlySpan<int> places, int count)
    {
        var set = 0;
        for (var i = 0; i < count; i++)
        {
            set |= values[i] == value ? 1 << places[i] : 0;
        }

        return set;
    }

    /// <summary>The start of its day stands for the time of a quote that has only a date.</summary>
    private DateTimeOffset MomentOf(int place) =>
        _quotes[place] switch
        {
            { AsOf: { } asOf } => asOf,
            { TradingDate: { } date } => new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero),
            _ => DateTimeOffset.MinValue,
        };

    private bool IsNewer(int set, int than)
    {
        var (own, other) = (NewestOf(set), NewestOf(than));
        return MomentOf(own) > MomentOf(other) || (MomentOf(own) == MomentOf(other) && own < other);
    }

    /// <summary>Of two fresh prices that differ by a factor of units, true if more slower quotes agree with the first, false if with the
    /// second, <see langword="null"/> when they do not decide.</summary>
    private bool? PreferredByUnit(int first, int second)
    {
        var (one, two) = (NewestOf(first), NewestOf(second));
        if (!Factors.IsUnit(_logs[one] - _logs[two]))
        {
            return null;
        }

        var balance = 0;
        for (var place = 0; place < _quotes.Length; place++)
        {
            if ((Comparable & ~Fresh & (1 << place)) != 0)
            {
                balance +=
                    Math.Abs(_logs[place] - _logs[one]) <= LogTolerance ? 1
                    : Math.Abs(_logs[place] - _logs[two]) <= LogTolerance ? -1
                    : 0;
            }
        }

        return balance == 0 ? null : balance > 0;
    }

    /// <summary>True if a set is a single quote, at least two slower ones that agree with each other differ from it by a factor of units,
    /// and none agrees with it. Markets move, but not by a factor of 100: then the slower ones give the price (N22).</summary>
    private bool IsContradictedByUnit(int set, int slower)
    {
        if (ProviderSet.Count(set) != 1 || ProviderSet.Count(slower) < 2)
        {
            return false;
        }

        var own = _logs[NewestOf(set)];
        var contradict = false;
        for (var place = 0; place < _quotes.Length; place++)
        {
            if ((slower & (1 << place)) == 0)
            {
                continue;
            }

            if (Math.Abs(_logs[place] - own) <= LogTolerance)
            {
                return false;
            }

            for (var other = 0; other < place && !contradict && Factors.IsUnit(_logs[place] - own); other++)
            {
                contradict = (slower & (1 << other)) != 0 && Math.Abs(_logs[place] - _logs[other]) <= LogTolerance;
            }
        }

        return contradict;
    }

    private int AtFactor(Func<double, bool> isFactor, decimal price)
    {
        var log = Math.Log((double)price);
        var set = 0;
        for (var place = 0; place < _quotes.Length; place++)
        {
            set |= (Comparable & (1 << place)) != 0 && isFactor(_logs[place] - log) ? 1 << place : 0;
        }

        return set;
    }

    private int Within(double distance, decimal price)
    {
        var log = Math.Log((double)price);
        var set = 0;
        for (var place = 0; place < _quotes.Length; place++)
        {
            set |= (Comparable & (1 << place)) != 0 && Math.Abs(_logs[place] - log) <= distance ? 1 << place : 0;
        }

        return set;
    }

    /// <summary>Returns a provider's weight, in hundredths.</summary>
    private int TrustOf(ProviderId provider) =>
        _options.Trust.Count == 0 || !_options.Trust.TryGetValue(provider.ToString(), out var trust)
            ? 100
            : (int)(Math.Clamp(trust, MergeOptions.MinTrust, MergeOptions.MaxTrust) * 100);
}

/// <summary>The middle of several values of one field.</summary>
/// <param name="Value">A value that was given, or the midpoint of two that agree.</param>
/// <param name="Below">The providers whose value is the lower of the two; those of <paramref name="Value"/> itself when it was
/// given.</param>
/// <param name="Above">The providers whose value is the upper one.</param>
/// <param name="WasChosen">True if it is one of two that do not agree.</param>
internal readonly record struct Middle(decimal Value, int Below, int Above, bool WasChosen);
