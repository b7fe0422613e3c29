using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>One orchestration on its way, and those in this process who wait for what it publishes.</summary>
public sealed class QuoteFlight(FlightKey key, string instanceId)
{
    private readonly TaskCompletionSource<PublishedQuote> _landed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<FetchOutcome> _outcomes = new(ProviderId.All.Count);

    public FlightKey Key { get; } = key;

    public string InstanceId { get; } = instanceId;

    /// <summary>The instance exists in the task hub: its status address can be given out.</summary>
    public bool Scheduled { get; private set; }

    /// <summary>What was published; faulted when the instance could not be started.</summary>
    public Task<PublishedQuote> Landed => _landed.Task;

    /// <summary>Guarded by <see cref="QuoteFlights"/>.</summary>
    internal int Waiters { get; set; }

    public void MarkScheduled() => Scheduled = true;

    /// <summary>What a call of this flight to the provider came to, as far as this process made it and it has ended; else <see langword="null"/>.</summary>
    public FetchOutcome? OutcomeOf(ProviderId provider)
    {
        lock (_outcomes)
        {
            return _outcomes.FindLast(outcome => outcome.Provider == provider); // of an activity that ran twice the later
        }
    }

    /// <summary>For those who stop waiting before the outcomes are merged.</summary>
    internal void Keep(FetchOutcome outcome)
    {
        lock (_outcomes)
        {
            _outcomes.Add(outcome);
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
}
