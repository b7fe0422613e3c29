using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

internal static class Publication
{
    /// <summary>A quote made now, as it is kept and stored.</summary>
    /// <param name="quote">With its document to be.</param>
    /// <param name="id">See <see cref="PublicationId"/>; empty for a quote that has none.</param>
    /// <param name="now">The moment of its merge.</param>
    /// <param name="providers">Who was asked.</param>
    public static PublishedQuote Of(ConsolidatedQuote quote, string id, DateTimeOffset now, ProviderSelection providers) => new()
    {
        InstanceId = id,
        Symbol = quote.Symbol,
        PublishedAt = now,
        Price = quote.Price,
        AsOf = quote.AsOf,
        Completeness = quote.Completeness,
        AllProviders = providers.IsAll,
        Document = QuoteDocument.Write(quote),
    };
}
