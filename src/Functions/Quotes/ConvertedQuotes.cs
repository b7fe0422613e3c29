using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>Finds quotes in the currency that a caller asks for. The rate is the consolidated price of the currency pair, found as any
/// quote is: at the same time, within the same budget and quotas, from the same providers, no older than <c>maxAge</c>, with the same
/// <c>agree</c>.</summary>
public sealed class ConvertedQuotes(QuoteFinder finder, InstrumentCatalogue catalogue)
{
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    internal async Task<QuoteResult> FindAsync(QuoteCall call, CancellationToken cancellationToken)
    {
        if (call.Request.Currency is not { } unit)
        {
            return await finder.FindAsync(call, cancellationToken);
        }

        var finding = finder.FindAsync(call, cancellationToken);
        if (ExpectedCurrency(call.Request.Symbol) is { } expected)
        {
            _ = RateAsync(call, expected, unit.Currency, cancellationToken); // at the same time; awaited when the quote needs it
        }

        return await finding is var result && result.Answer is { } answer ? await ConvertAsync(answer, call, cancellationToken) : result;
    }

    /// <summary>The answer in the currency that the caller asks for; with a warning in its own where there is no rate.</summary>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    internal async Task<QuoteAnswer> ConvertAsync(QuoteAnswer answer, QuoteCall call, CancellationToken cancellationToken)
    {
        if (call.Request.Currency is not { } unit)
        {
            return answer;
        }

        var quote = QuoteDocument.Read(answer.Document);
        if (quote.Currency is not { } from)
        {
            return answer.With(CurrencyConversion.Unconverted(quote), rate: null);
        }

        if (from == unit.Currency)
        {
            return unit.PerMajor > 1 && CurrencyConversion.Convert(quote, unit, ExchangeRate.Same(from)) is { } inMinorUnits
                ? answer.With(inMinorUnits, rate: null)
                : answer;
        }

        var found = await RateAsync(call, from, unit.Currency, cancellationToken);
        return
            found is not null
            && ExchangeRate.Of(from, unit.Currency, QuoteDocument.Read(found.Document)) is { } rate
            && rate.Confidence >= call.Request.MinConfidence
            && CurrencyConversion.Convert(quote, unit, rate) is { } converted
            ? answer.With(converted, found)
            : answer.With(CurrencyConversion.Unconverted(quote), rate: null);
    }

    /// <summary>The currency that a quote of the symbol will probably be in; <see langword="null"/> when it is not known.</summary>
    private CurrencyCode? ExpectedCurrency(Symbol symbol) =>
        catalogue.Find(symbol) is { } instrument ? instrument.Currency : Venue.Of(symbol, listed: null)?.Currency;

    /// <summary>The answer for the pair of two currencies; <see langword="null"/> when there is none in time.</summary>
    private async Task<QuoteAnswer?> RateAsync(QuoteCall call, CurrencyCode from, CurrencyCode to, CancellationToken cancellationToken)
    {
        if (from == to || CurrencyPair.Of(from, to).Symbol is var pair && catalogue.Knows(pair)) // then it is the ticker of a listing
        {
            return null;
        }

        var asked = call with { Request = call.Request with { Symbol = pair, Currency = null, MinConfidence = 0 } };
        return (await call.Rates.GetOrFindAsync(pair, () => finder.FindAsync(asked, cancellationToken))).Answer;
    }
}

/// <summary>The exchange rates that one HTTP request needs: each is found once, however many of its quotes are converted by it.</summary>
public sealed class RequestRates
{
    private readonly Lock _gate = new();
    private Dictionary<Symbol, Task<QuoteResult>>? _rates;

    /// <param name="pair">The symbol of a currency pair.</param>
    internal Task<QuoteResult> GetOrFindAsync(Symbol pair, Func<Task<QuoteResult>> findAsync)
    {
        lock (_gate)
        {
            _rates ??= [];
            if (!_rates.TryGetValue(pair, out var finding))
            {
                _rates.Add(pair, finding = findAsync());
            }

            return finding;
        }
    }
}
