using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>
/// The permits of one provider that a process holds, the calls that wait for some, and the next request to the ledger. Not thread-safe:
/// guarded by the gate's lock, but for <see cref="Backoff"/>; times are on the gate's clock.
/// </summary>
internal sealed class QuotaBook
{
    public static readonly TimeSpan Never = TimeSpan.MaxValue;

    /// <summary>The time for which a leased permit may be taken.</summary>
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The margin of the ledger's booking beyond the longest call: for a request that was in flight when its call was given up.
    /// </summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    /// <summary>The delay before ended calls are reported to the ledger where permits are scarce and others wait for them.</summary>
    private static readonly TimeSpan SettleSoon = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100),
        LongestPause = TimeSpan.FromSeconds(2);

    private readonly ProviderId _provider;
    private readonly QuotaLimit[] _limits;
    private readonly TimeSpan _hold;
    private readonly LeasedPermits _leased;
    private readonly QuotaQueue _queue;
    private readonly QuotaDemand _interactive,
        _background;
    private bool _isScarce;
    private bool _reportsClosed; // the ledger does not know yet that the provider is closed
    private TimeSpan _retryAt,
        _pause = FirstPause;

    /// <param name="gate">The gate that holds the permits.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="limits">The limits, shortest window first; none when only the provider's own refusals count.</param>
    /// <param name="longestCall">The maximum time from taking a permit to the end of its call.</param>
    public QuotaBook(QuotaGate gate, ProviderId provider, QuotaLimit[] limits, TimeSpan longestCall)
    {
        (_provider, _limits, _hold) = (provider, limits, LeaseTime + longestCall + Margin);
        _leased = new LeasedPermits(gate);
        _interactive = new QuotaDemand(limits, CallPurpose.Interactive);
        _background = new QuotaDemand(limits, CallPurpose.Batch);
        _queue = new QuotaQueue(_leased, _interactive, _background);
        Readings = new QuotaReadings(provider, limits);
    }

    /// <summary>False when only the provider's own refusals count.</summary>
    public bool HasLimits => _limits.Length > 0;

    public QuotaReadings Readings { get; }

    /// <summary>Read without the lock.</summary>
    public ProviderBackoff Backoff { get; } = new();

    /// <summary>True if the last request to the ledger failed.</summary>
    public bool IsLedgerUnavailable { get; private set; }

    /// <summary>The time at which a settlement is due; <see cref="Never"/> for none.</summary>
    public TimeSpan SettleAt => _leased.SettleAt;

    public QuotaDemand DemandOf(CallPurpose purpose) => purpose == CallPurpose.Interactive ? _interactive : _background;

    /// <summary>Takes leased permits; <see langword="null"/> when there are too few, or earlier calls wait for them.</summary>
    public QuotaPermit? Take(QuotaDemand demand, int permits, TimeSpan now)
    {
        var permit = demand.Waiting > 0 ? null : _leased.Take(demand.IsInteractive, permits, now);
        demand.IsThere = true;
        return permit;
    }

    /// <summary>Returns true if the ledger should be asked for more permits.</summary>
    public bool WantsMore(QuotaDemand demand, TimeSpan now) => now >= demand.AskAgainAt && Wanted(demand, now) > 0;

    /// <summary>Adds a call to the queue; <see langword="null"/> when there will be no permit for it in time.</summary>
    /// <param name="left">The maximum wait.</param>
    public QuotaWaiter? Enqueue(QuotaDemand demand, int permits, TimeSpan left, TimeSpan now) =>
        permits > demand.Max || (now < demand.AskAgainAt && now + left < demand.NextAt) ? null : _queue.Add(demand, permits, now + left);

    /// <inheritdoc cref="QuotaQueue.Remove"/>
    public bool Dequeue(QuotaWaiter waiter) => _queue.Remove(waiter);

    /// <summary>Ends a call with its permits.</summary>
    public void End(QuotaPermit permit, TimeSpan now) =>
        _leased.End(permit, now, due: _queue.IsEmpty ? now + (_isScarce ? SettleSoon : LeaseTime) : now);

    /// <inheritdoc cref="LeasedPermits.GiveBack"/>
    public bool GiveBack(QuotaPermit permit, TimeSpan now, bool mayBeTaken) => _leased.GiveBack(permit, now, mayBeTaken);

    /// <summary>Serves the calls that wait, since permits may have been given back, or fewer be wanted.</summary>
    /// <returns>The calls that no longer wait.</returns>
    public ServedCalls Serve(TimeSpan now) => _queue.IsEmpty ? default : _queue.Serve(now, Exhausted);

    /// <summary>Has the provider not called for a while, in all processes.</summary>
    public void Close(TimeSpan span, bool isForTheDay, TimeSpan now)
    {
        Backoff.Extend(now + span, isForTheDay);
        _reportsClosed = true;
    }

    /// <summary>Refuses all waiting calls, since the process stops.</summary>
    /// <returns>The last request to the ledger, which gives back what is held; <see langword="null"/> for none.</returns>
    public QuotaExchange? Stop(TimeSpan now)
    {
        _queue.RefuseAll();
        _leased.Expire(Never);
        return _leased.Owes && !IsLedgerUnavailable
            ? new QuotaExchange
            {
                Provider = _provider,
                Limits = _limits,
                Settled = _leased.Settle(now),
            }
            : null;
    }

    /// <summary>Returns the request to the ledger that is due.</summary>
    /// <param name="wakeAt">The time at which the next one is due when none is now; <see cref="Never"/> for none.</param>
    /// <returns><see langword="null"/> when none is due now.</returns>
    public QuotaExchange? Next(TimeSpan now, out TimeSpan wakeAt)
    {
        _leased.Expire(now);
        var interactive = Wanted(_interactive, now);
        var background = Wanted(_background, now);
        var first = Never;
        Due(interactive > 0, _interactive.AskAgainAt);
        Due(background > 0, _background.AskAgainAt);
        Due(_leased.Owes, IsLedgerUnavailable && _retryAt > _leased.SettleAt ? _retryAt : _leased.SettleAt);
        Due(_reportsClosed || Readings.AreAwaited, IsLedgerUnavailable ? _retryAt : TimeSpan.Zero);
        if (first > now)
        {
            Due(true, _leased.FirstEnd);
            wakeAt = first;
            return null;
        }

        wakeAt = now;

        // A ledger that was unavailable gets an empty request first: permits that it granted in a lost answer would be unused for a while.
        var exchange = new QuotaExchange { Provider = _provider, Limits = _limits };
        if (IsLedgerUnavailable)
        {
            return exchange;
        }

        exchange = exchange with
        {
            Settled = _leased.Settle(now),
            Interactive = interactive,
            Background = background,
            Hold = _hold,
            CloseFor = _reportsClosed && Backoff.Remaining(now) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero,
        };
        _reportsClosed = false;
        _interactive.IsThere = _interactive.IsThere && interactive == 0;
        _background.IsThere = _background.IsThere && background == 0;
        return exchange;

        void Due(bool isSo, TimeSpan at) => first = isSo && at < first ? at : first;
    }

    /// <summary>Records the answer of the ledger.</summary>
    /// <param name="sentAt">The time at which the request was sent.</param>
    /// <returns>The calls that no longer wait.</returns>
    public ServedCalls Accept(QuotaExchange exchange, QuotaAnswer answer, TimeSpan sentAt, TimeSpan now)
    {
        (IsLedgerUnavailable, _pause) = (false, FirstPause);
        Readings.Record(answer, now);
        _interactive.RecordAnswer(now, answer.Interactive == exchange.Interactive, answer.NextInteractive);
        _background.RecordAnswer(now, answer.Background == exchange.Background, answer.NextBackground);
        _isScarce = _limits.Zip(answer.Counts).Any(static pair => pair.Second.Used * 2 > pair.First.Permits);
        if (answer.ClosedFor > TimeSpan.Zero)
        {
            Backoff.Extend(now + answer.ClosedFor, isForTheDay: answer.ClosedFor > TimeSpan.FromHours(1));
        }

        // Counted from before it was sent: on the ledger's clock the booking began later.
        if (answer.Interactive > 0)
        {
            _leased.Add(new QuotaLease(answer.Booking, isInteractive: true, sentAt + LeaseTime, answer.Interactive));
        }

        if (answer.Background > 0)
        {
            _leased.Add(new QuotaLease(answer.Booking, isInteractive: false, sentAt + LeaseTime, answer.Background));
        }

        return Serve(now);
    }

    /// <summary>Records that the ledger did not answer.</summary>
    /// <returns>The calls that no longer wait.</returns>
    public ServedCalls Fail(QuotaExchange exchange, TimeSpan now)
    {
        IsLedgerUnavailable = true;
        _reportsClosed |= exchange.CloseFor > TimeSpan.Zero;
        _retryAt = now + _pause;
        _interactive.NextAt = _interactive.AskAgainAt = _background.NextAt = _background.AskAgainAt = _retryAt;
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        return Serve(now);
    }

    /// <summary>Returns the result of a call for which there is no permit.</summary>
    public AttemptResult Exhausted(QuotaDemand demand, TimeSpan now)
    {
        if (Backoff.Remaining(now) is var closedFor && closedFor > TimeSpan.Zero)
        {
            return Backoff.Refusal(closedFor);
        }

        if (IsLedgerUnavailable)
        {
            return new AttemptResult(
                FetchStatus.QuotaExhausted,
                "The calls left cannot be counted now, and none is leased.",
                RetryAfterSeconds: QuotaVerdict.Seconds(LongestPause)
            );
        }

        return new AttemptResult(
            FetchStatus.QuotaExhausted,
            "The quota leaves no call now.",
            RetryAfterSeconds: QuotaVerdict.Seconds(demand.NextAt - now)
        );
    }

    private int Wanted(QuotaDemand demand, TimeSpan now) => demand.Wanted(_leased.Count(demand.IsInteractive, now));
}
