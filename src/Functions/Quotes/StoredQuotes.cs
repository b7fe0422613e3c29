using Microsoft.Extensions.Options;
using Quorum.Functions.Telemetry;
using Quorum.MarketData;
using Quorum.Shared;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>Finds quotes that can be served without asking a provider: one fresh enough for the caller, or one to stand in when the budget
/// ends before the providers' answers are merged. PostgreSQL is waited for within bounds, and its failure is no failure of the
/// request.</summary>
public sealed class StoredQuotes(
    QuoteStore store,
    KnownQuotes lastKnown,
    QuoteCache cache,
    ProviderListings listings,
    QuoteStorageLog storage,
    TimeProvider time,
    IOptions<QuoteOptions> options
)
{
    private readonly TimeSpan _timeout = TimeSpan.FromMilliseconds(options.Value.StoredAnswerMs);
    private readonly MergeOptions? _merge = options.Value.Merge;

    /// <summary>A consolidated quote in memory no older than the caller accepts; <see langword="null"/> when there is none.</summary>
    internal QuoteAnswer? FindCached(QuoteRequest request)
    {
        if (request.MaxAge <= TimeSpan.Zero)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var fresh =
            request.Agree is not null
            && cache.FindAgreed(request.Symbol, request.Providers) is { } agreed
            && IsFresh(agreed, request, now)
            && request.Accepts(agreed)
                ? agreed
            : cache.TryFind(request.Symbol, request.Providers, out var known) && IsFresh(known, request, now) ? known
            : null;
        return fresh is null ? null : QuoteAnswer.Published(request, fresh, ServedFrom.Cache, now);
    }

    /// <summary>A consolidated quote in PostgreSQL no older than the caller accepts; <see langword="null"/> when there is none.</summary>
    internal async ValueTask<QuoteAnswer?> FindFreshAsync(QuoteRequest request, CancellationToken cancellationToken)
    {
        if (request.MaxAge <= TimeSpan.Zero)
        {
            return null;
        }

        if (!request.Providers.IsAll || await FindLatestAsync(request.Symbol, AgreeOf(request), cancellationToken) is not { } latest)
        {
            return null;
        }

        cache.Keep(latest, request.Providers);
        var now = time.GetUtcNow();
        return IsFresh(latest, request, now) ? QuoteAnswer.Published(request, latest, ServedFrom.Store, now) : null;
    }

    /// <summary>True if the quote is as new as the caller asks for. One from the future is not: its time is another clock's.</summary>
    private static bool IsFresh(PublishedQuote quote, QuoteRequest request, DateTimeOffset now) =>
        quote.PublishedAt >= now - request.MaxAge && !quote.IsFromFuture(now);

    /// <summary>The best that is known when the budget ends: what providers have answered already and, for the others, their last known
    /// quotes marked stale, merged; else the last consolidated quote. <see langword="null"/> when nothing with a price is known.</summary>
    /// <param name="flight">What the caller waited for.</param>
    internal async Task<QuoteAnswer?> FindStandInAsync(QuoteRequest request, QuoteFlight flight, CancellationToken cancellationToken) =>
        await MergeKnownAsync(request, flight, cancellationToken) is { } quote
            ? QuoteAnswer.StandIn(request, quote, flight.Scheduled ? flight.InstanceId : null, time.GetUtcNow())
            : null;

    /// <summary>True if PostgreSQL has answered in time that it has no quote of the symbol.</summary>
    internal async Task<bool> HasNoneAsync(Symbol symbol, CancellationToken cancellationToken)
    {
        var loading = lastKnown.LoadAsync(symbol, cancellationToken);
        if (!await SucceedsInTimeAsync(loading, symbol, cancellationToken) || (await loading).LastKnown.Count > 0)
        {
            return false;
        }

        var finding = store.FindLatestAsync(symbol, agree: null, time.GetUtcNow(), cancellationToken);
        return await SucceedsInTimeAsync(finding, symbol, cancellationToken) && await finding is null;
    }

    private async Task<ConsolidatedQuote?> MergeKnownAsync(QuoteRequest request, QuoteFlight flight, CancellationToken cancellationToken)
    {
        var loading = lastKnown.LoadAsync(request.Symbol, cancellationToken);
        var postgresAnswers = await SucceedsInTimeAsync(loading, request.Symbol, cancellationToken);
        var known = cache.TryFind(request.Symbol, request.Providers, out var published) ? QuoteDocument.Read(published.Document) : null;
        var reference = postgresAnswers ? await loading : lastKnown.WithoutStore(request.Symbol) with { LastKnown = QuotesOf(known) };
        FetchOutcome[] outcomes =
        [
            .. request.Providers.ToList().Select(provider => flight.OutcomeOf(provider) ?? OutcomeAtEnd(request.Symbol, provider)),
        ];
        if (QuoteMerger.Merge(request.Symbol, reference, outcomes, time.GetUtcNow(), _merge) is { Price: not null } merged)
        {
            return merged;
        }

        if (
            known is null
            && postgresAnswers
            && request.Providers.IsAll
            && await FindLatestAsync(request.Symbol, agree: null, cancellationToken) is { } latest
        )
        {
            known = QuoteDocument.Read(latest.Document);
        }

        return known is null ? null : AsStale(known, outcomes);
    }

    /// <summary>
    /// Returns the minimum agreement of a stored quote. With a minimum confidence, which is known only after reading, only a quote of all
    /// providers is used.
    /// </summary>
    private static int? AgreeOf(QuoteRequest request) => request.MinConfidence > 0 ? null : request.Agree;

    private async Task<PublishedQuote?> FindLatestAsync(Symbol symbol, int? agree, CancellationToken cancellationToken)
    {
        var finding = store.FindLatestAsync(symbol, agree, time.GetUtcNow(), cancellationToken);
        return await SucceedsInTimeAsync(finding, symbol, cancellationToken) ? await finding : null;
    }

    private async Task<bool> SucceedsInTimeAsync(Task reading, Symbol symbol, CancellationToken cancellationToken)
    {
        try
        {
            if (await reading.CompletesWithinAsync(_timeout, time, cancellationToken))
            {
                storage.Worked(QuoteStorageUse.StoredQuotes);
                return true;
            }

            storage.Late(QuoteStorageUse.StoredQuotes, symbol);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            storage.Failed(QuoteStorageUse.StoredQuotes, exception);
        }

        return false;
    }

    /// <summary>Returns the outcome of a provider without a known call.</summary>
    private FetchOutcome OutcomeAtEnd(Symbol symbol, ProviderId provider) =>
        listings.OutcomeUnasked(symbol, provider)
        ?? new FetchOutcome
        {
            Provider = provider,
            Status = FetchStatus.TimedOut,
            Detail = "The request's budget ended before the answers were merged.",
        };

    private static IReadOnlyList<StoredQuote> QuotesOf(ConsolidatedQuote? known) =>
        known is null
            ? []
            : [.. known.Providers.Where(result => result.Quote is not null).Select(result => new StoredQuote(result.Id, result.Quote!))];

    private static ConsolidatedQuote AsStale(ConsolidatedQuote known, IReadOnlyList<FetchOutcome> outcomes) =>
        known with
        {
            Completeness = Completeness.Stale,
            Providers =
            [
                .. outcomes.Select(outcome => AsStale(outcome, known.Providers.FirstOrDefault(result => result.Id == outcome.Provider))),
            ],
        };

    private static ProviderResult AsStale(FetchOutcome outcome, ProviderResult? known) =>
        new()
        {
            Id = outcome.Provider,
            Outcome = outcome.Status,
            RetryAfterSeconds = outcome.RetryAfterSeconds,
            LatencyMs = outcome.LatencyMs,
            Attempts = outcome.Attempts,
            FromStore = known?.Quote is not null,
            Detail = outcome.Detail,
            Quote = known?.Quote is { } quote ? quote with { Stale = true } : null,
        };
}
