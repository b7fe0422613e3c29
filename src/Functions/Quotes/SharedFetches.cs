using System.Collections.Frozen;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Shared;
using Quorum.Shared.Postgres;
using Quorum.Storage;

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

    /// <summary>Deadlines this close count as the same: those of the symbols of one HTTP request differ by microseconds.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(1);

    private readonly ProviderFleet _fleet;
    private readonly QuoteStore _store;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly FrozenDictionary<ProviderId, GroupCommit<PendingFetch>> _requests;

    public SharedFetches(ProviderFleet fleet, QuoteStore store, TimeProvider time)
    {
        (_fleet, _store, _time) = (fleet, store, time);
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
                        Time = time,
                    }
                )
            );
    }

    /// <summary>True if the provider takes many symbols in one request.</summary>
    public bool CanTake(ProviderListing listing) => _requests.ContainsKey(listing.Provider);

    /// <summary>Fetches the current quote of one instrument, in one request with others that arrive at the same moment.</summary>
    /// <param name="listing">The listing at a provider that takes many (<see cref="CanTake"/>).</param>
    /// <param name="deadline">The time at which the caller needs the outcome. If others in the request have more time, the request
    /// continues, and its answer is stored as the next caller's fallback.</param>
    /// <returns>The outcome of the call, for any behaviour of the provider.</returns>
    /// <exception cref="OperationCanceledException">The caller has given up, or the process stops.</exception>
    public async Task<FetchOutcome> FetchAsync(ProviderListing listing, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var startedAt = _time.GetTimestamp();
        var left = deadline - _time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            return await _fleet.FetchAsync(listing.Provider, listing, deadline, cancellationToken); // too late: it does not call the provider
        }

        var pending = new PendingFetch(listing, deadline);
        var fetching = _requests[listing.Provider].CommitAsync(pending, cancellationToken);
        if (!await fetching.CompletesWithinAsync(left, _time, cancellationToken))
        {
            if (!pending.EndsWithRequest)
            {
                _ = KeepLateAsync(pending, fetching);
                return TimedOut(listing, _time.GetElapsedTime(startedAt), attempts: pending.IsAsked ? 1 : 0);
            }

            await fetching; // It ends now too, with the outcome of its last attempt.
        }

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
        var now = _time.GetUtcNow();
        var deadline = group.Max(pending => pending.Deadline);
        var asked = new List<PendingFetch>(group.Count);
        foreach (var pending in group)
        {
            if (pending.Deadline > now)
            {
                pending.Ask(deadline - pending.Deadline <= Tolerance);
                asked.Add(pending);
            }
            else
            {
                pending.Outcome = TimedOut(pending.Listing, TimeSpan.Zero, attempts: 0);
            }
        }

        if (asked.Count == 0)
        {
            return;
        }

        var listings = asked
            .Select(pending => pending.Listing)
            .DistinctBy(listing => listing.ProviderSymbol, StringComparer.Ordinal)
            .ToArray();
        var outcomes = await _fleet.FetchManyAsync(provider, listings, deadline, CallPurpose.Interactive, _stopping.Token);
        foreach (var pending in asked)
        {
            pending.Outcome = outcomes[Array.FindIndex(listings, listing => listing.ProviderSymbol == pending.Listing.ProviderSymbol)];
        }
    }

    /// <summary>Stores the quote of a caller who no longer waits.</summary>
    private async Task KeepLateAsync(PendingFetch pending, Task fetching)
    {
        await fetching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (pending.Outcome?.Quote is { Price: not null } quote)
        {
            _store.KeepProviderQuote(pending.Listing.Symbol, pending.Listing.Provider, quote);
        }
    }

    private static FetchOutcome TimedOut(ProviderListing listing, TimeSpan latency, int attempts) =>
        new()
        {
            Provider = listing.Provider,
            Status = FetchStatus.TimedOut,
            LatencyMs = Math.Round(latency.TotalMilliseconds, 2),
            Attempts = attempts,
            Detail = attempts > 0 ? "No answer in time." : "The deadline was too near: the provider was not asked.",
        };

    private sealed class PendingFetch(ProviderListing listing, DateTimeOffset deadline)
    {
        private volatile bool _isAsked,
            _endsWithRequest;

        public ProviderListing Listing { get; } = listing;

        public DateTimeOffset Deadline { get; } = deadline;

        public FetchOutcome? Outcome { get; set; }

        /// <summary>True once the request for it is under way.</summary>
        public bool IsAsked => _isAsked;

        /// <summary>True if that request ends at this deadline.</summary>
        public bool EndsWithRequest => _endsWithRequest;

        public void Ask(bool endsWithRequest) => (_endsWithRequest, _isAsked) = (endsWithRequest, true);
    }
}
