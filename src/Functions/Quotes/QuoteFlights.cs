using Quorum.Shared;
using Quorum.Storage;

namespace Quorum.Functions.Quotes;

/// <summary>
/// The quotes that callers of this process wait for, made by orchestrations or, while the task hub is unavailable or slow, without it.
/// Identical requests share one (single flight), and <c>PublishQuote</c> finds waiting callers by the instance. A flight is added before
/// its instance is scheduled, so that no publication is missed, and removed when the quote of all providers is published or no caller waits
/// any more; if a caller was answered without that quote, or <see cref="QuoteFlight.WhenLanded"/> or
/// <see cref="QuoteFlight.CallsBeginAtOnce"/> is set, a second past its deadline. The orchestration continues in any case.
/// </summary>
public sealed class QuoteFlights(TimeProvider time)
{
    /// <summary>The minimum time that a busy hub gets to commit the start of an instance.</summary>
    private static readonly TimeSpan MinTimeToStart = TimeSpan.FromMilliseconds(90);

    /// <summary>
    /// The time after its deadline during which an instance that starts late may still publish the answer of a caller without it, as if it
    /// were current.
    /// </summary>
    private static readonly TimeSpan AnswersKeep = TimeSpan.FromSeconds(1);

    /// <summary>The number of orchestrations in a row whose activities must have run in this process before that is expected of the
    /// next.</summary>
    private const int RunsBefore = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<FlightKey, QuoteFlight> _joinable = [];
    private readonly Dictionary<string, QuoteFlight> _byInstance = new(StringComparer.Ordinal);
    private readonly LinkedList<QuoteFlight> _kept = [];
    private int _ranHere;

    /// <summary>True if the activities of this process's latest orchestrations all ran in it: those of the next one probably will.</summary>
    public bool ActivitiesRunHere => Volatile.Read(ref _ranHere) >= RunsBefore;

    /// <summary>Identifies this process in an orchestration's input, so that its waiting callers are notified.</summary>
    public string ProcessId { get; } = Guid.NewGuid().ToString("N");

    /// <summary>
    /// Joins the flight that identical requests share, with any <see cref="QuoteRequest.Agree"/>, and counts the caller as waiting; each
    /// caller then awaits <see cref="WaitAsync"/> once. A flight with a publication that the request accepts is not joined: that quote has
    /// an age.
    /// </summary>
    /// <param name="left">The time that the providers have, for a new flight.</param>
    /// <param name="prepare">Completes a new flight, before others can join it. Called under a lock.</param>
    /// <param name="role">The caller's duty for the flight.</param>
    public QuoteFlight Join(QuoteRequest request, TimeSpan left, Action<QuoteFlight> prepare, out FlightRole role)
    {
        lock (_gate)
        {
            ForgetKeptNeedsGate();
            role = FlightRole.Joins;
            if (!_joinable.TryGetValue(request.FlightKey, out var flight) || !CanJoin(flight, request))
            {
                // Version 7 sorts by time: new keys go to the right edge of every index.
                var now = time.GetUtcNow();
                flight = new QuoteFlight(request.FlightKey, Guid.CreateVersion7(now).ToString("N"), now + left, time);
                prepare(flight);
                _joinable[flight.Key] = flight;
                _byInstance.Add(flight.InstanceId, flight);
                role = FlightRole.Begins;
            }

            if (request.Agree is { } agree && flight.Wanted.Add(agree))
            {
                role = role is FlightRole.Begins ? role : FlightRole.RaisesAgree;
            }

            flight.Waiters++;
            return flight;
        }
    }

    /// <summary>True if a request would share a flight now instead of beginning one.</summary>
    public bool IsUnderWay(QuoteRequest request)
    {
        lock (_gate)
        {
            return _joinable.TryGetValue(request.FlightKey, out var flight) && CanJoin(flight, request);
        }
    }

    /// <summary>
    /// Waits for the published quote; returns <see langword="null"/> when <paramref name="timeout"/> ends first. If the instance is not in
    /// the task hub after half of it, the providers are called without the hub.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public async Task<PublishedQuote?> WaitAsync(
        QuoteFlight flight,
        QuoteRequest request,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var answer = flight.AnswerFor(request);
            var startedBy =
                timeout / 2 > MinTimeToStart ? timeout / 2
                : timeout < MinTimeToStart ? timeout
                : MinTimeToStart;
            if (await answer.CompletesWithinAsync(startedBy, time, cancellationToken))
            {
                return await answer;
            }

