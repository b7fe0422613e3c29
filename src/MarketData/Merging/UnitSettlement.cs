namespace Quorum.MarketData;

/// <summary>Settles quotes of unknown unit by those that name theirs (N19): a raw number that agrees with another quote in one of the
/// venue's units is in that unit.</summary>
internal static class UnitSettlement
{
    /// <summary>Largest distance of the two numbers, as a part of the price.</summary>
    private const decimal Nearness = 0.02m;

    /// <summary>Replaces the quotes that can be settled. Settled quotes settle others in turn, until nothing changes: merging the result
    /// again changes nothing.</summary>
    /// <param name="results">In the order of providers.</param>
    /// <param name="venue"><see langword="null"/> when it is not known; then nothing is settled.</param>
    /// <param name="ticker">The ticker at the venue, which may show the unit.</param>
    public static void Settle(ProviderResult[] results, Venue? venue, string ticker)
    {
        if (venue is null || !Array.Exists(results, static result => IsUnsettled(result.Quote)))
        {
            return;
        }

        var units = venue.UnitsOf(ticker);
        var named = Array.ConvertAll(results, static result => result.Quote);
        while (SettleOnce(results, named, units))
        {
            named = Array.ConvertAll(results, static result => result.Quote);
        }
    }

    /// <summary>Compares only with quotes that were settled before, so that the order of providers does not matter.</summary>
    private static bool SettleOnce(ProviderResult[] results, ProviderQuote?[] named, IReadOnlyList<QuoteUnit> units)
    {
        var settled = false;
        for (var i = 0; i < results.Length; i++)
        {
            if (IsUnsettled(results[i].Quote) && FindUnit(results[i].Quote!.Price!.Value, named, units) is { } unit) // an unsettled quote has a price
            {
                results[i] = results[i] with { Quote = InUnit(results[i].Quote!, unit) };
                settled = true;
            }
        }

        return settled;
    }

    private static bool IsUnsettled(ProviderQuote? quote) => quote is { Suspect: ProviderQuote.UnitUnknown, Price: > 0 };

    /// <summary>The unit in which the number is nearest to a quote that names its unit.</summary>
    private static QuoteUnit? FindUnit(decimal number, ProviderQuote?[] named, IReadOnlyList<QuoteUnit> units)
    {
        QuoteUnit? nearest = null;
        var best = Nearness;
        foreach (var unit in units)
        {
            foreach (var quote in named)
            {
                if (quote is { Suspect: null, RawUnit: not null, Price: > 0 and var price } && quote.Currency == unit.Currency)
                {
                    var value = number / unit.PerMajor;
                    var distance = value / 2 > price ? 1 : Math.Abs(value - price) / price;
                    if (distance < best || (distance == best && nearest is null))
                    {
                        (nearest, best) = (unit, distance);
                    }
                }
            }
        }

        return nearest;
    }

    private static ProviderQuote InUnit(ProviderQuote quote, QuoteUnit unit)
    {
        return quote with
        {
            Price = Scaled(quote.Price),
            Bid = Scaled(quote.Bid),
            Ask = Scaled(quote.Ask),
            Open = Scaled(quote.Open),
            High = Scaled(quote.High),
            Low = Scaled(quote.Low),
            PreviousClose = Scaled(quote.PreviousClose),
            Change = Scaled(quote.Change),
            Currency = unit.Currency,
            RawUnit = unit.Name,
            Suspect = null,
        };

        decimal? Scaled(decimal? value) => value is { } number ? ExactDecimal.Trim(number / unit.PerMajor) : null;
    }
}
