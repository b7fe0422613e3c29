using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>Finds each provider's listing of an instrument, and calls the provider for it.</summary>
public sealed class ProviderListings(InstrumentCatalogue catalogue, ProviderFleet fleet, SharedFetches shared)
{
    /// <summary><see langword="null"/> when the provider does not list the instrument. One that the reference data lack is asked for all
    /// the same, in the provider's spelling of its label.</summary>
    /// <param name="symbol">Canonical.</param>
    public ProviderListing? Find(Symbol symbol, ProviderId provider) =>
        catalogue.Knows(symbol) ? catalogue.FindListing(symbol, provider) : fleet.SpellingFor(symbol, provider);

    /// <summary>The providers whose plan gives no real-time quotes of the instrument, with the best that it gives.</summary>
    /// <param name="symbol">Canonical.</param>
    public List<ProviderFreshness> FindSlower(Symbol symbol, IEnumerable<ProviderId> providers)
    {
        var slower = new List<ProviderFreshness>();
        foreach (var provider in providers)
        {
            if (Find(symbol, provider) is { } listing && fleet.BestFreshness(listing) is not QuoteFreshness.RealTime and var freshness)
            {
                slower.Add(new ProviderFreshness(provider, freshness));
            }
        }

        return slower;
    }

    /// <summary>The number of calls that a quote costs: providers that are disabled or do not list the instrument are not called.</summary>
    /// <param name="symbol">Canonical.</param>
    public int CountCalls(Symbol symbol, ProviderSelection providers) =>
        providers.ToList().Count(provider => OutcomeUnasked(symbol, provider) is null);

    /// <inheritdoc cref="ProviderFleet.OutcomeUnasked"/>
    public FetchOutcome? OutcomeUnasked(Symbol symbol, ProviderId provider) => fleet.OutcomeUnasked(provider, Find(symbol, provider));

    /// <inheritdoc cref="ProviderFleet.SlowestFirst"/>
    public IEnumerable<ProviderId> SlowestFirst(IEnumerable<ProviderId> providers) => fleet.SlowestFirst(providers);

    /// <summary>Fetches the current quote from one provider, for a waiting caller.</summary>
    /// <param name="symbol">Canonical.</param>
    /// <param name="isOneOfMany">True if other symbols are asked for at the same moment: the call may wait a little for them.</param>
    /// <exception cref="OperationCanceledException">The caller has given up.</exception>
    public Task<FetchOutcome> FetchAsync(
        Symbol symbol,
        ProviderId provider,
        DateTimeOffset deadline,
        bool isOneOfMany,
        IFetchObserver? observer,
        CancellationToken cancellationToken
    )
    {
        var listing = Find(symbol, provider);
        return isOneOfMany && listing is not null && shared.CanTake(listing)
            ? shared.FetchAsync(listing, deadline, cancellationToken)
            : fleet.FetchAsync(provider, listing, deadline, cancellationToken, observer);
    }
}
