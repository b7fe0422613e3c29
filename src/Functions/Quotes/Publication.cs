using Quorum.Functions.Http;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

internal static class Publication
{
    /// <summary>Returns a new quote in the form for cache and storage.</summary>
    /// <param name="quote">The quote that becomes the document.</param>
    /// <param name="id">See <see cref="PublicationId"/>; empty for a quote that has none.</param>
    /// <param name="now">The time of the merge.</param>
    /// <param name="providers">The providers that were called.</param>
    /// <param name="merge">See <see cref="MergeOf"/>; <see langword="null"/> for a quote that is not stored.</param>
    public static PublishedQuote Of(
        ConsolidatedQuote quote,
        string id,
        DateTimeOffset now,
        ProviderSelection providers,
        RawJson? merge = null
    ) =>
        new()
        {
            InstanceId = id,
            Symbol = quote.Symbol,
            PublishedAt = now,
            Price = quote.Price,
            AsOf = quote.AsOf,
            Completeness = quote.Completeness,
            AllProviders = providers.IsAll,
            Document = QuoteDocument.Write(quote),
            Merge = merge?.Utf8,
        };

    /// <summary>The inputs of a merge that its result does not show, as they are stored with it.</summary>
    public static RawJson MergeOf(
        ConsolidatedQuote quote,
        ReferenceData reference,
        IReadOnlyList<FetchOutcome> outcomes,
        DateTimeOffset now,
        MergeOptions? options
    ) => new(ApiJson.Write(MergeRecord.Of(quote, reference, outcomes, now, options), MarketDataJson.Default.MergeRecord));
}
