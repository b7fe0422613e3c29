using Quorum.Functions.Waiting;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>
/// The orchestrations that callers of this process wait for. Identical requests share one (single flight), and <c>PublishQuote</c> finds
/// those who wait by the instance. A flight is here from before its instance is scheduled, so that no publication can pass unseen, until it
/// has landed or nobody waits for it any more; where somebody was answered without it, until a second past its deadline. The orchestration goes on
/// regardless.
/// </summary>
public sealed class QuoteFlights(TimeProvider time)
{
    /// <summary>What a busy hub may need to commit the start of an instance.</summary>
    private static readonly TimeSpan LeastTimeToStart = TimeSpan.FromMilliseconds(90);

    /// <summary>How long after its deadline an instance that starts late may still publish what a caller without it was answered: as if it were of now.</summary>
    private static readonly TimeSpan AnswersKeep = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<FlightKey, QuoteFlight> _joinable = [];
    private readonly Dictionary<string, QuoteFlight> _byInstance = new(StringComparer.Ordinal);
    private readonly Queue<QuoteFlight> _bypassed = [];

    /// <summary>Names this process in an orchestration's input: whose callers wait.</summary>
    public string ProcessId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The flight that identical requests share, counting the caller among those who wait. Who <paramref name="begins"/> it
    /// schedules the instance; each caller then awaits <see cref="WaitAsync"/> once.</summary>
    /// <param name="deadline">When every provider has answered, for the flight that begins.</param>
    public QuoteFlight Join(FlightKey key, DateTimeOffset deadline, out bool begins)
    {
        lock (_gate)
        {
            ForgetBypassedNeedsGate();
            begins = !_joinable.TryGetValue(key, out var flight);
            if (begins)
            {
                // Version 7 sorts by time: new keys go to the right edge of every index.
                flight = new QuoteFlight(key, Guid.CreateVersion7(time.GetUtcNow()).ToString("N"), deadline);
                _joinable.Add(key, flight);
                _byInstance.Add(flight.InstanceId, flight);
            }

            flight!.Waiters++;
            return flight;
        }
    }

    /// <summary>The published quote, or none when <paramref name="patience"/> ends first, or the instance is not even scheduled halfway: what is left is
    /// then better used otherwise.</summary>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    /// <exception cref="Exception">Why the instance could not be started.</exception>
    public async Task<FlightWait> WaitAsync(QuoteFlight flight, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            var startedBy = patience / 2 > LeastTimeToStart ? patience / 2 : patience < LeastTimeToStart ? patience : LeastTimeToStart;
            if (await flight.Landed.CompletesWithinAsync(startedBy, time, cancellationToken))
            {
                return new FlightWait(await flight.Landed, HubIsSlow: false);
            }

            var hubIsSlow = !flight.Scheduled;
            if (!hubIsSlow && await flight.Landed.CompletesWithinAsync(patience - startedBy, time, cancellationToken))
            {
                return new FlightWait(await flight.Landed, HubIsSlow: false);
            }

            Close(flight, hubIsSlow);
            return new FlightWait(null, hubIsSlow);
        }
        finally
        {
            Leave(flight);
        }
    }

    /// <summary>Tells those who wait; <see langword="false"/> when the instance is none of this process' flights. A second time changes nothing.</summary>
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

    /// <summary><see langword="null"/> when nobody in this process waits for the instance, nor has lately been answered without it.</summary>
    public QuoteFlight? Find(string instanceId)
    {
        lock (_gate)
        {
            return _byInstance.TryGetValue(instanceId, out var flight) && !IsOver(flight) ? flight : null;
        }
    }

    /// <summary>Those that somebody waits for.</summary>
    public QuoteFlight[] Awaited()
    {
        lock (_gate)
        {
            return [.. _byInstance.Values.Where(flight => flight.Waiters > 0)];
        }
    }

    /// <summary>Later requests begin a flight of their own: this one has outlasted a budget, and might never land.</summary>
    private void Close(QuoteFlight flight, bool bypass)
    {
        lock (_gate)
        {
            CloseNeedsGate(flight);
            if (bypass && !flight.IsBypassed)
            {
                flight.IsBypassed = true;
                _bypassed.Enqueue(flight);
            }
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
                if (!flight.IsBypassed) // else its activities must find what was asked without them, should the instance start soon
                {
                    _byInstance.Remove(flight.InstanceId);
                }
            }
        }
    }

    /// <summary>Nobody waits for it any more, since budgets end with the deadline, and what its callers were answered has grown old.</summary>
    private bool IsOver(QuoteFlight flight) => flight.IsBypassed && flight.Deadline + AnswersKeep < time.GetUtcNow();

    /// <summary>A short budget behind a long one stays here longer than it is found.</summary>
    private void ForgetBypassedNeedsGate()
    {
        while (_bypassed.TryPeek(out var flight) && IsOver(flight))
        {
            _bypassed.Dequeue();
            _byInstance.Remove(flight.InstanceId);
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

/// <summary>What a wait for a flight came to.</summary>
/// <param name="Quote"><see langword="null"/> when none came in time.</param>
/// <param name="HubIsSlow">The instance does not stand in the task hub yet: the caller is better answered without it.</param>
public readonly record struct FlightWait(PublishedQuote? Quote, bool HubIsSlow);
