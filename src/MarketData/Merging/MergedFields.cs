namespace Quorum.MarketData;

/// <summary>The values of a consolidated quote and where each came from.</summary>
/// <remarks>Prices are weighted medians. Those of a day (open, high, low, previous close, volume) come only from quotes of the latest trading day
/// among those used, or of a day unknown: yesterday's high is not today's. High and low come from quotes that have both, as do bid and ask, each pair
/// with the same weights: then the medians are in order as the pairs are.</remarks>
internal sealed class MergedFields
{
    private readonly QuotePanel _panel;
    private readonly Dictionary<string, FieldProvenance> _provenance = new(12, StringComparer.Ordinal);
    private List<string>? _repaired;

    public MergedFields(QuotePanel panel)
    {
        _panel = panel;
        Price = Take("price", static quote => quote.Price, panel.Used);
        AsOf = TakeAsOf();
        TakeBidAndAsk();

        var ofTheDay = SetOfLatestDay();
        Open = Take("open", static quote => quote.Open, ofTheDay, ofTheMarket: true);
        TakeRange(ofTheDay);
        PreviousClose = Take("previousClose", static quote => quote.PreviousClose, ofTheDay, ofTheMarket: true)
            ?? Take("previousClose", static quote => quote.PreviousClose, panel.Unpriced, ofTheMarket: true);
        TakeVolume(ofTheDay);
        TakeChange();
    }

    public decimal? Price { get; }
    public DateTimeOffset? AsOf { get; }
    public decimal? Bid { get; private set; }
    public decimal? Ask { get; private set; }
    public decimal? Open { get; }
    public decimal? High { get; private set; }
    public decimal? Low { get; private set; }
    public decimal? PreviousClose { get; }
    public long? Volume { get; private set; }
    public decimal? Change { get; private set; }
    public decimal? ChangePercent { get; private set; }

    public IReadOnlyDictionary<string, FieldProvenance> Provenance => _provenance;

    public IReadOnlyList<string> Repaired => (IReadOnlyList<string>?)_repaired ?? [];

    private decimal? Take(string name, Func<ProviderQuote, decimal?> field, int among, bool ofTheMarket = false)
    {
        var median = _panel.MedianOf(field, among, ofTheMarket, out var from);
        if (median is not null)
        {
            _provenance[name] = ProviderSet.Median(from);
        }

        return median;
    }

    private DateTimeOffset? TakeAsOf()
    {
        var timed = _panel.Used & _panel.SetOf(static quote => quote.AsOf is not null);
        var freshest = _panel.FreshestOf(timed);
        if (freshest < 0)
        {
            return null;
        }

        _provenance["asOf"] = ProviderSet.Freshest(freshest, timed);
        return _panel[freshest].AsOf;
    }

    /// <summary>The used quotes of the latest trading day that any of them names, and those that name none.</summary>
    private int SetOfLatestDay()
    {
        DateOnly? latest = null;
        for (var place = 0; place < ProviderSet.Size; place++)
        {
            if ((_panel.Used & (1 << place)) != 0 && _panel[place].TradingDate is { } date && (latest is null || date > latest))
            {
                latest = date;
            }
        }

        var set = 0;
        for (var place = 0; place < ProviderSet.Size; place++)
        {
            if ((_panel.Used & (1 << place)) != 0 && (_panel[place].TradingDate is not { } date || date == latest))
            {
                set |= 1 << place;
            }
        }

        return set;
    }

    /// <summary>Stale quotes say nothing of bid and ask now, unless there are no others.</summary>
    private void TakeBidAndAsk()
    {
        var live = _panel.Used & _panel.SetOf(static quote => !quote.Stale);
        var among = live == 0 ? _panel.Used : live;
        var paired = among & _panel.SetOf(static quote => quote.Bid <= quote.Ask);
        among = paired == 0 ? among : paired;
        Bid = Take("bid", static quote => quote.Bid, among);
        Ask = Take("ask", static quote => quote.Ask, among);
        if (Bid > Ask)
        {
            (Bid, Ask) = (null, null);
            Drop("bid");
            Drop("ask");
        }
    }

    private void TakeRange(int ofTheDay)
    {
        var paired = ofTheDay & _panel.SetOf(static quote => quote.Low <= quote.High);
        var among = paired == 0 ? ofTheDay : paired;
        High = Take("high", static quote => quote.High, among, ofTheMarket: true);
        Low = Take("low", static quote => quote.Low, among, ofTheMarket: true);
        if (Low > High)
        {
            (High, Low) = (null, null);
            Drop("high");
            Drop("low");
        }

        Widen(Open);
        Widen(Price);
    }

    /// <summary>The day's range holds every trade: the sources of a price that lies outside know better than those of the range.</summary>
    private void Widen(decimal? price)
    {
        if (price > High)
        {
            High = price;
            NoteRepair("high");
        }

        if (price < Low)
        {
            Low = price;
            NoteRepair("low");
        }
    }

    /// <summary>One venue's volume is not the market's: it is taken only when there is no other.</summary>
    private void TakeVolume(int ofTheDay)
    {
        var known = ofTheDay & _panel.SetOf(static quote => quote.Volume is not null);
        var ofTheMarket = known & _panel.SetOf(static quote => !quote.SingleVenue);
        var candidates = ofTheMarket == 0 ? known : ofTheMarket;
        var freshest = _panel.FreshestOf(candidates);
        if (freshest >= 0)
        {
            Volume = _panel[freshest].Volume;
            _provenance["volume"] = ProviderSet.Freshest(freshest, candidates);
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

    private void Drop(string name)
    {
        _provenance.Remove(name);
        NoteRepair(name);
    }

    private void NoteRepair(string name)
    {
        _repaired ??= [];
        if (!_repaired.Contains(name))
        {
            _repaired.Add(name);
        }
    }
}
