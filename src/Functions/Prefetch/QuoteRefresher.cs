using Microsoft.Extensions.Options;
using Quorum.Functions.Http;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Prefetch;

/// <summary>Asks the providers for several symbols at once, one call for all where a provider takes several, merges what they answer as for
/// a caller, and publishes it for the callers to come.</summary>
public sealed class QuoteRefresher(
    ProviderFleet fleet,
    ProviderListings listings,
    KnownQuotes known,
    DirectQuotes quotes,
    RefreshStore refreshes,
    TimeProvider time,
    IOptions<PrefetchOptions> options
)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);

    /// <summary>The maximum pause after a temporary failure.</summary>
    private static readonly TimeSpan MaxPauseAfterFailure = TimeSpan.FromSeconds(30);

    private readonly PrefetchOptions _options = options.Value;

    /// <param name="symbols">Canonical, each once.</param>
    /// <param name="plannedAt">Symbols published since then need no refresh.</param>
    /// <exception cref="Npgsql.NpgsqlException">PostgreSQL does not answer.</exception>
    public async Task RefreshAsync(IReadOnlyList<Symbol> symbols, DateTimeOffset plannedAt, CancellationToken cancellationToken)
    {
        var settled = new List<SettledRefresh>(symbols.Count);
        var asked = new List<Symbol>(symbols.Count);
        foreach (var symbol in symbols)
        {
            if (quotes.IsPublishedSince(symbol, plannedAt))
            {
                settled.Add(new SettledRefresh(symbol, IsRefreshed: true, FirstPause)); // A caller was quicker.
            }
            else
            {
                asked.Add(symbol);
            }
        }

        settled.AddRange(await Task.WhenAll(await AskAsync(asked, cancellationToken)));
        await refreshes.SettleAsync(settled, FirstPause, time.GetUtcNow(), cancellationToken);
    }

    private async Task<IEnumerable<Task<SettledRefresh>>> AskAsync(List<Symbol> symbols, CancellationToken cancellationToken)
    {
        var references = symbols.ConvertAll(symbol => known.LoadAsync(symbol, cancellationToken));
        var deadline = time.GetUtcNow() + TimeSpan.FromMilliseconds(_options.BudgetMs);
        var answers = await Task.WhenAll(ProviderId.All.Select(provider => AskAsync(provider, symbols, deadline, cancellationToken)));
        return symbols.Select(
            async (symbol, place) =>
                await MergeAsync(symbol, [.. answers.Select(answer => answer[place])], await references[place], cancellationToken)
        );
    }

    /// <summary>One outcome for each symbol, in their order.</summary>
    private async Task<FetchOutcome[]> AskAsync(
        ProviderId provider,
        List<Symbol> symbols,
        DateTimeOffset deadline,
        CancellationToken cancellationToken
    )
    {
        var notAsked = fleet.IsEnabled(provider) ? FetchStatus.NotCovered : FetchStatus.Disabled;
        var outcomes = new FetchOutcome[symbols.Count];
        Array.Fill(outcomes, new FetchOutcome { Provider = provider, Status = notAsked });
        if (notAsked is FetchStatus.Disabled)
        {
            return outcomes;
        }

        var wanted = new List<ProviderListing>(symbols.Count);
        var places = new List<int>(symbols.Count);
        for (var i = 0; i < symbols.Count; i++)
        {
            if (listings.Find(symbols[i], provider) is { } listing)
            {
                wanted.Add(listing);
                places.Add(i);
            }
        }

        if (wanted.Count > 0)
        {
            var fetched = await fleet.FetchManyAsync(provider, wanted, deadline, CallPurpose.Prefetch, cancellationToken);
            for (var i = 0; i < places.Count; i++)
            {
                outcomes[places[i]] = fetched[i];
            }
        }

        return outcomes;
    }

    private async Task<SettledRefresh> MergeAsync(
        Symbol symbol,
        IReadOnlyList<FetchOutcome> outcomes,
        ReferenceData reference,
        CancellationToken cancellationToken
    )
    {
        quotes.SaveAnswers(symbol, outcomes);
        var now = time.GetUtcNow();
        var merged = quotes.Merge(symbol, reference, outcomes, now);
        if (merged.Quote.Price is null || merged.Quote.Completeness is Completeness.Stale || IsPoor(outcomes))
        {
            return new SettledRefresh(
                symbol,
                IsRefreshed: false,
                IsHopeless(outcomes) ? _options.LongestPause : MaxPauseAfterFailure,
                ReasonOf(outcomes)
            );
        }

        await quotes.PublishAsync(merged, PublicationId.ForPrefetch(now), cancellationToken);
        return new SettledRefresh(symbol, IsRefreshed: true, FirstPause);
    }

    /// <summary>Too few took part because quotas kept them: a caller, for whom quota is reserved, gets a better quote by asking.</summary>
    private bool IsPoor(IReadOnlyList<FetchOutcome> outcomes)
    {
        var (listing, kept) = (0, 0);
        foreach (var outcome in outcomes)
        {
            listing += outcome.Status is FetchStatus.NotCovered or FetchStatus.Disabled ? 0 : 1;
            kept += outcome.Status is FetchStatus.RateLimited or FetchStatus.QuotaExhausted ? 1 : 0;
        }

        return listing - kept < PrefetchRoom.Least(listing, _options.LeastShareOfProviders);
    }

    /// <summary>Returns true if no provider knows the symbol, or none has a price: a retry soon would give the same.</summary>
    private static bool IsHopeless(IReadOnlyList<FetchOutcome> outcomes) =>
        outcomes.All(outcome =>
            outcome.Status
                is FetchStatus.UnknownSymbol
                    or FetchStatus.NoPrice
                    or FetchStatus.NotCovered
                    or FetchStatus.Disabled
                    or FetchStatus.PlanRestricted
        );

    /// <summary>Returns the reason for no usable quote: the outcome of most providers, the first of them where several are equal.</summary>
    private static string ReasonOf(IReadOnlyList<FetchOutcome> outcomes) =>
        outcomes
            .Where(outcome => outcome.Status is not (FetchStatus.Ok or FetchStatus.NotCovered or FetchStatus.Disabled))
            .GroupBy(outcome => outcome.Status)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key)
            .Select(group => ApiName<FetchStatus>.Of(group.Key))
            .FirstOrDefault()
        ?? ApiName<FetchStatus>.Of(FetchStatus.NotCovered);
}
