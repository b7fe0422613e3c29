using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Shared.Postgres;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary>
/// The calls to providers of all batches in this process. What several batches want of a provider at the same moment goes into one request
/// where it takes many symbols, and the same symbol is asked for once; calls to one provider are bounded, so that thousands of small
/// batches leave air to callers who wait.
/// </summary>
public sealed class BatchFetches : IAsyncDisposable
{
    /// <summary>The time for which a request waits for more symbols.</summary>
    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(3);

    /// <summary>More than the items of all windows that can be under way.</summary>
    private const int WaitingItems = 100_000;

    private readonly ProviderFleet _fleet;
    private readonly QuoteStore _store;
    private readonly TimeProvider _time;
    private readonly TimeSpan _callTime;
    private readonly CancellationTokenSource _stopping = new();
    private readonly FrozenDictionary<ProviderId, GroupCommit<PendingFetch>> _requests;

    public BatchFetches(ProviderFleet fleet, QuoteStore store, TimeProvider time, IOptions<BatchOptions> options)
    {
        (_fleet, _store, _time, _callTime) = (fleet, store, time, options.Value.CallTime);
        _requests = ProviderId.All.ToFrozenDictionary(
            provider => provider,
            provider => new GroupCommit<PendingFetch>(
                group => FetchAsync(provider, group),
                mayBeOfOneItem: static _ => false,
                new GroupCommitOptions
                {
                    Lanes = options.Value.CallsPerProvider,
                    LargestGroup = fleet.LargestRequest(provider),
                    Capacity = WaitingItems,
                    BatchDelay = fleet.LargestRequest(provider) > 1 ? BatchDelay : TimeSpan.Zero,
                }
            )
        );
    }

    /// <summary>Fetches the current quote of an instrument from a provider, and stores the answer as its last known one.</summary>
    /// <returns>The outcome of the call, for any behaviour of the provider.</returns>
    /// <exception cref="OperationCanceledException">The caller has given up, or the process stops.</exception>
    public async Task<FetchOutcome> FetchAsync(ProviderListing listing, CancellationToken cancellationToken)
    {
        var pending = new PendingFetch(listing);
        await _requests[listing.Provider].CommitAsync(pending, cancellationToken);
        var outcome =
            pending.Outcome
            ?? throw new InvalidOperationException($"The call to {listing.Provider} left {listing.Symbol} without an outcome.");
        if (pending.IsFirst && outcome.Quote is { Price: not null } quote)
        {
            _store.KeepProviderQuote(listing.Symbol, listing.Provider, quote); // not awaited: the answer itself is stored with the batch
        }

        return outcome;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var requests in _requests.Values)
        {
            await requests.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private async Task FetchAsync(ProviderId provider, IReadOnlyList<PendingFetch> group)
    {
        var listings = group
            .Select(pending => pending.Listing)
            .DistinctBy(listing => listing.ProviderSymbol, StringComparer.Ordinal)
            .ToArray();
        var outcomes = await _fleet.FetchManyAsync(provider, listings, _time.GetUtcNow() + _callTime, CallPurpose.Batch, _stopping.Token);
        var bySpelling = new Dictionary<string, FetchOutcome>(listings.Length, StringComparer.Ordinal);
        for (var i = 0; i < listings.Length; i++)
        {
            bySpelling.Add(listings[i].ProviderSymbol, outcomes[i]);
        }

        var seen = new HashSet<string>(listings.Length, StringComparer.Ordinal);
        foreach (var pending in group)
        {
            (pending.Outcome, pending.IsFirst) = (bySpelling[pending.Listing.ProviderSymbol], seen.Add(pending.Listing.ProviderSymbol));
        }
    }

    private sealed class PendingFetch(ProviderListing listing)
    {
        public ProviderListing Listing { get; } = listing;

        public FetchOutcome? Outcome { get; set; }

        /// <summary>Of those who want the same: whether this one is who keeps the quote.</summary>
        public bool IsFirst { get; set; }
    }
}
