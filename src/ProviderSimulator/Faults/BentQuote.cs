namespace Quorum.ProviderSimulator;

/// <summary>Applies faults to quotes, so that they are wrong.</summary>
internal static class BentQuote
{
    private const decimal StubBid = 0.01m,
        StubAsk = 199_999.99m,
        Crossing = 0.01m;

    /// <summary>
    /// Returns the quote as changed by the call's faults. A factor on all prices leaves the quote consistent with itself.
    /// </summary>
    public static Quote Bent(this Quote quote, Call call)
    {
        var faults = call.Faults;
        if (ReferenceEquals(faults, FaultPlan.None))
        {
            return quote;
        }

        var last = Bent(quote.Price, faults, faults.LastFactor);
        var bent = quote with
        {
            Price = last,
            Bid = Bent(quote.Bid, faults, faults.LastFactor),
            Ask = Bent(quote.Ask, faults, faults.LastFactor),
            Open = Bent(quote.Open, faults),
            High = Bent(quote.High, faults),
            Low = Bent(quote.Low, faults),
            PreviousClose = Bent(quote.PreviousClose, faults, faults.PreviousFactor),
            TradedAt = faults.StuckAt is null ? quote.TradedAt : quote.TradedAt + (call.Clock - call.QuoteClock),
        };
        return faults switch
        {
            { CrossedBook: true } => bent with { Bid = Money.Round(last * (1 + Crossing), 4), Ask = Money.Round(last * (1 - Crossing), 4) },
            { StubBook: true } => bent with { Bid = StubBid, Ask = StubAsk },
            _ => bent,
        };
    }

    /// <summary>Returns the bar of the day before, whose close is the previous close.</summary>
    public static Bar BentPrevious(this Bar bar, FaultPlan faults) =>
        faults.PreviousFactor == 1
            ? bar.Bent(faults)
            : bar with
            {
                Open = Bent(bar.Open, faults, faults.PreviousFactor),
                High = Bent(bar.High, faults, faults.PreviousFactor),
                Low = Bent(bar.Low, faults, faults.PreviousFactor),
                Close = Bent(bar.Close, faults, faults.PreviousFactor),
            };

    public static Bar Bent(this Bar bar, FaultPlan faults) =>
        faults.Factor == 1
            ? bar
            : bar with
            {
                Open = Bent(bar.Open, faults),
                High = Bent(bar.High, faults),
                Low = Bent(bar.Low, faults),
                Close = Bent(bar.Close, faults),
            };

    private static decimal Bent(decimal price, FaultPlan faults, decimal factor = 1) =>
        faults.Factor * factor is var all && all == 1 ? price : Money.Round(price * all, 4);
}
