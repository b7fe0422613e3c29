using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
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

    /// <summary>A consolidated quote no older than the caller accepts; <see langword="null"/> when there is none.</summary>
    public async ValueTask<PublishedQuote?> FindFreshAsync(QuoteRequest request, CancellationToken cancellationToken)
    {
        if (request.MaxAge <= TimeSpan.Zero)
        {
            return null;
        }

        var oldest = time.GetUtcNow() - request.MaxAge;
        if (atHand.TryFind(request.Symbol, request.Providers, out var known) && known.PublishedAt >= oldest)
        {
            return known;
        }

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
        var merged = await MergeLastKnownAsync(request, cancellationToken);
        if (merged is { Price: not null })
        {
            return merged;
        }

        if (atHand.TryFind(request.Symbol, request.Providers, out var known))
        {
            return AsStale(QuoteDocument.Read(known.Document));
        }

        return request.Providers.IsAll && await FindLatestAsync(request.Symbol, cancellationToken) is { Price: not null } latest
            ? AsStale(QuoteDocument.Read(latest.Document))
            : null;
    }

    private async Task<ConsolidatedQuote?> MergeLastKnownAsync(QuoteRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var reference = await store.LoadReferenceAsync(request.Symbol, cancellationToken).WaitAsync(_patience, time, cancellationToken);
            var outcomes = request.Providers.ToList().Select(BudgetEnded).ToArray();
            return QuoteMerger.Merge(request.Symbol, reference, outcomes, time.GetUtcNow(), _merge);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotLoaded(exception, request.Symbol);
            return null;
        }
    }

    private async Task<PublishedQuote?> FindLatestAsync(Symbol symbol, CancellationToken cancellationToken)
    {
        try
        {
            return await store.FindLatestAsync(symbol, cancellationToken).WaitAsync(_patience, time, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotLoaded(exception, symbol);
            return null;
        }
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

    [LoggerMessage(EventId = 1003, Level = LogLevel.Warning, Message = "The stored quotes of {Symbol} could not be read in time.")]
    private partial void LogNotLoaded(Exception exception, Symbol symbol);
}
