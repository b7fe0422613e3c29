using Microsoft.Extensions.Logging;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>
/// Lets through the calls of this process that one provider's quota allows. Permits come from the ledger in leases, ahead of the calls that
/// will take them; a call that finds one pays no round trip. Of a window of <c>n</c> permits a process holds a twentieth in advance; where
/// that is less than one, each call asks for its own.
/// </summary>
/// <remarks>
/// <para>A permit counts from being taken until its call has ended, since the request reaches the provider somewhere in between. So the
/// window as the provider sees it holds, whatever the network does.</para>
/// <para>At most one exchange with the ledger is under way. While the ledger does not answer, calls go on with what is leased, and then are
/// refused.</para>
/// </remarks>
internal sealed partial class QuotaGate : IAsyncDisposable
{
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

    /// <summary>The maximum age of a reading.</summary>
    private static readonly TimeSpan ReadingAge = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Never = TimeSpan.MaxValue;

    private readonly ProviderId _provider;
    private readonly QuotaLimit[] _limits;
    private readonly TimeSpan _hold;
    private readonly IQuotaLedger _ledger;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _start;
    private readonly ITimer? _timer;
    private readonly Lock _gate = new();

    // Guarded by _gate. Times are on the gate's clock: since it was made.
    private readonly LeasedPermits _leased;
    private readonly List<QuotaWaiter> _waiting = [];
    private readonly List<TaskCompletionSource> _readers = [];
    private readonly QuotaDemand _interactive,
        _background;
    private bool _isExchanging,
        _isDisposed,
        _isAway,
        _isScarce;
    private TimeSpan _retryAt,
        _wakeAt = Never,
        _pause = FirstPause,
        _readAt = TimeSpan.MinValue;
    private TimeSpan _closeFor;
    private QuotaAnswer? _last;

    // Read without the lock.
    private long _closedUntil;
    private volatile bool _isClosedForTheDay;

