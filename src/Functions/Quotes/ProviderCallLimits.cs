using Quorum.Functions.Http;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>
/// Bounds the provider calls that callers cause: those of each consumer, and those for symbols that the reference data lack and that may be
/// no symbols at all.
/// </summary>
public sealed class ProviderCallLimits(
    InstrumentCatalogue catalogue,
    QuoteCache cache,
    ProviderFleet fleet,
    ProviderListings listings,
    QuoteFlights flights,
    TimeProvider time
)
{
    /// <summary>
    /// The outcome of every provider when none would be called, since each that lists the symbol did not know it a short while ago;
    /// <see langword="null"/> when one would be called, the reference data have the symbol, or a quote of it is in memory.
    /// </summary>
    internal IReadOnlyList<FetchOutcome>? FindOutcomes(QuoteRequest request)
    {
        if (!MayBeUnknown(request))
        {
            return null;
        }

        var listed = request
            .Providers.ToList()
            .Select(provider => (Id: provider, Listing: listings.Find(request.Symbol, provider)))
            .ToList();
        if (listed.Exists(provider => fleet.NeedsCall(provider.Id, provider.Listing)))
        {
            return null;
        }

        var outcomes = listed.Select(provider => fleet.OutcomeWithoutCall(provider.Id, provider.Listing)).OfType<FetchOutcome>().ToList();
        return outcomes.Count == listed.Count && outcomes.Exists(outcome => outcome.Status is FetchStatus.UnknownSymbol) ? outcomes : null;
    }

    /// <summary>The quote without a price that these outcomes make.</summary>
    internal ConsolidatedQuote QuoteOf(QuoteRequest request, IReadOnlyList<FetchOutcome> outcomes) =>
        QuoteMerger.Merge(request.Symbol, new ReferenceData { LastKnown = [] }, outcomes, time.GetUtcNow());

    /// <summary>Takes the calls to come from the caller's limits: none for a request that is about to join a flight.
    /// <see cref="Settle"/> must follow once it is known whether it joined.</summary>
    /// <param name="taken">The number of calls taken.</param>
    /// <returns>The refusal when one is used up, for symbols that may be unknown that of such symbols too; <see langword="null"/> when the
    /// calls are allowed.</returns>
    internal Problem? Take(QuoteCall call, out int taken)
    {
        taken = 0;
        if (flights.IsUnderWay(call.Request))
        {
            return null;
        }

        if (MayBeUnknown(call.Request) && call.Caller.RefuseUnknownSymbol(call.TraceId) is { } refusal)
        {
            return refusal;
        }

        var calls = CountCalls(call.Request);
        var usedUp = calls > 0 ? call.Caller.TakeProviderCalls(calls, call.TraceId) : null;
        taken = usedUp is null ? calls : 0;
        return usedUp;
    }

    /// <summary>Charges the caller who began a flight for its calls, and no caller who joined it: an identical request may have begun a
    /// flight, or ended one, since <see cref="Take"/>.</summary>
    /// <param name="taken">The result of <see cref="Take"/>.</param>
    internal void Settle(QuoteCall call, int taken, bool joined) =>
        call.Caller.SettleProviderCalls(
            taken,
            joined ? 0
                : taken > 0 ? taken
                : CountCalls(call.Request)
        );

    /// <summary>Returns the action that counts the calls of a quote for its caller when no provider knows the symbol;
    /// <see langword="null"/> when the symbol is known already. It is the quote that counts: another process may have made the
    /// calls.</summary>
    internal Action<PublishedQuote>? CounterFor(QuoteCall call)
    {
        var account = call.Caller.Account;
        return MayBeUnknown(call.Request) ? quote => account.CountUnknownSymbol(CountUnknownCalls(quote)) : null;
    }

    /// <summary>Returns the number of calls that a quote has cost whose symbol no provider knows; 0 if one may know it.</summary>
    internal static int CountUnknownCalls(PublishedQuote quote)
    {
        if (quote.Price is not null)
        {
            return 0;
        }

        var results = QuoteDocument.Read(quote.Document).Providers;
        return results.Any(result => result.Outcome is FetchStatus.Ok or FetchStatus.NoPrice)
            ? 0
            : results.Count(result => result is { Outcome: FetchStatus.UnknownSymbol, Attempts: > 0 });
    }

    private int CountCalls(QuoteRequest request) => listings.CountCalls(request.Symbol, request.Providers);

    /// <summary>True unless the reference data have the symbol or a quote of it is in memory.</summary>
    private bool MayBeUnknown(QuoteRequest request) =>
        catalogue.Find(request.Symbol) is null && !cache.TryFind(request.Symbol, request.Providers, out _);
}
