namespace Quorum.MarketData;

/// <summary>The values of a consolidated quote and where each came from.</summary>
/// <remarks>Price, bid and ask come from quotes that agree. Those of a day (open, high, low, previous close, volume) also come from slower
/// quotes that a day's move explains, but only from those of the latest trading day, or of a day unknown: yesterday's high is not today's.
/// A price of the day is the median of the best class that has it.</remarks>
internal sealed class MergedFields
{
    private readonly QuotePanel _panel;
    private readonly PriceRounding _rounding;
    private readonly Repairs _repairs = new();
    private readonly Dictionary<string, FieldProvenance> _provenance = new(12, StringComparer.Ordinal);

    public MergedFields(QuotePanel panel, PriceRounding rounding)
    {
        (_panel, _rounding) = (panel, rounding);
        TakePrice();
        TakeBook();

        var ofTheDay = SetOfLatestDay();
        Open = Take("open", static quote => quote.Open, Fitting("open", static quote => quote.Open, ofTheDay));
        TakeRange(ofTheDay);
        PreviousClose = TakePreviousClose(ofTheDay) ?? TakePreviousClose(panel.Unpriced);
        TakeVolume(ofTheDay);
        TakeChange();
    }

    public decimal? Price { get; private set; }
    public DateTimeOffset? AsOf { get; private set; }
    public decimal? Bid { get; private set; }
    public decimal? Ask { get; private set; }
    public decimal? Open { get; }
    public decimal? High { get; private set; }
    public decimal? Low { get; private set; }
    public decimal? PreviousClose { get; }
    public long? Volume { get; private set; }
    public decimal? Change { get; private set; }
    public decimal? ChangePercent { get; private set; }

    /// <summary>True if a value of the day differs from the price by the ratio of a split.</summary>
    public bool MayBeSplit { get; private set; }

    public IReadOnlyDictionary<string, FieldProvenance> Provenance => _provenance;

    public IReadOnlyList<string> Repaired => _repairs.Notes;

    /// <summary>The time belongs to the price: that of the quote that gave it, the older one when it lies between two.</summary>
    private void TakePrice()
    {
        if (_panel.Price is not { } middle)
        {
            return;
        }

        Price = _rounding.Round(middle.Value, DecimalsShown(static quote => quote.Price, _panel.PriceFrom));
        _provenance["price"] = middle.WasChosen ? ProviderSet.Freshest(middle.Below, _panel.Fresh) : ProviderSet.Median(_panel.PriceFrom);
        var (below, above) = (NewestTimed(middle.Below), NewestTimed(middle.Above));
        var older = below < 0 || (above >= 0 && _panel[above].AsOf < _panel[below].AsOf) ? above : below;
        if (older >= 0)
        {
            AsOf = _panel[older].AsOf;
            _provenance["asOf"] = ProviderSet.Freshest(1 << older, middle.Below | middle.Above);
        }
    }

    private int NewestTimed(int among) => _panel.NewestOf(among & _panel.SetOf(static quote => quote.AsOf is not null));

    private void TakeBook()
    {
        if (Price is { } price && Book.Choose(_panel, price, _repairs) is >= 0 and var place)
        {
            (Bid, Ask) = (_rounding.Round(_panel[place].Bid!.Value, shown: 0), _rounding.Round(_panel[place].Ask!.Value, shown: 0)); // a book has both
            _provenance["bid"] = _provenance["ask"] = ProviderSet.Freshest(1 << place, 1 << place);
        }
    }

    /// <summary>The plausible quotes of the latest trading day that any of them names, and those that name none.</summary>
    private int SetOfLatestDay()
    {
        DateOnly? latest = null;
        for (var place = 0; place < ProviderSet.Size; place++)
        {
            if ((_panel.Plausible & (1 << place)) != 0 && _panel[place].TradingDate is { } date && (latest is null || date > latest))
            {
                latest = date;
            }
        }

        var set = 0;
        for (var place = 0; place < ProviderSet.Size; place++)
        {
            if ((_panel.Plausible & (1 << place)) != 0 && (_panel[place].TradingDate is not { } date || date == latest))
            {
                set |= 1 << place;
            }
        }

        return set;
    }

    /// <summary>A value of a day from the best class of a set that has it: quotes of a single venue give it only when there is no other in
    /// their class.</summary>
    private decimal? Take(string name, Func<ProviderQuote, decimal?> field, int among)
    {
        among = _panel.BestClassOf(among & Having(field, among));
        var ofTheMarket = among & _panel.SetOf(static quote => !quote.SingleVenue);
        among = ofTheMarket == 0 ? among : ofTheMarket;
        if (_panel.MiddleOf(field, among) is not { } middle)
        {
            return null;
        }

        var from = _panel.AgreeingWith(middle.Value, among, field);
        _provenance[name] = middle.WasChosen ? ProviderSet.Freshest(middle.Below, among) : ProviderSet.Median(from);
        return _rounding.Round(middle.Value, DecimalsShown(field, from));
    }

