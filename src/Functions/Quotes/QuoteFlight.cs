using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>One orchestration on its way, and those in this process who wait for what it publishes.</summary>
public sealed class QuoteFlight(FlightKey key, string instanceId, DateTimeOffset deadline)
{
    private readonly TaskCompletionSource<PublishedQuote> _landed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Fetch> _fetches = new(ProviderId.All.Count);

    public FlightKey Key { get; } = key;

    public string InstanceId { get; } = instanceId;

    /// <summary>When every provider has answered, UTC.</summary>
    public DateTimeOffset Deadline { get; } = deadline;

    /// <summary>The instance exists in the task hub: its address can be given out.</summary>
    public bool Scheduled { get; private set; }

    /// <summary>What was published; faulted when the instance could not be started.</summary>
    public Task<PublishedQuote> Landed => _landed.Task;

    /// <summary>Guarded by <see cref="QuoteFlights"/>.</summary>
    internal int Waiters { get; set; }

    /// <summary>The hub was too slow for somebody who waited, who may have asked the providers without it. Guarded by <see cref="QuoteFlights"/>.</summary>
    internal bool IsBypassed { get; set; }

    public void MarkScheduled() => Scheduled = true;

    /// <summary>The one call to the provider that this flight makes, whoever needs it: the activity, and a caller for whom the hub was too slow. It takes
    /// nobody's cancellation; one that failed is made again.</summary>
    public Task<FetchOutcome> FetchAsync(ProviderId provider, Func<Task<FetchOutcome>> callAsync)
    {
        Fetch fetch;
        lock (_fetches)
        {
            if (_fetches.FindLast(known => known.Provider == provider) is { HasFailed: false } made)
            {
                return made.Task;
            }

            _fetches.Add(fetch = new Fetch(provider));
        }

        _ = fetch.RunAsync(callAsync);
        return fetch.Task;
    }

    /// <summary>What the call to the provider came to; <see langword="null"/> when it has not ended, or was not made in this process.</summary>
    public FetchOutcome? OutcomeOf(ProviderId provider)
    {
        lock (_fetches)
        {
            return _fetches.FindLast(known => known.Provider == provider)?.Outcome;
        }
    }

    internal void Land(PublishedQuote quote) => _landed.TrySetResult(quote);

    internal void Fail(Exception reason)
    {
        if (_landed.TrySetException(reason))
        {
            _ = _landed.Task.Exception; // Observed here: those who wait see it by awaiting, and there may be none left.
        }
    }

    private sealed class Fetch(ProviderId provider)
    {
        private readonly TaskCompletionSource<FetchOutcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ProviderId Provider { get; } = provider;

        public Task<FetchOutcome> Task => _ended.Task;

        public bool HasFailed => Task.IsFaulted || Task.IsCanceled;

        /// <summary><see langword="null"/> until it has ended.</summary>
        public FetchOutcome? Outcome { get; private set; }

        public async Task RunAsync(Func<Task<FetchOutcome>> callAsync)
        {
            try
            {
                var outcome = await callAsync();
                Outcome = outcome;
                _ended.SetResult(outcome);
            }
            catch (OperationCanceledException exception)
            {
                _ended.SetCanceled(exception.CancellationToken);
            }
            catch (Exception exception) // Those who wait are told.
            {
                _ended.SetException(exception);
            }
        }
    }
}