    /// <param name="provider">The provider.</param>
    /// <param name="limits">The limits, shortest window first; none when only the provider's own refusals count.</param>
    /// <param name="longestCall">The maximum time from taking a permit to the end of its call.</param>
    /// <param name="ledger">Counts for all processes.</param>
    /// <param name="time">The clock for everything but the windows, which the ledger times.</param>
    /// <param name="logger">Logs when the ledger becomes unavailable and available.</param>
    public QuotaGate(
        ProviderId provider,
        IReadOnlyList<QuotaLimit> limits,
        TimeSpan longestCall,
        IQuotaLedger ledger,
        TimeProvider time,
        ILogger logger
    )
    {
        (_provider, _limits, _hold) = (provider, [.. limits], LeaseTime + longestCall + Margin);
        (_ledger, _time, _logger, _start) = (ledger, time, logger, time.GetTimestamp());
        _leased = new LeasedPermits(this);
        _interactive = new QuotaDemand(_limits, CallPurpose.Interactive);
        _background = new QuotaDemand(_limits, CallPurpose.Batch);
        if (_limits.Length > 0)
        {
            _timer = time.CreateTimer(static gate => ((QuotaGate)gate!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Takes permits for one call, at once or as soon as there are some.</summary>
    /// <param name="purpose">For whom.</param>
    /// <param name="permits">As many as the provider counts for the call.</param>
    /// <param name="latest">When the call must begin, or it is refused; refused at once when there will be no permit by then.</param>
    /// <param name="cancellationToken">Ends the wait with a refusal.</param>
    public ValueTask<QuotaVerdict> TakeAsync(CallPurpose purpose, int permits, DateTimeOffset latest, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _closedUntil) > 0 && Now.Ticks < Volatile.Read(ref _closedUntil))
        {
            return TakeWhenOpenAsync(purpose, permits, latest, cancellationToken);
        }

        return _limits.Length == 0
            ? new ValueTask<QuotaVerdict>(QuotaVerdict.Free)
            : TakeOpenAsync(purpose, permits, latest, cancellationToken);
    }

    /// <summary>Leaves the provider alone for a while, in all processes: it said that a limit is used up.</summary>
    public void Close(TimeSpan span, bool isForTheDay)
    {
        var until = (Now + span).Ticks;
        lock (_gate)
        {
            if (until > _closedUntil)
            {
                (_closedUntil, _isClosedForTheDay) = (until, isForTheDay);
            }

            _closeFor = span > _closeFor ? span : _closeFor;
        }

        Wake();
    }

    /// <summary>Returns the remaining quota, read again when the last reading is older than a second.</summary>
    public async ValueTask<ProviderQuota> ReadAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource? read = null;
        lock (_gate)
        {
            if (_limits.Length > 0 && !_isDisposed && (_last is null || Now - _readAt > ReadingAge))
            {
                _readers.Add(read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }
        }

        if (read is not null)
        {
            Wake();
            await read.Task.WaitAsync(ReadingAge, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return Known();
    }

    /// <summary>Returns the last reading.</summary>
    public ProviderQuota Known()
    {
        lock (_gate)
        {
            var sinceRead = _last is null ? TimeSpan.Zero : Now - _readAt;
            var now = _time.GetUtcNow();
            var closedFor = TimeSpan.FromTicks(_closedUntil) - Now;
            return new ProviderQuota
            {
                Provider = _provider,
                Windows = [.. _limits.Select((limit, i) => WindowOf(limit, _last?.Counts[i]))],
                ClosedUntil = closedFor > TimeSpan.Zero ? now + closedFor : null,
            };

            // Before the ledger has answered once, nothing is granted.
            ProviderQuotaWindow WindowOf(QuotaLimit limit, QuotaCount? count) =>
                new(
                    limit.Length,
                    limit.Permits,
                    (int)Math.Min(limit.Permits, count?.Used ?? limit.Permits),
                    limit.InteractiveReserve,
                    count is { Used: > 0, RefillsIn: var refillsIn }
                        ? now + (refillsIn > sinceRead ? refillsIn - sinceRead : TimeSpan.Zero)
                        : null
                );
        }
    }

    public void End(QuotaPermit permit)
    {
        bool isUrgent;
        lock (_gate)
        {
            var now = Now;
            _leased.End(permit, now, due: _waiting.Count > 0 ? now : now + (_isScarce ? SettleSoon : LeaseTime));
            isUrgent = MustSettleSooner_NeedsLock();
        }

        if (isUrgent)
        {
            Wake();
        }
    }

    public void GiveBack(QuotaPermit permit)
    {
        bool isUrgent;
        lock (_gate)
        {
            isUrgent = _leased.GiveBack(permit, Now, mayBeTaken: !_isDisposed) && MustSettleSooner_NeedsLock();
        }

        if (isUrgent)
        {
            Wake();
        }
    }

    /// <summary>Gives back what is held, if the ledger answers.</summary>
    public async ValueTask DisposeAsync()
    {
        QuotaExchange? last = null;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            foreach (var waiter in _waiting)
            {
                waiter.TrySetResult(QuotaVerdict.Refused(AttemptResult.TimedOut));
            }

            _waiting.Clear();
            _leased.Expire(Never);
            if (_leased.Owes && !_isAway)
            {
                last = new QuotaExchange
                {
                    Provider = _provider,
                    Limits = _limits,
                    Settled = _leased.Settle(Now),
                };
            }
        }

        if (_timer is not null)
        {
            await _timer.DisposeAsync();
        }

        if (last is null)
        {
            return;
        }

        try
        {
            await _ledger.ExchangeAsync(last, CancellationToken.None).WaitAsync(ReadingAge, _time);
        }
#pragma warning disable CA1031 // The process stops; what it held runs out by itself.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogAway(_provider, exception.GetType().Name);
        }
    }

    private ValueTask<QuotaVerdict> TakeOpenAsync(
        CallPurpose purpose,
        int permits,
        DateTimeOffset latest,
        CancellationToken cancellationToken
    )
    {
        var demand = DemandOf(purpose);
        QuotaPermit? permit;
        bool wantsMore;
        lock (_gate)
        {
            var now = Now;
            permit = demand.Waiting > 0 ? null : _leased.Take(demand.IsInteractive, permits, now);
            demand.IsThere = true;
            wantsMore = !_isExchanging && now >= demand.AskAgainAt && Wanted_NeedsLock(demand, now) > 0;
        }

        if (permit is null)
        {
            return WaitAsync(demand, permits, latest, cancellationToken);
        }

        if (wantsMore)
        {
            Wake();
        }

        return new ValueTask<QuotaVerdict>(QuotaVerdict.Granted(permit));
    }

    private async ValueTask<QuotaVerdict> TakeWhenOpenAsync(
        CallPurpose purpose,
        int permits,
        DateTimeOffset latest,
        CancellationToken cancellationToken
    )
    {
        var closedFor = TimeSpan.FromTicks(Volatile.Read(ref _closedUntil)) - Now;
        if (_time.GetUtcNow() + closedFor > latest)
        {
            return QuotaVerdict.Refused(Closed(closedFor));
        }

        await Task.Delay(closedFor, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return cancellationToken.IsCancellationRequested
            ? QuotaVerdict.Refused(AttemptResult.TimedOut)
            : await TakeAsync(purpose, permits, latest, cancellationToken);
    }

    private async ValueTask<QuotaVerdict> WaitAsync(
        QuotaDemand demand,
        int permits,
        DateTimeOffset latest,
        CancellationToken cancellationToken
    )
    {
        var left = latest - _time.GetUtcNow();
        left =
            left > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1)
            : left < TimeSpan.Zero ? TimeSpan.Zero
            : left;
        QuotaWaiter waiter;
        lock (_gate)
        {
            var now = Now;
            if (_isDisposed || permits > demand.Max || (now < demand.AskAgainAt && now + left < demand.NextAt))
            {
                return QuotaVerdict.Refused(Exhausted_NeedsLock(demand, now));
            }

            waiter = new QuotaWaiter(demand, permits, now + left);
            _waiting.Add(waiter);
            demand.Waiting += permits;
        }

        Wake();
        if (!waiter.Task.IsCompleted)
        {
            await ((Task)waiter.Task.WaitAsync(left, _time, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        lock (_gate)
        {
            if (_waiting.Remove(waiter)) // Else it has been served just now.
            {
                demand.Waiting -= permits;
                return QuotaVerdict.Refused(
                    cancellationToken.IsCancellationRequested ? AttemptResult.TimedOut : Exhausted_NeedsLock(demand, Now)
                );
            }
        }

        return await waiter.Task;
    }

    private QuotaDemand DemandOf(CallPurpose purpose) => purpose == CallPurpose.Interactive ? _interactive : _background;

    private int Wanted_NeedsLock(QuotaDemand demand, TimeSpan now) => demand.Wanted(_leased.Count(demand.IsInteractive, now));

    /// <summary>Returns true if a settlement is due before the gate's next turn.</summary>
    private bool MustSettleSooner_NeedsLock() => _leased.SettleAt < _wakeAt && !_isExchanging && !_isDisposed;

    /// <summary>Does what is due, or sees to it that the timer fires when something is.</summary>
    private void Wake()
    {
        if (_limits.Length == 0)
        {
            return;
        }

        QuotaExchange? exchange;
        TimeSpan sentAt;
        lock (_gate)
        {
            if (_isExchanging || _isDisposed)
            {
                return;
            }

            sentAt = Now;
            exchange = Next_NeedsLock(sentAt);
            if (exchange is null)
            {
                return;
            }

            _isExchanging = true;
        }

        // The gate serves all calls: the trace of the one that woke it has no part in that.
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = RunAsync(exchange, sentAt);
        }
        else
        {
            using (ExecutionContext.SuppressFlow())
            {
                _ = RunAsync(exchange, sentAt);
            }
        }
    }

    private async Task RunAsync(QuotaExchange? exchange, TimeSpan sentAt)
    {
        while (exchange is not null)
        {
            QuotaAnswer? answer = null;
            try
            {
                answer = await _ledger.ExchangeAsync(exchange, CancellationToken.None);
            }
#pragma warning disable CA1031 // The edge of a loop that is not awaited: without the ledger, calls continue with the leased permits.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (!_isAway)
                {
                    LogAway(_provider, exception.GetType().Name);
                }
            }

            if (answer is not null && _isAway)
            {
                LogBack(_provider);
            }

            List<(QuotaWaiter Waiter, QuotaVerdict Verdict)> served;
            TaskCompletionSource[] readers;
            lock (_gate)
            {
                served = answer is null ? Fail_NeedsLock() : Accept_NeedsLock(exchange, answer, sentAt);
                readers = [.. _readers];
                _readers.Clear();
            }

            foreach (var (waiter, verdict) in served)
            {
                waiter.TrySetResult(verdict);
            }

            foreach (var reader in readers)
            {
                reader.TrySetResult();
            }

            lock (_gate)
            {
                sentAt = Now;
                exchange = _isDisposed ? null : Next_NeedsLock(sentAt);
                _isExchanging = exchange is not null;
            }
        }
    }

    /// <returns><see langword="null"/> when nothing is due now; the timer is then set.</returns>
    private QuotaExchange? Next_NeedsLock(TimeSpan now)
    {
        _leased.Expire(now);
        var interactive = Wanted_NeedsLock(_interactive, now);
        var background = Wanted_NeedsLock(_background, now);
        var wakeAt = Never;
        Due(interactive > 0, _interactive.AskAgainAt);
        Due(background > 0, _background.AskAgainAt);
        Due(_leased.Owes, _isAway && _retryAt > _leased.SettleAt ? _retryAt : _leased.SettleAt);
        Due(_closeFor > TimeSpan.Zero || _readers.Count > 0, _isAway ? _retryAt : TimeSpan.Zero);
        if (wakeAt > now)
        {
            Due(true, _leased.FirstEnd);
            Arm_NeedsLock(wakeAt, now);
            return null;
        }

        // A ledger that was away is asked nothing at first: what it may have granted without our hearing of it would be lost for a while.
        var exchange = new QuotaExchange { Provider = _provider, Limits = _limits };
        if (_isAway)
        {
            return exchange;
        }

        exchange = exchange with
        {
            Settled = _leased.Settle(now),
            Interactive = interactive,
            Background = background,
            Hold = _hold,
            CloseFor = _closeFor,
        };
        _closeFor = TimeSpan.Zero;
        _interactive.IsThere = _interactive.IsThere && interactive == 0;
        _background.IsThere = _background.IsThere && background == 0;
        return exchange;

        void Due(bool isSo, TimeSpan at) => wakeAt = isSo && at < wakeAt ? at : wakeAt;
    }

    private void Arm_NeedsLock(TimeSpan wakeAt, TimeSpan now)
    {
        if (wakeAt == _wakeAt || _timer is null)
        {
            return;
        }

        _wakeAt = wakeAt;
        _timer.Change(wakeAt == Never ? Timeout.InfiniteTimeSpan : wakeAt - now, Timeout.InfiniteTimeSpan);
    }

    private List<(QuotaWaiter Waiter, QuotaVerdict Verdict)> Accept_NeedsLock(QuotaExchange exchange, QuotaAnswer answer, TimeSpan sentAt)
    {
        var now = Now;
        (_last, _readAt, _isAway, _pause) = (answer, now, false, FirstPause);
        _interactive.RecordAnswer(now, answer.Interactive == exchange.Interactive, answer.NextInteractive);
        _background.RecordAnswer(now, answer.Background == exchange.Background, answer.NextBackground);
        _isScarce = _limits.Zip(answer.Counts).Any(static pair => pair.Second.Used * 2 > pair.First.Permits);
        if (answer.ClosedFor > TimeSpan.Zero && (now + answer.ClosedFor).Ticks > _closedUntil)
        {
            (_closedUntil, _isClosedForTheDay) = ((now + answer.ClosedFor).Ticks, answer.ClosedFor > TimeSpan.FromHours(1));
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

        return Serve_NeedsLock(now);
    }

    private List<(QuotaWaiter Waiter, QuotaVerdict Verdict)> Fail_NeedsLock()
    {
        var now = Now;
        _isAway = true;
        _retryAt = now + _pause;
        _interactive.NextAt = _interactive.AskAgainAt = _background.NextAt = _background.AskAgainAt = _retryAt;
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        return Serve_NeedsLock(now);
    }

    /// <summary>Gives those who wait what there is, in their order, and tells those for whom it will come too late.</summary>
    private List<(QuotaWaiter Waiter, QuotaVerdict Verdict)> Serve_NeedsLock(TimeSpan now)
    {
        List<(QuotaWaiter, QuotaVerdict)> served = [];
        _interactive.IsQueued = _background.IsQueued = false;
        for (var i = 0; i < _waiting.Count; )
        {
            var waiter = _waiting[i];
            QuotaVerdict verdict;
            if (!waiter.Demand.IsQueued && _leased.Take(waiter.Demand.IsInteractive, waiter.Permits, now) is { } permit)
            {
                verdict = QuotaVerdict.Granted(permit);
            }
            else if (waiter.Until < waiter.Demand.NextAt)
            {
                verdict = QuotaVerdict.Refused(Exhausted_NeedsLock(waiter.Demand, now));
            }
            else
            {
                waiter.Demand.IsQueued = true; // Later callers wait for this one, which may want more permits.
                i++;
                continue;
            }

            _waiting.RemoveAt(i);
            waiter.Demand.Waiting -= waiter.Permits;
            served.Add((waiter, verdict));
        }

        return served;
    }

    private AttemptResult Exhausted_NeedsLock(QuotaDemand demand, TimeSpan now)
    {
        var closedFor = TimeSpan.FromTicks(_closedUntil) - now;
        if (closedFor > TimeSpan.Zero)
        {
            return Closed(closedFor);
        }

        if (_isAway)
        {
            return new AttemptResult(
                FetchStatus.QuotaExhausted,
                "The calls left cannot be counted now, and none is leased.",
                RetryAfterSeconds: Seconds(LongestPause)
            );
        }

        return new AttemptResult(
            FetchStatus.QuotaExhausted,
            "The quota leaves no call now.",
            RetryAfterSeconds: Seconds(demand.NextAt - now)
        );
    }

    private AttemptResult Closed(TimeSpan closedFor) =>
        _isClosedForTheDay
            ? new AttemptResult(
                FetchStatus.QuotaExhausted,
                "The provider said that the day's calls are used up.",
                RetryAfterSeconds: Seconds(closedFor)
            )
            : new AttemptResult(
                FetchStatus.RateLimited,
                "The provider said that there were too many calls.",
                RetryAfterSeconds: Seconds(closedFor)
            );

    private static double Seconds(TimeSpan span) => Math.Max(0.1, Math.Ceiling(span.TotalSeconds * 10) / 10);

    [LoggerMessage(
        EventId = 1101,
        Level = LogLevel.Warning,
        Message = "The quota of {Provider} cannot be counted ({ExceptionType}); calls go on with what is leased, then stop until the ledger answers"
    )]
    private partial void LogAway(ProviderId provider, string exceptionType);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Information, Message = "The quota of {Provider} is counted again")]
    private partial void LogBack(ProviderId provider);
}
