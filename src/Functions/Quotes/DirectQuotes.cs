using Microsoft.Extensions.Options;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>Merges and publishes quotes that no orchestration makes: items of batches, and prefetched quotes.</summary>
public sealed class DirectQuotes(KnownQuotes known, QuoteStore store, QuoteCache cache, IOptions<QuoteOptions> options)
{
    private readonly MergeOptions? _merge = options.Value.Merge;

    /// <summary>Returns true if the cache has a quote of all providers that was published at or after this time.</summary>
    public bool IsPublishedSince(Symbol symbol, DateTimeOffset time) =>
        cache.TryFind(symbol, ProviderSelection.All, out var quote) && quote.PublishedAt >= time;

    /// <summary>Loads the reference data and the last known quotes of a symbol.</summary>
    /// <exception cref="Npgsql.NpgsqlException">PostgreSQL does not answer.</exception>
    public Task<ReferenceData> LoadAsync(Symbol symbol, CancellationToken cancellationToken) => known.LoadAsync(symbol, cancellationToken);

    /// <summary>Stores a provider's last known quote.</summary>
    /// <exception cref="Npgsql.NpgsqlException">PostgreSQL does not answer.</exception>
    public Task SaveAsync(Symbol symbol, ProviderId provider, ProviderQuote quote, CancellationToken cancellationToken) =>
        store.SaveProviderQuoteAsync(symbol, provider, quote, cancellationToken);

    /// <summary>Merges the outcomes of all providers.</summary>
    /// <param name="now">The time of the merge.</param>
    internal DirectQuote Merge(Symbol symbol, ReferenceData reference, IReadOnlyList<FetchOutcome> outcomes, DateTimeOffset now) =>
        new(QuoteMerger.Merge(symbol, reference, outcomes, now, _merge), reference, outcomes, now);

    /// <summary>Stores a merged quote with the inputs of its merge, and adds it to the cache. Other processes are not notified.</summary>
    /// <param name="id">See <see cref="PublicationId"/>.</param>
    /// <exception cref="Npgsql.NpgsqlException">PostgreSQL does not answer.</exception>
    internal async Task PublishAsync(DirectQuote merged, string id, CancellationToken cancellationToken)
    {
        var (quote, reference, outcomes, at) = merged;
        var merge = Publication.MergeOf(quote, reference, outcomes, at, _merge);
        var published = Publication.Of(quote, id, at, ProviderSelection.All, merge);
        await store.PublishAsync(published, announce: false, cancellationToken);
        cache.Keep(published, ProviderSelection.All);
    }
}

/// <summary>A merged quote with the inputs of its merge.</summary>
/// <param name="Quote">The result.</param>
/// <param name="Reference">The reference data and last known quotes.</param>
/// <param name="Outcomes">The outcomes of all providers.</param>
/// <param name="At">The time of the merge.</param>
internal sealed record DirectQuote(
    ConsolidatedQuote Quote,
    ReferenceData Reference,
    IReadOnlyList<FetchOutcome> Outcomes,
    DateTimeOffset At
);
