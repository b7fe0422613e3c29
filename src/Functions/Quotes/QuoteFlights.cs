using Quorum.Functions.Waiting;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>
/// The orchestrations that callers of this process wait for. Identical requests share one (single flight), and <c>PublishQuote</c> finds
/// those who wait by the instance. A flight is here from before its instance is scheduled, so that no publication can pass unseen, until it
/// has landed, or nobody waits for it any more and no provider was asked without it; the orchestration goes on regardless.
/// </summary>
public sealed class QuoteFlights(TimeProvider time)
{
    /// <summary>What a busy hub may need to commit the start of an instance.</summary>
    private static readonly TimeSpan LeastTimeToStart = TimeSpan.FromMilliseconds(90);

    private readonly Lock _gate = new();
    private readonly Dictionary<FlightKey, QuoteFlight> _joinable = [];
    private readonly Dictionary<string, QuoteFlight> _byInstance = new(StringComparer.Ordinal);

    /// <summary>Names this process in an orchestration's input: whose callers wait.</summary>
    public string ProcessId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The flight that identical requests share, counting the caller among those who wait. Who <paramref name="begins"/> it
    /// schedules the instance; each caller then awaits <see cref="WaitAsync"/> once.</summary>
    public QuoteFlight Join(FlightKey key, out bool begins)
    {
        lock (_gate)
        {
            begins = !_joinable.TryGetValue(key, out var flight);
            if (begins)
            {
                // Version 7 sorts by time: new keys go to the right edge of every index.
                flight = new QuoteFlight(key, Guid.CreateVersion7(time.GetUtcNow()).ToString("N"));
                _joinable.Add(key, flight);
                _byInstance.Add(flight.InstanceId, flight);
            }

            flight!.Waiters++;
            return flight;
        }
    }

    /// <summary>The published quote, or <see langword="null"/> when <paramref name="patience"/> ends first, or the instance is not even scheduled
    /// halfway (<see cref="QuoteFlight.IsBypassed"/>): what is left is then better used otherwise.</summary>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    /// <exception cref="Exception">Why the instance could not be started.</exception>
    public async Task<PublishedQuote?> WaitAsync(QuoteFlight flight, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            var startedBy = patience / 2 > LeastTimeToStart ? patience / 2 : patience < LeastTimeToStart ? patience : LeastTimeToStart;
            if (await flight.Landed.CompletesWithinAsync(startedBy, time, cancellationToken))
            {
                return await flight.Landed;
            }

            var bypassed = !flight.Scheduled;
            if (!bypassed && await flight.Landed.CompletesWithinAsync(patience - startedBy, time, cancellationToken))
            {
                return await flight.Landed;
            }

            Close(flight, bypassed);
            return null;
        }
        finally
        {
            Leave(flight);
        }
    }

    /// <summary>Tells those who wait; <see langword="false"/> when nobody in this process does. A second time changes nothing.</summary>
    public bool Land(string instanceId, PublishedQuote quote)
    {
        if (Remove(instanceId) is not { } flight)
        {
            return false;
        }

        flight.Land(quote);
        return true;
    }

    public void Fail(QuoteFlight flight, Exception reason)
    {
        Remove(flight.InstanceId);
        flight.Fail(reason);
    }

    /// <summary><see langword="null"/> when nobody in this process waits for the instance.</summary>
    public QuoteFlight? Find(string instanceId)
    {
        lock (_gate)
        {
            return _byInstance.GetValueOrDefault(instanceId);
        }
    }

    public QuoteFlight[] All()
    {
        lock (_gate)
        {
            return [.. _byInstance.Values];
        }
    }

    /// <summary>Later requests begin a flight of their own: this one has outlasted a budget, and might never land.</summary>
    private void Close(QuoteFlight flight, bool bypassed)
    {
        lock (_gate)
        {
            CloseNeedsGate(flight);
            flight.IsBypassed |= bypassed;
        }
    }

    private void CloseNeedsGate(QuoteFlight flight)
    {
        if (_joinable.TryGetValue(flight.Key, out var current) && current == flight)
        {
            _joinable.Remove(flight.Key);
        }
    }

    private void Leave(QuoteFlight flight)
    {
        lock (_gate)
        {
            if (--flight.Waiters == 0)
            {
                CloseNeedsGate(flight);
                if (!flight.IsBypassed) // else its activities must find what was asked without them, if the instance runs after all
                {
                    _byInstance.Remove(flight.InstanceId);
                }
            }
        }
    }

    private QuoteFlight? Remove(string instanceId)
    {
        lock (_gate)
        {
            if (_byInstance.Remove(instanceId, out var flight))
            {
                CloseNeedsGate(flight);
            }

            return flight;
        }
    }
}
