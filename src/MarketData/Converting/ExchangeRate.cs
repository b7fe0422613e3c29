namespace Quorum.MarketData;

/// <summary>The rate from one currency to another, taken from the consolidated quote of their pair.</summary>
/// <param name="From">The currency that is converted.</param>
/// <param name="To">The currency of the result.</param>
/// <param name="Rate">The amount of <paramref name="To"/> for one unit of <paramref name="From"/>.</param>
/// <param name="Pair">The pair that was asked for; <see langword="null"/> for two units of one currency.</param>
/// <param name="AsOf">The time of the pair's price, UTC; <see langword="null"/> when it is not known.</param>
/// <param name="Confidence">That of the pair's price.</param>
/// <param name="Provenance">The providers behind the pair's price; <see langword="null"/> for two units of one currency.</param>
public sealed record ExchangeRate(
    CurrencyCode From,
    CurrencyCode To,
    decimal Rate,
    CurrencyPair? Pair,
    DateTimeOffset? AsOf,
    double Confidence,
    FieldProvenance? Provenance
)
{
    /// <summary>The digits of a rate that is the inverse of a pair's price.</summary>
    private const int InverseDigits = 10;

    /// <summary>A smaller price, or an inverse of a larger one, has too few digits for a conversion.</summary>
    private const decimal Smallest = 1e-12m,
        Largest = 1e12m;

    /// <summary>The rate between two units of one currency, such as pounds and pence.</summary>
    public static ExchangeRate Same(CurrencyCode currency) => new(currency, currency, 1, null, null, 1, null);

    /// <summary>Reads a rate from the consolidated quote of a pair.</summary>
    /// <param name="quote">Of the pair of the two currencies, in either direction.</param>
    /// <returns><see langword="null"/> when the quote has no price, or one that is no rate.</returns>
    public static ExchangeRate? Of(CurrencyCode from, CurrencyCode to, ConsolidatedQuote quote)
    {
        if (
            CurrencyPair.Of(quote.Symbol) is not { } pair
            || quote.Price is not (>= Smallest and <= Largest and var price)
            || !((pair.Base == from && pair.Quote == to) || (pair.Base == to && pair.Quote == from))
        )
        {
            return null;
        }

        return new ExchangeRate(
            from,
            to,
            pair.Base == from ? price : Inverse(price),
            pair,
            quote.AsOf,
            quote.Quality.Confidence,
            quote.Provenance.GetValueOrDefault("price")
        );
    }

    private static decimal Inverse(decimal price)
    {
        var inverse = 1 / price;
        var digitsBeforePoint = 0;
        for (var rest = inverse; rest >= 1; rest /= 10)
        {
            digitsBeforePoint++;
        }

        for (var rest = inverse; rest < 0.1m; rest *= 10)
        {
            digitsBeforePoint--;
        }

        return ExactDecimal.Trim(Math.Round(inverse, Math.Max(0, InverseDigits - digitsBeforePoint)));
    }
}
