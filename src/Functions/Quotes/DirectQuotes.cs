using Microsoft.Extensions.Options;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>Merges and publishes quotes that no orchestration makes: items of batches, and prefetched quotes.</summary>
public sealed class DirectQuotes(QuoteStore store, QuoteCache cache, IOptions<QuoteOptions> options)
{
    private readonly MergeOptions? _merge = options.Value.Merge;

    /// <summary>Returns true if the cache has a quote of all providers that was published at or after this time.</summary>
    public bool IsPublishedSince(Symbol symbol, DateTimeOffset time) =>
        cache.TryFind(symbol, ProviderSelection.All, out var quote) && quote.PublishedAt >= time;

    /// <summary>Begins to store the quotes of the outcomes as the providers' last known ones. A failure is logged.</summary>
    public void SaveAnswers(Symbol symbol, IReadOnlyList<FetchOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            if (outcome.Quote is { Price: not null } quote)
            {
                store.KeepProviderQuote(symbol, outcome.Provider, quote); // not awaited: outlives the function
            }
        }
    }

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
