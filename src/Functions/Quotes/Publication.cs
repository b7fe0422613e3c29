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

/// <summary>The keys under which consolidated quotes are published, and what they tell of the orchestration that made them.</summary>
/// <remarks>A quote that a caller asked for has its instance's id, one on which some providers agreed <c>{instance}.agreed-{number}</c>, an
/// item of a batch <c>{batch}.{place}</c>, where the batch's id is the instance's. What was prefetched has no orchestration: a colon, which
/// no id of an instance has, marks it. What was made while the task hub was unavailable may have no id.</remarks>
internal static class PublicationId
{
    private const string Prefetch = "prefetch:";

    /// <summary>The quote of an instance on which some providers agreed, before all had answered. That of all is published under the
    /// instance's own id.</summary>
    public static string ForAgreed(string instanceId, int agreeing) => $"{instanceId}.agreed-{agreeing}";

    /// <summary>Grows with time: new keys go to the right edge of every index.</summary>
    public static string ForPrefetch(DateTimeOffset now) => $"{Prefetch}{Guid.CreateVersion7(now):N}";

    /// <summary>The orchestration instance; <see langword="null"/> when there is none.</summary>
    public static string? InstanceOf(string publicationId)
    {
        if (publicationId.Length == 0 || publicationId.StartsWith(Prefetch, StringComparison.Ordinal))
        {
            return null;
        }

        var point = publicationId.LastIndexOf('.');
        return point < 0 ? publicationId : publicationId[..point];
    }
}