    private int Having(Func<ProviderQuote, decimal?> field, int among)
    {
        var set = 0;
        for (var place = 0; place < ProviderSet.Size; place++)
        {
            set |= (among & (1 << place)) != 0 && field(_panel[place]) is > 0 ? 1 << place : 0;
        }

        return set;
    }

    /// <summary>The finest number of decimals that two of a set show; 0 when fewer than two have the value.</summary>
    private int DecimalsShown(Func<ProviderQuote, decimal?> field, int among)
    {
        var (finest, second) = (0, 0);
        for (var place = 0; place < ProviderSet.Size; place++)
        {
            if ((among & (1 << place)) != 0 && field(_panel[place]) is { } value)
            {
                var decimals = ExactDecimal.Trim(value).Scale;
                (finest, second) = decimals > finest ? (decimals, finest) : (finest, Math.Max(second, decimals));
            }
        }

        return second;
    }

    /// <summary>Sets aside the values that differ from the price by a unit or a split, if another vendor has one that does not
    /// (N22).</summary>
    private int Fitting(string name, Func<ProviderQuote, decimal?> field, int among)
    {
        if (Price is not { } price)
        {
            return among;
        }

        var having = Having(field, among);
        var (bySplit, byUnit) = (0, 0);
        for (var place = 0; place < ProviderSet.Size; place++)
        {
            if ((having & (1 << place)) != 0 && field(_panel[place]) is { } value && (value / 1.2m > price || value < price * 0.82m)) // the smallest ratio is 5:4
            {
                var ratio = Factors.LogRatio(value, price);
                bySplit |= Factors.IsSplit(ratio) ? 1 << place : 0;
                byUnit |= Factors.IsUnit(ratio) ? 1 << place : 0;
            }
        }

        MayBeSplit |= bySplit != 0;
        var odd = bySplit | byUnit;
        if (odd == 0 || odd == having)
        {
            return among;
        }

        for (var place = 0; place < ProviderSet.Size; place++)
        {
            if ((odd & (1 << place)) != 0)
            {
                _repairs.Note(name, (bySplit & (1 << place)) != 0 ? Repairs.SplitRatio : Repairs.UnitFactor, ProviderSet.At(place));
            }
        }

        return among & ~odd;
    }

    private decimal? TakePreviousClose(int among) =>
        Take("previousClose", static quote => quote.PreviousClose, Fitting("previousClose", static quote => quote.PreviousClose, among));

    private void TakeRange(int ofTheDay)
    {
        var paired = ofTheDay & _panel.SetOf(static quote => quote.Low <= quote.High);
        var among = paired == 0 ? ofTheDay : paired;
        High = Take("high", static quote => quote.High, Fitting("high", static quote => quote.High, among));
        Low = Take("low", static quote => quote.Low, Fitting("low", static quote => quote.Low, among));
        if (Low > High)
        {
            (High, Low) = (null, null);
            Drop("high", Repairs.Crossed);
            Drop("low", Repairs.Crossed);
        }

        Widen(Open, "open");
        Widen(Price, "price");
    }

    /// <summary>The day's range holds every trade: the vendors of a price outside know better than those of the range.</summary>
    private void Widen(decimal? price, string name)
    {
        if (price > High)
        {
            High = price;
            _repairs.Note("high", $"below-{name}");
        }

        if (price < Low)
        {
            Low = price;
            _repairs.Note("low", $"above-{name}");
        }
    }

    /// <summary>One venue's volume is not the market's: it is taken only when there is no other.</summary>
    private void TakeVolume(int ofTheDay)
    {
        var known = ofTheDay & _panel.SetOf(static quote => quote.Volume is not null);
        var ofTheMarket = known & _panel.SetOf(static quote => !quote.SingleVenue);
        var candidates = ofTheMarket == 0 ? known : ofTheMarket;
        var freshest = _panel.NewestOf(candidates);
        if (freshest >= 0)
        {
            Volume = _panel[freshest].Volume;
            _provenance["volume"] = ProviderSet.Freshest(1 << freshest, candidates);
        }
    }

    private void TakeChange()
    {
        if (Price is not { } price || PreviousClose is not { } previousClose)
        {
            return;
        }

        var from = ProviderSet.Of(_provenance["price"].From) | ProviderSet.Of(_provenance["previousClose"].From);
        Change = ExactDecimal.Trim(price - previousClose);
        _provenance["change"] = ProviderSet.Computed(from);
        ChangePercent = ExactDecimal.Percent(price - previousClose, previousClose);
        if (ChangePercent is not null)
        {
            _provenance["changePercent"] = ProviderSet.Computed(from);
        }
    }

    private void Drop(string name, string reason)
    {
        _provenance.Remove(name);
        _repairs.Note(name, reason);
    }
}
