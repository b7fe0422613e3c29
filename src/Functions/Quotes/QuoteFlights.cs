using Quorum.Functions.Waiting;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>
/// The orchestrations that callers of this process wait for. Identical requests share one (single flight), and <c>PublishQuote</c> finds
/// those who wait by the instance. A flight is here from before its instance is scheduled, so that no publication can pass unseen, until
/// the quote of all providers is there or nobody waits for it any more; where somebody was answered without that quote, until a second past
/// its deadline. The orchestration goes on regardless.
/// </summary>
public sealed class QuoteFlights(TimeProvider time)
{
    /// <summary>What a busy hub may need to commit the start of an instance.</summary>
    private static readonly TimeSpan LeastTimeToStart = TimeSpan.FromMilliseconds(90);

    /// <summary>How long after its deadline an instance that starts late may still publish what a caller without it was answered: as if it
    /// were of now.</summary>
    private static readonly TimeSpan AnswersKeep = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<FlightKey, QuoteFlight> _joinable = [];
    private readonly Dictionary<string, QuoteFlight> _byInstance = new(StringComparer.Ordinal);
    private readonly LinkedList<QuoteFlight> _kept = [];

    /// <summary>Names this process in an orchestration's input: whose callers wait.</summary>
    public string ProcessId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The flight that identical requests share, whatever their <see cref="QuoteRequest.Agree"/>, counting the caller among those
    /// who wait; each caller then awaits <see cref="WaitAsync"/> once. A flight that was answered by a quote which the request accepts is
    /// joined no more: that quote has an age.</summary>
    /// <param name="deadline">When every provider has answered, for the flight that begins.</param>
    /// <param name="role">What the caller has to do for it.</param>
    public QuoteFlight Join(QuoteRequest request, DateTimeOffset deadline, out FlightRole role)
    {
        lock (_gate)
        {
            ForgetKeptNeedsGate();
            role = FlightRole.Joins;
            if (!_joinable.TryGetValue(request.FlightKey, out var flight) || !CanJoin(flight, request))
            {
                // Version 7 sorts by time: new keys go to the right edge of every index.
                flight = new QuoteFlight(request.FlightKey, Guid.CreateVersion7(time.GetUtcNow()).ToString("N"), deadline);
                _joinable[flight.Key] = flight;
                _byInstance.Add(flight.InstanceId, flight);
                role = FlightRole.Begins;
            }

            if (request.Agree is { } agree && (flight.Agrees & (1 << agree)) == 0)
            {
                flight.Agrees |= 1 << agree;
                role = role is FlightRole.Begins ? role : FlightRole.TellsAgree;
            }

            flight.Waiters++;
            return flight;
        }
    }

