using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary>Asks one provider for the items of a window and keeps each answer as it comes. Never fails for what a provider did.</summary>
/// <remarks>Running twice asks for what has no answer yet: the answers are keyed by batch, item and provider.</remarks>
public sealed class FetchItems(
    BatchWork work,
    BatchFetches fetches,
    ProviderFleet fleet,
    ProviderListings listings,
    TimeProvider time,
    IOptions<BatchOptions> options
)
{
    /// <summary>No call begins later: what is left then is for the next run. Well below the host's time-out for functions.</summary>
    private static readonly TimeSpan MaxRun = TimeSpan.FromMinutes(2);

    /// <summary>A quota that is used up for longer is not waited for.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan MinWait = TimeSpan.FromSeconds(1);

    [Function(nameof(FetchItems))]
    public async Task<FetchItemsResult> RunAsync([ActivityTrigger] FetchItemsInput input, CancellationToken cancellationToken)
    {
        var items = await work.FindUnansweredAsync(input.BatchId, input.Provider, input.Ordinals, cancellationToken);
        var latest = time.GetUtcNow() + MaxRun;
        var answered = 0;
        DateTimeOffset? retryAt = null;
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = fleet.LargestRequest(input.Provider) > 1 ? Math.Max(1, items.Count) : options.Value.CallsPerBatch,
            CancellationToken = cancellationToken,
        };
        var gate = new Lock();
        await Parallel.ForEachAsync(
            items,
            parallel,
            async (item, cancellation) =>
            {
                if (listings.Find(item.Symbol, input.Provider) is not { } listing)
                {
                    return; // Not covered: SettleItems sees that there is no listing.
                }

                lock (gate)
                {
                    retryAt ??= time.GetUtcNow() > latest ? latest : null;
                    if (retryAt is not null)
                    {
                        return;
                    }
                }

                var outcome = await fetches.FetchAsync(listing, cancellation);
                if (input.WaitsForQuota && WaitAfter(outcome) is { } wait)
                {
                    lock (gate)
                    {
                        var at = time.GetUtcNow() + wait;
                        retryAt = retryAt > at ? retryAt : at;
                    }

                    return;
                }

                await work.SaveAnswersAsync(input.BatchId, [new ItemAnswer(item.Ordinal, outcome)], cancellation);
                Interlocked.Increment(ref answered);
            }
        );
        return new FetchItemsResult(answered, retryAt);
    }

    /// <summary>Returns the wait before the same call is made again; <see langword="null"/> when the outcome is an answer.</summary>
    private static TimeSpan? WaitAfter(FetchOutcome outcome)
    {
        if (outcome.Status is not (FetchStatus.QuotaExhausted or FetchStatus.RateLimited))
        {
            return null;
        }

        var wait = TimeSpan.FromSeconds(
            Math.Clamp(outcome.RetryAfterSeconds ?? 0, MinWait.TotalSeconds, TimeSpan.FromDays(2).TotalSeconds)
        );
        return wait <= MaxWait ? wait : null;
    }
}
