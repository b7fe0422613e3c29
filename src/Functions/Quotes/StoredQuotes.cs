using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Quorum.Functions.Waiting;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>Finds quotes that can be served without asking a provider: one fresh enough for the caller, or one to stand in when the budget ends
/// before the providers' answers are merged. PostgreSQL is waited for within bounds, and its failure is no failure of the request.</summary>
public sealed partial class StoredQuotes(
    QuoteStore store, QuotesAtHand atHand, TimeProvider time, IOptions<QuoteOptions> options, ILogger<StoredQuotes> logger)
{
    private readonly TimeSpan _patience = TimeSpan.FromMilliseconds(options.Value.StoredAnswerMs);
    private readonly MergeOptions? _merge = options.Value.Merge;

    /// <summary>A consolidated quote in memory no older than the caller accepts; <see langword="null"/> when there is none.</summary>
    public PublishedQuote? FindAtHand(QuoteRequest request) =>
        request.MaxAge > TimeSpan.Zero
        && atHand.TryFind(request.Symbol, request.Providers, out var known)
        && known.PublishedAt >= time.GetUtcNow() - request.MaxAge
            ? known
            : null;

    /// <summary>A consolidated quote in PostgreSQL no older than the caller accepts; <see langword="null"/> when there is none.</summary>
    public async ValueTask<PublishedQuote?> FindFreshAsync(QuoteRequest request, CancellationToken cancellationToken)
    {
        if (request.MaxAge <= TimeSpan.Zero)
        {
            return null;
        }

        var oldest = time.GetUtcNow() - request.MaxAge;
        if (!request.Providers.IsAll || await FindLatestAsync(request.Symbol, cancellationToken) is not { } latest)
        {
            return null;
        }

        atHand.Keep(latest, request.Providers);
        return latest.PublishedAt >= oldest ? latest : null;
    }

    /// <summary>The best that is known without this call's answers, marked stale: the last known quote of each provider, merged; else the
    /// last consolidated quote. <see langword="null"/> when nothing with a price is known.</summary>
    public async Task<ConsolidatedQuote?> FindStandInAsync(QuoteRequest request, CancellationToken cancellationToken)
    {
        var loading = store.LoadReferenceAsync(request.Symbol, cancellationToken);
        var postgresAnswers = await SucceedsInTimeAsync(loading, request.Symbol, cancellationToken);
        if (postgresAnswers && MergeLastKnown(request, await loading) is { Price: not null } merged)
        {
            return merged;
        }

        if (atHand.TryFind(request.Symbol, request.Providers, out var known))
        {
            return AsStale(QuoteDocument.Read(known.Document));
        }

        return postgresAnswers && request.Providers.IsAll && await FindLatestAsync(request.Symbol, cancellationToken) is { } latest
            ? AsStale(QuoteDocument.Read(latest.Document))
            : null;
    }

    private ConsolidatedQuote MergeLastKnown(QuoteRequest request, ReferenceData reference) =>
        QuoteMerger.Merge(request.Symbol, reference, [.. request.Providers.ToList().Select(BudgetEnded)], time.GetUtcNow(), _merge);

    private async Task<PublishedQuote?> FindLatestAsync(Symbol symbol, CancellationToken cancellationToken)
    {
        var finding = store.FindLatestAsync(symbol, cancellationToken);
        return await SucceedsInTimeAsync(finding, symbol, cancellationToken) ? await finding : null;
    }

    private async Task<bool> SucceedsInTimeAsync(Task reading, Symbol symbol, CancellationToken cancellationToken)
    {
        try
        {
            if (await reading.CompletesWithinAsync(_patience, time, cancellationToken))
            {
                return true;
            }

            LogNotInTime(symbol);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRead(exception, symbol);
        }

        return false;
    }

    private static FetchOutcome BudgetEnded(ProviderId provider) => new()
    {
        Provider = provider,
        Status = FetchStatus.TimedOut,
        Detail = "The request's budget ended before the answers were merged.",
    };

    private static ConsolidatedQuote AsStale(ConsolidatedQuote quote) => quote with
    {
        Completeness = Completeness.Stale,
        Providers = [.. quote.Providers.Select(AsStale)],
    };

    private static ProviderResult AsStale(ProviderResult result) =>
        result.Outcome is FetchStatus.NotCovered or FetchStatus.Disabled
            ? result
            : new ProviderResult
            {
                Id = result.Id,
                Outcome = FetchStatus.TimedOut,
                FromStore = result.Quote is not null,
                Detail = BudgetEnded(result.Id).Detail,
                Quote = result.Quote is { } quote ? quote with { Stale = true } : null,
            };

    [LoggerMessage(EventId = 1003, Level = LogLevel.Warning, Message = "The stored quotes of {Symbol} could not be read.")]
    private partial void LogNotRead(Exception exception, Symbol symbol);

    [LoggerMessage(EventId = 1007, Level = LogLevel.Debug, Message = "The stored quotes of {Symbol} did not come in time.")]
    private partial void LogNotInTime(Symbol symbol);
}
