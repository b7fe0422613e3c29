namespace Quorum.MarketData;

/// <summary>Bid and ask of one vendor at one moment, chosen among the quotes that gave the price (N27).</summary>
internal static class Book
{
    /// <summary>A bid or ask farther from the price than this is a stub: it is not meant to trade.</summary>
    private const decimal StubDistance = 0.2m;

    /// <returns>The place of the quote whose book is taken: one around the price if there is one, the newest of them; -1 when none can be
    /// used.</returns>
    /// <param name="panel">With a price.</param>
    /// <param name="price">The consolidated price.</param>
    /// <param name="repairs">Learns of what is dropped.</param>
    public static int Choose(QuotePanel panel, decimal price, Repairs repairs)
    {
        var usable = 0;
        var around = 0;
        for (var place = 0; place < ProviderSet.Size; place++)
        {
            if ((panel.PriceFrom & (1 << place)) == 0 || panel[place] is not { Bid: { } bid, Ask: { } ask })
            {
                continue;
            }

            var fault =
                bid > ask ? Repairs.Crossed
                : IsStub(bid, price) || IsStub(ask, price) ? Repairs.Stub
                : bid - price > price * panel.Tolerance || price - ask > price * panel.Tolerance ? Repairs.OutsidePrice
                : null;
            if (fault is not null)
            {
                repairs.Note("bid", fault, ProviderSet.At(place));
                repairs.Note("ask", fault, ProviderSet.At(place));
                continue;
            }

            usable |= 1 << place;
            around |= bid <= price && price <= ask ? 1 << place : 0;
        }

        return panel.NewestOf(around != 0 ? around : usable);
    }

    private static bool IsStub(decimal value, decimal price) => value < price * (1 - StubDistance) || value / (1 + StubDistance) > price;
}