            if (!flight.Scheduled)
            {
                Bypass(flight);
            }

            if (await answer.CompletesWithinAsync(timeout - startedBy, time, cancellationToken))
            {
                return await answer;
            }

            Close(flight);
            return null;
        }
        finally
        {
            Leave(flight);
        }
    }

    /// <summary>Has the providers asked without the task hub, once for all who wait. Should the instance start after all, its activities
    /// find the calls.</summary>
    public void Bypass(QuoteFlight flight)
    {
        lock (_gate)
        {
            if (flight.IsBypassed)
            {
                return;
            }

            flight.IsBypassed = true;
            if (flight.HasInstance)
            {
                KeepNeedsGate(flight);
            }
        }

        flight.AskWithoutHub?.Invoke();
    }

    /// <summary>Answers all with a quote that was made without the task hub. The instance, should it start, still finds the
    /// calls.</summary>
    public void LandWithoutHub(QuoteFlight flight, PublishedQuote quote)
    {
        lock (_gate)
        {
            CloseNeedsGate(flight);
        }

        flight.Land(quote);
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

            Count(landed.FanIn.HaveAllBegun);
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

    /// <summary>
    /// Returns the flight; <see langword="null"/> when no caller in this process waits for the instance, nor was recently answered without
    /// it.
    /// </summary>
    public QuoteFlight? Find(string instanceId)
    {
        lock (_gate)
        {
            return _byInstance.TryGetValue(instanceId, out var flight) && !IsOver(flight) ? flight : null;
        }
    }

    /// <summary>Returns the flights with waiting callers.</summary>
    public QuoteFlight[] Awaited()
    {
        lock (_gate)
        {
            return [.. _byInstance.Values.Where(flight => flight.Waiters > 0)];
        }
    }

    /// <summary>Counts an orchestration that has ended.</summary>
    /// <param name="allHere">True if its activities all ran in this process.</param>
    private void Count(bool allHere)
    {
        if (!allHere)
        {
            Volatile.Write(ref _ranHere, 0);
        }
        else if (!ActivitiesRunHere)
        {
            Interlocked.Increment(ref _ranHere);
        }
    }

    /// <summary>
    /// Returns false if the request accepts what the flight has published already, or if the flight has had no caller since its deadline:
    /// it might never complete.
    /// </summary>
    private bool CanJoin(QuoteFlight flight, QuoteRequest request) =>
        !flight.HasAnswered(request) && (flight.Waiters > 0 || flight.Deadline >= time.GetUtcNow());

    /// <summary>Later requests begin a flight of their own: this one has outlasted a budget, and might never land. One that is answered
    /// without the task hub lands for certain.</summary>
    private void Close(QuoteFlight flight)
    {
        lock (_gate)
        {
            if (!flight.IsBypassed)
            {
                CloseNeedsGate(flight);
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
            if (!flight.Landed.IsCompleted && (flight.WhenLanded is not null || flight.CallsBeginAtOnce))
            {
                KeepNeedsGate(flight);
            }

            if (flight.Kept is null)
            {
                _byInstance.Remove(flight.InstanceId);
            }
        }
    }

    /// <summary>Returns true if no caller waits any more, and the answers of its callers have expired. Who joined late may wait beyond the
    /// deadline.</summary>
    private bool IsOver(QuoteFlight flight) => flight is { Kept: not null, Waiters: 0 } && flight.Deadline + AnswersKeep < time.GetUtcNow();

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

/// <summary>The duty of a caller who joined a flight.</summary>
public enum FlightRole
{
    /// <summary>Nothing: its orchestration knows all it needs.</summary>
    Joins,

    /// <summary>The caller must schedule the orchestration.</summary>
    Begins,

    /// <summary>The caller must raise the event with the request's <see cref="QuoteRequest.Agree"/>, which no other caller had.</summary>
    RaisesAgree,
}
