using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>Stores what a provider answered after its caller's deadline: the next caller's stand-in is fresher for it.</summary>
internal sealed class LateQuotes(QuoteStore store) : ILateQuotes
{
    public Task KeepAsync(ProviderListing listing, ProviderQuote quote, CancellationToken cancellationToken) =>
        store.SaveProviderQuoteAsync(listing.Symbol, listing.Provider, quote, cancellationToken);
}