    /// <summary>The published quote, or none when <paramref name="patience"/> ends first, or the instance is not even scheduled halfway:
    /// what is left is then better used otherwise.</summary>
    /// <exception cref="OperationCanceledException">The caller is gone.</exception>
    /// <exception cref="Exception">Why the instance could not be started.</exception>
    public async Task<FlightWait> WaitAsync(
        QuoteFlight flight,
        QuoteRequest request,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var answer = flight.AnswerFor(request);
            var startedBy =
                patience / 2 > LeastTimeToStart ? patience / 2
                : patience < LeastTimeToStart ? patience
                : LeastTimeToStart;
            if (await answer.CompletesWithinAsync(startedBy, time, cancellationToken))
            {
                return new FlightWait(await answer, HubIsSlow: false);
            }

            var hubIsSlow = !flight.Scheduled;
            if (!hubIsSlow && await answer.CompletesWithinAsync(patience - startedBy, time, cancellationToken))
            {
                return new FlightWait(await answer, HubIsSlow: false);
            }

            Close(flight, hubIsSlow);
            return new FlightWait(null, hubIsSlow);
        }
        finally
        {
            Leave(flight);
        }
    }

    /// <summary>Tells those who wait for such a quote, and ends the flight with the quote of all providers; <see langword="false"/> when
    /// the instance is none of this process' flights. A second time changes nothing.</summary>
    public bool Publish(string instanceId, PublishedQuote quote)
    {
        if (quote.Agreeing is null)
        {
            if (Remove(instanceId) is not { } landed)
            {
                return false;
            }

            landed.Land(quote);
            return true;
        }

        QuoteFlight? flight;
        lock (_gate)
        {
            if (!_byInstance.TryGetValue(instanceId, out flight))
            {
                return false;
            }

            flight.HasAgreed = true;
            KeepNeedsGate(flight);
        }

        flight.Agree(quote);
        return true;
    }

    public void Fail(QuoteFlight flight, Exception reason)
    {
        Remove(flight.InstanceId);
        flight.Fail(reason);
    }

    /// <summary><see langword="null"/> when nobody in this process waits for the instance, nor has lately been answered without
    /// it.</summary>
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

    /// <summary>False if the request accepts what the flight has published already, or nobody has waited for it since its deadline: it
    /// might never land.</summary>
    private bool CanJoin(QuoteFlight flight, QuoteRequest request) =>
        !flight.HasAnswered(request) && (flight.Waiters > 0 || flight.Deadline >= time.GetUtcNow());

    /// <summary>Later requests begin a flight of their own: this one has outlasted a budget, and might never land.</summary>
    private void Close(QuoteFlight flight, bool bypass)
    {
        lock (_gate)
        {
            CloseNeedsGate(flight);
            if (bypass) // its activities must find what was asked without them, should the instance start soon
            {
                KeepNeedsGate(flight);
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

    private void KeepNeedsGate(QuoteFlight flight) => flight.Kept ??= _kept.AddLast(flight);

    private void Leave(QuoteFlight flight)
    {
        lock (_gate)
        {
            if (--flight.Waiters > 0 || flight.HasAgreed) // an agreed quote leaves its flight to those who wait for all
            {
                return;
            }

            CloseNeedsGate(flight);
            if (flight.Kept is null)
            {
                _byInstance.Remove(flight.InstanceId);
            }
        }
    }

    /// <summary>Nobody waits for it any more, since budgets end with the deadline, and what its callers were answered has grown
    /// old.</summary>
    private bool IsOver(QuoteFlight flight) => flight.Kept is not null && flight.Deadline + AnswersKeep < time.GetUtcNow();

    /// <summary>A short budget behind a long one stays here longer than it is found.</summary>
    private void ForgetKeptNeedsGate()
    {
        while (_kept.First is { Value: var flight } && IsOver(flight))
        {
            RemoveNeedsGate(flight);
        }
    }

    private QuoteFlight? Remove(string instanceId)
    {
        lock (_gate)
        {
            if (_byInstance.TryGetValue(instanceId, out var flight))
            {
                RemoveNeedsGate(flight);
            }

            return flight;
        }
    }

    private void RemoveNeedsGate(QuoteFlight flight)
    {
        _byInstance.Remove(flight.InstanceId);
        CloseNeedsGate(flight);
        if (flight.Kept is { } kept)
        {
            _kept.Remove(kept);
            flight.Kept = null;
        }
    }
}

/// <summary>What a caller who joined a flight has to do for it.</summary>
public enum FlightRole
{
    /// <summary>Nothing: its orchestration knows all it needs.</summary>
    Joins,

    /// <summary>Schedule its orchestration.</summary>
    Begins,

    /// <summary>Tell its orchestration of the request's <see cref="QuoteRequest.Agree"/>, which no other caller had.</summary>
    TellsAgree,
}

/// <summary>What a wait for a flight came to.</summary>
/// <param name="Quote"><see langword="null"/> when none came in time.</param>
/// <param name="HubIsSlow">The instance does not stand in the task hub yet: the caller is better answered without it.</param>
public readonly record struct FlightWait(PublishedQuote? Quote, bool HubIsSlow);
