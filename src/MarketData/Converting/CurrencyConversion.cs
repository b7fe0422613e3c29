namespace Quorum.MarketData;

/// <summary>Converts a consolidated quote into another currency or a minor unit of one. Pure.</summary>
/// <remarks>Every price is multiplied by one rate and rounded to one number of decimals, so that their order stays: bid ≤ ask and
/// low ≤ price ≤ high. The step of the result is no larger than the finest step of the prices times the rate, so that converting back gives
/// the same prices. The confidence is the lower one of quote
/// and rate. What a provider said (<see cref="ConsolidatedQuote.Providers"/>) stays as it came, in its own currency.</remarks>
public static class CurrencyConversion
{
    private const int MaxDecimals = 20;

    /// <param name="quote">With a currency.</param>
    /// <param name="unit">The currency of the result, or a minor unit of it.</param>
    /// <param name="rate">From the quote's currency to that of the unit.</param>
    /// <returns>The quote with prices in the unit and <see cref="ConsolidatedQuote.Conversion"/>; <see langword="null"/> when the rate is
    /// of other currencies, or the result would be too large.</returns>
    public static ConsolidatedQuote? Convert(ConsolidatedQuote quote, QuoteUnit unit, ExchangeRate rate)
    {
        if (quote.Currency is not { } from || rate.From != from || rate.To != unit.Currency)
        {
            return null;
        }

        ReadOnlySpan<decimal?> prices = [quote.Price, quote.Bid, quote.Ask, quote.Open, quote.High, quote.Low, quote.PreviousClose];
        var factor = rate.Rate * unit.PerMajor;
        var (scale, largest) = (0, 0m);
        foreach (var price in prices)
        {
            if (price is { } value)
            {
                scale = Math.Max(scale, ExactDecimal.Trim(value).Scale);
                largest = Math.Max(largest, Math.Abs(value));
            }
        }

        if (factor <= 0 || largest > decimal.MaxValue / 2 / Math.Max(1, factor))
        {
            return null;
        }

        var decimals = DecimalsFor(scale, factor);
        var (converted, previousClose) = (Of(quote.Price), Of(quote.PreviousClose));
        return quote with
        {
            Currency = unit.Currency,
            Price = converted,
            Bid = Of(quote.Bid),
            Ask = Of(quote.Ask),
            Open = Of(quote.Open),
            High = Of(quote.High),
            Low = Of(quote.Low),
            PreviousClose = previousClose,
            Change = quote.Change is null ? null : ExactDecimal.Trim(converted - previousClose ?? 0),
            Quality = quote.Quality with
            {
                Confidence = rate.Pair is null ? quote.Quality.Confidence : Math.Min(quote.Quality.Confidence, rate.Confidence),
            },
            Conversion = new QuoteConversion(
                from,
                quote.Price,
                unit.PerMajor == 1 ? unit.Currency.ToString() : unit.Name,
                ExactDecimal.Trim(factor),
                rate.Pair?.Symbol,
                rate.AsOf,
                rate.Pair is null ? null : rate.Confidence,
                rate.Provenance?.Method,
                rate.Provenance?.From ?? []
            ),
        };

        decimal? Of(decimal? price) => price is { } value ? ExactDecimal.Trim(Math.Round(value * factor, decimals)) : null;
    }

    /// <summary>The quote as it is, with the warning that it could not be converted.</summary>
    public static ConsolidatedQuote Unconverted(ConsolidatedQuote quote) =>
        quote with
        {
            Quality = quote.Quality with { Warnings = [.. quote.Quality.Warnings, QuoteWarnings.CurrencyUnavailable] },
        };

    /// <summary>The smallest number of decimals whose step is at most the prices' step times the rate.</summary>
    private static int DecimalsFor(int scale, decimal factor)
    {
        var decimals = scale;
        for (var rest = factor; rest < 1 && decimals < MaxDecimals; rest *= 10)
        {
            decimals++;
        }

        for (var rest = factor; rest >= 10 && decimals > 0; rest /= 10)
        {
            decimals--;
        }

        return decimals;
    }
}
