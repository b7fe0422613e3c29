using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>Loads the reference data and the last known quotes of a symbol, without those that must not stand in: simulated quotes of a
/// provider that is real now, and real quotes of one that is simulated now.</summary>
public sealed class KnownQuotes(QuoteStore store, InstrumentCatalogue catalogue, ProviderFleet fleet)
{
    /// <summary>The reference data that this process has in memory: the instrument alone.</summary>
    public ReferenceData WithoutStore(Symbol symbol) => new() { Instrument = catalogue.Find(symbol) };

    /// <exception cref="Npgsql.NpgsqlException">PostgreSQL does not answer.</exception>
    public async Task<ReferenceData> LoadAsync(Symbol symbol, CancellationToken cancellationToken)
    {
        var reference = await store.LoadReferenceAsync(symbol, cancellationToken);
        return reference.LastKnown.All(MayStandIn) ? reference : reference with { LastKnown = [.. reference.LastKnown.Where(MayStandIn)] };
    }

    private bool MayStandIn(StoredQuote stored) => stored.Quote.Simulated == fleet.IsSimulated(stored.Provider);
}

/// <summary>Stores what a provider answered after its caller's deadline: the next caller's stand-in is fresher for it.</summary>
internal sealed class LateQuotes(QuoteStore store) : ILateQuotes
{
    public Task KeepAsync(ProviderListing listing, ProviderQuote quote, CancellationToken cancellationToken) =>
        store.SaveProviderQuoteAsync(listing.Symbol, listing.Provider, quote, cancellationToken);
}
