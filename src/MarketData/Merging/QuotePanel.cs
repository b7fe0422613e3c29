namespace Quorum.MarketData;

/// <summary>The quotes that a merge considers, one place for each provider, with their weights and the sets that judgement makes of them.
/// Since places are fixed, nothing depends on the order of arrival.</summary>
internal sealed class QuotePanel
{
    private const int FewestThatOutvoteOne = 4;
    private const int FewestToHoldRange = 3;

    private readonly ProviderQuote?[] _quotes = new ProviderQuote?[ProviderSet.Size];
    private readonly long[] _weights = new long[ProviderSet.Size];

    /// <param name="results">In any order.</param>
    /// <param name="expected">The instrument's currency; <see langword="null"/> when unknown, then that of most usable quotes holds.</param>
    /// <param name="options">The limits.</param>
    public QuotePanel(ReadOnlySpan<ProviderResult> results, CurrencyCode? expected, MergeOptions options)
    {
        var received = 0;
        foreach (var result in results)
        {
            if (result.Quote is { } quote)
            {
                var place = ProviderSet.IndexOf(result.Id);
                _quotes[place] = quote;
                _weights[place] = QuoteWeight.Of(quote, result.Id, options);
                received |= result.FromStore ? 0 : 1 << place;
            }
        }

        var believable = SetOf(quote => quote.Suspect is null);
        var priced = believable & SetOf(quote => quote.Price > 0);
        Currency = expected;
        (Usable, Outlier) = expected is { } currency ? Judge(priced, currency, options) : JudgeByMostUsedCurrency(priced, options);
        Used = Outlier < 0 ? Usable : Usable & ~(1 << Outlier);
        Unpriced = believable & ~priced & SetOfCurrency(Currency);
        NoneDecidesAlone = ProviderSet.Count(Usable & received) >= FewestThatOutvoteOne;
    }

    /// <summary>The currency of all usable quotes that name one.</summary>
    public CurrencyCode? Currency { get; private set; }

    /// <summary>Priced, believable and of the right currency.</summary>
    public int Usable { get; }

    /// <summary>The one of the usable that is too far from the rest; -1 for none.</summary>
    public int Outlier { get; }

    /// <summary>Usable and no outlier.</summary>
    public int Used { get; }

    /// <summary>Believable and of the right currency, but without a price: a previous close may be known.</summary>
    public int Unpriced { get; }

    /// <summary>With four or more quotes received no single one may move a value out of the range of the others. With fewer, the freshest class decides:
    /// stored quotes that stand in must not overrule the only live one.</summary>
    private bool NoneDecidesAlone { get; }

    public ProviderQuote this[int place] => _quotes[place]!; // asked only for members of a set

    public long WeightOf(int place) => _weights[place];

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

    /// <summary>The weighted median of a field over those of a set that have it; <see langword="null"/> when none has.</summary>
    /// <param name="field">Reads the field.</param>
    /// <param name="among">The set.</param>
    /// <param name="ofTheMarket">The field means the whole market: quotes of a single venue count one class less.</param>
    /// <param name="from">Those that have it.</param>
    public decimal? MedianOf(Func<ProviderQuote, decimal?> field, int among, bool ofTheMarket, out int from)
    {
        from = 0;
        Span<decimal> values = stackalloc decimal[ProviderSet.Size];
        Span<long> weights = stackalloc long[ProviderSet.Size];
        var count = 0;
        for (var place = 0; place < _quotes.Length; place++)
        {
            if ((among & (1 << place)) != 0 && field(this[place]) is { } value)
            {
                from |= 1 << place;
                values[count] = value;
                weights[count++] = ofTheMarket && this[place].SingleVenue ? QuoteWeight.Lowered(_weights[place]) : _weights[place];
            }
        }

        if (count == 0)
        {
            return null;
        }

        weights = weights[..count];
        if (NoneDecidesAlone && count >= FewestToHoldRange)
        {
            QuoteWeight.LetNoneDecideAlone(weights);
        }

        return Median.Weighted(values[..count], weights);
    }

    /// <summary>The place of the freshest quote of a set: the latest time, then the heavier, then the first; -1 for an empty set.</summary>
    public int FreshestOf(int among)
    {
        var freshest = -1;
        for (var place = 0; place < _quotes.Length; place++)
        {
            if ((among & (1 << place)) != 0 && (freshest < 0 || IsFresher(place, freshest)))
            {
                freshest = place;
            }
        }

        return freshest;
    }

    private bool IsFresher(int place, int than)
    {
        var (time, other) = (this[place].AsOf ?? DateTimeOffset.MinValue, this[than].AsOf ?? DateTimeOffset.MinValue);
        return time > other || (time == other && _weights[place] > _weights[than]);
    }

    private (int Usable, int Outlier) Judge(int priced, CurrencyCode currency, MergeOptions options)
    {
        var usable = priced & SetOfCurrency(currency);
        return (usable, Outliers.Find(_quotes, _weights, usable, options));
    }

    /// <summary>Takes the currency in which most quotes are used, the first by name among equals: so one more quote never lowers their number.</summary>
    private (int Usable, int Outlier) JudgeByMostUsedCurrency(int priced, MergeOptions options)
    {
        var best = (Usable: priced, Outlier: -1);
        var mostUsed = 0;
        for (var place = 0; place < _quotes.Length; place++)
        {
            if ((priced & (1 << place)) != 0 && this[place].Currency is { } currency && currency != Currency)
            {
                var judged = Judge(priced, currency, options);
                var used = ProviderSet.Count(judged.Usable) - (judged.Outlier < 0 ? 0 : 1);
                if (used > mostUsed || (used == mostUsed && string.CompareOrdinal(currency.ToString(), Currency.ToString()) < 0))
                {
                    (Currency, best, mostUsed) = (currency, judged, used);
                }
            }
        }

        return Currency is null ? (priced, Outliers.Find(_quotes, _weights, priced, options)) : best;
    }

    /// <summary>Quotes that name no currency pass: their provider has one only.</summary>
    private int SetOfCurrency(CurrencyCode? currency)
    {
        var set = 0;
        for (var place = 0; place < _quotes.Length; place++)
        {
            if (_quotes[place] is { } quote && (currency is null || quote.Currency is null || quote.Currency == currency))
            {
                set |= 1 << place;
            }
        }

        return set;
    }
}
