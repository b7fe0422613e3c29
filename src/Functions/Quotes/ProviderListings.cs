using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>How each provider lists an instrument.</summary>
public sealed class ProviderListings(InstrumentCatalogue catalogue, ProviderFleet fleet)
{
    /// <summary><see langword="null"/> when the provider does not list the instrument. One that the reference data lack is asked for all the
    /// same, in the provider's spelling of its label.</summary>
    /// <param name="symbol">Canonical.</param>
    public ProviderListing? Find(Symbol symbol, ProviderId provider) =>
        catalogue.Knows(symbol) ? catalogue.FindListing(symbol, provider) : fleet.SpellingFor(symbol, provider);
}
