namespace Quorum.ProviderSimulator;

/// <summary>Quotes that lie.</summary>
internal static class BentQuote
{
    /// <summary>All prices multiplied alike, so that the lie is consistent with itself.</summary>
    public static Quote Bent(this Quote quote, FaultPlan faults) => faults.Factor == 1 ? quote : quote with
    {
        Price = Bent(quote.Price, faults),
        Bid = Bent(quote.Bid, faults),
        Ask = Bent(quote.Ask, faults),
        Open = Bent(quote.Open, faults),
        High = Bent(quote.High, faults),
        Low = Bent(quote.Low, faults),
        PreviousClose = Bent(quote.PreviousClose, faults),
    };

    public static Bar Bent(this Bar bar, FaultPlan faults) => faults.Factor == 1 ? bar : bar with
    {
        Open = Bent(bar.Open, faults),
        High = Bent(bar.High, faults),
        Low = Bent(bar.Low, faults),
        Close = Bent(bar.Close, faults),
    };

    private static decimal Bent(decimal price, FaultPlan faults) => Money.Round(price * faults.Factor, 4);
}
