using System.Collections.Frozen;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Shared.Postgres;

namespace Quorum.Functions.Quotes;

/// <summary>The calls for callers who ask for many symbols at once: at a provider that takes many in one request, those of the same moment
/// share one.</summary>
public sealed class SharedFetches : IAsyncDisposable
{
    /// <summary>The time for which a request waits for more symbols: orchestrations that begin together reach their calls within
    /// it.</summary>
    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(3);

    /// <summary>Requests under way at once at one provider.</summary>
    private const int Lanes = 8;

    private const int WaitingSymbols = 10_000;

    private readonly ProviderFleet _fleet;
    private readonly CancellationTokenSource _stopping = new();
    private readonly FrozenDictionary<ProviderId, GroupCommit<PendingFetch>> _requests;

    public SharedFetches(ProviderFleet fleet)
    {
        _fleet = fleet;
        _requests = ProviderId
            .All.Where(provider => fleet.IsEnabled(provider) && fleet.LargestRequest(provider) > 1)
            .ToFrozenDictionary(
                provider => provider,
                provider => new GroupCommit<PendingFetch>(
                    group => FetchAsync(provider, group),
                    mayBeOfOneItem: static _ => false,
                    new GroupCommitOptions
                    {
                        Lanes = Lanes,
                        LargestGroup = fleet.LargestRequest(provider),
                        Capacity = WaitingSymbols,
                        BatchDelay = BatchDelay,
                    }
                )
            );
    }

    /// <summary>True if the provider takes many symbols in one request.</summary>
    public bool CanTake(ProviderListing listing) => _requests.ContainsKey(listing.Provider);

    /// <summary>Fetches the current quote of one instrument, in one request with others that arrive at the same moment.</summary>
    /// <param name="listing">The listing at a provider that takes many (<see cref="CanTake"/>).</param>
    /// <param name="deadline">The time at which the caller needs the outcome; the earliest one in a request applies to all of it.</param>
    /// <returns>The outcome of the call, for any behaviour of the provider.</returns>
    /// <exception cref="OperationCanceledException">The caller has given up, or the process stops.</exception>
    public async Task<FetchOutcome> FetchAsync(ProviderListing listing, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var pending = new PendingFetch(listing, deadline);
        await _requests[listing.Provider].CommitAsync(pending, cancellationToken);
        return pending.Outcome
            ?? throw new InvalidOperationException($"The call to {listing.Provider} left {listing.Symbol} without an outcome.");
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
        var outcomes = await _fleet.FetchManyAsync(
            provider,
            listings,
            group.Min(pending => pending.Deadline),
            CallPurpose.Interactive,
            _stopping.Token
        );
        foreach (var pending in group)
        {
            pending.Outcome = outcomes[Array.FindIndex(listings, listing => listing.ProviderSymbol == pending.Listing.ProviderSymbol)];
        }
    }

    private sealed class PendingFetch(ProviderListing listing, DateTimeOffset deadline)
    {
        public ProviderListing Listing { get; } = listing;

        public DateTimeOffset Deadline { get; } = deadline;

        public FetchOutcome? Outcome { get; set; }
    }
}
