using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>One orchestration on its way, and those in this process who wait for what it publishes.</summary>
public sealed class QuoteFlight(FlightKey key, string instanceId)
{
    private readonly TaskCompletionSource<PublishedQuote> _landed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FlightKey Key { get; } = key;

    public string InstanceId { get; } = instanceId;

    /// <summary>The instance exists in the task hub: its status address can be given out.</summary>
    public bool Scheduled { get; private set; }

    /// <summary>What was published; faulted when the instance could not be started.</summary>
    public Task<PublishedQuote> Landed => _landed.Task;

    /// <summary>Guarded by <see cref="QuoteFlights"/>.</summary>
    internal int Waiters { get; set; }

    public void MarkScheduled() => Scheduled = true;

    internal void Land(PublishedQuote quote) => _landed.TrySetResult(quote);

    internal void Fail(Exception reason)
    {
        if (_landed.TrySetException(reason))
        {
            _ = _landed.Task.Exception; // Observed here: those who wait see it by awaiting, and there may be none left.
        }
    }
}
