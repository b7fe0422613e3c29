using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary>Decides the result of a window for one item.</summary>
internal static class ItemVerdict
{
    /// <summary>A quota that is used up for longer is no reason to leave a stored price aside.</summary>
    private static readonly TimeSpan ShortQuotaWait = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan MaxQuotaWait = TimeSpan.FromHours(1);

    /// <summary>
    /// Returns done with a price that at least one provider gave now. Without one the item stays pending while the cause may be temporary:
    /// for a quota as long as necessary, for a provider's failure a number of attempts. In the end a stored price is used; without any the
    /// item has failed, with the reason of <c>GET quotes/{symbol}</c>.
    /// </summary>
    /// <param name="tries">The number of windows before this one without a result.</param>
    /// <param name="quoteId">The id under which the quote is published if the item is done.</param>
    public static SettledItem Of(int ordinal, int tries, ConsolidatedQuote quote, string quoteId, DateTimeOffset now, BatchOptions options)
    {
        if (quote is { Price: not null, Completeness: not Completeness.Stale })
        {
            return Done();
        }

        var problem = quote.Price is null ? QuoteProblems.WithoutPrice(quote, quoteId, "") : null;
        if (problem is { Status: not System.Net.HttpStatusCode.ServiceUnavailable })
        {
            return Failed(); // Unknown, or not covered.
        }

        if (QuotaWait(quote) is { } wait && (quote.Price is null || wait <= ShortQuotaWait))
        {
            return Pending(wait < MaxQuotaWait ? wait : MaxQuotaWait, countsAsTry: false);
        }

        if (tries + 1 < options.Tries && quote.Providers.Any(result => MayPass(result.Outcome)))
        {
            return Pending(options.PauseBetweenTries * Math.Pow(4, tries), countsAsTry: true);
        }

        return problem is null ? Done() : Failed();

        SettledItem Done() =>
            new()
            {
                Ordinal = ordinal,
                Status = BatchItemStatus.Done,
                QuoteId = quoteId,
            };

        SettledItem Pending(TimeSpan pause, bool countsAsTry) =>
            new()
            {
                Ordinal = ordinal,
                Status = BatchItemStatus.Pending,
                NotBefore = now + pause,
                CountsAsTry = countsAsTry,
            };

        SettledItem Failed() =>
            new()
            {
                Ordinal = ordinal,
                Status = BatchItemStatus.Failed,
                Reason = problem!.Type[(problem.Type.LastIndexOf(':') + 1)..], // Only called with one.
                Detail = problem.Detail,
            };
    }

    /// <summary>Returns the time until the first used-up quota allows a call again; <see langword="null"/> for none.</summary>
    private static TimeSpan? QuotaWait(ConsolidatedQuote quote)
    {
        TimeSpan? soonest = null;
        foreach (var result in quote.Providers)
        {
            if (result.Outcome is FetchStatus.QuotaExhausted or FetchStatus.RateLimited)
            {
                var wait = TimeSpan.FromSeconds(Math.Clamp(result.RetryAfterSeconds ?? 0, 1, MaxQuotaWait.TotalSeconds));
                soonest = soonest < wait ? soonest : wait;
            }
        }

        return soonest;
    }

    private static bool MayPass(FetchStatus outcome) =>
        outcome
            is FetchStatus.TimedOut
                or FetchStatus.ServerError
                or FetchStatus.MalformedResponse
                or FetchStatus.Unreachable
                or FetchStatus.CircuitOpen;
}
