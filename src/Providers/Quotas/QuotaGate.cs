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
    private readonly QuotaQueue _queue;
    private readonly QuotaReadings _readings;
    private readonly QuotaDemand _interactive,
        _background;
    private bool _isExchanging,
        _isDisposed,
        _isAway,
        _isScarce;
    private TimeSpan _retryAt,
        _wakeAt = Never,
        _pause = FirstPause;
    private TimeSpan _closeFor;

    // Read without the lock.
    private readonly ProviderBackoff _backoff = new();

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
        _queue = new QuotaQueue(_leased, _interactive, _background);
        _readings = new QuotaReadings(provider, _limits);
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
        if (_backoff.MayBeActive && _backoff.Remaining(Now) > TimeSpan.Zero)
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
        var until = Now + span;
        lock (_gate)
        {
            _backoff.Extend(until, isForTheDay);
            _closeFor = span > _closeFor ? span : _closeFor;
        }

        Wake();
    }

    /// <summary>Returns the remaining quota, read again when the last reading is older than a second.</summary>
    public async ValueTask<ProviderQuota> ReadAsync(CancellationToken cancellationToken)
    {
        Task? read = null;
        lock (_gate)
        {
            if (_limits.Length > 0 && !_isDisposed && _readings.AreOld(Now))
            {
                read = _readings.NextAsync();
            }
        }

        if (read is not null)
        {
            Wake();
            await read.WaitAsync(QuotaReadings.MaxAge, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return Known();
    }

    /// <summary>Returns the last reading.</summary>
    public ProviderQuota Known()
    {
        lock (_gate)
        {
            return _readings.Report(Now, _time.GetUtcNow(), _backoff.Remaining(Now));
        }
    }

    public void End(QuotaPermit permit)
    {
        bool isUrgent;
        lock (_gate)
        {
            var now = Now;
            _leased.End(permit, now, due: _queue.IsEmpty ? now + (_isScarce ? SettleSoon : LeaseTime) : now);
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
            _queue.RefuseAll();
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
            await _ledger.ExchangeAsync(last, CancellationToken.None).WaitAsync(QuotaReadings.MaxAge, _time);
        }
#pragma warning disable CA1031 // The process stops; what it held runs out by itself.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogUnavailable(_provider, exception.GetType().Name);
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
        var closedFor = _backoff.Remaining(Now);
        if (_time.GetUtcNow() + closedFor > latest)
        {
            return QuotaVerdict.Refused(_backoff.Refusal(closedFor));
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

            waiter = _queue.Add(demand, permits, now + left);
        }

        Wake();
        if (!waiter.Task.IsCompleted)
        {
            await ((Task)waiter.Task.WaitAsync(left, _time, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        lock (_gate)
        {
            if (_queue.Remove(waiter))
            {
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
                    LogUnavailable(_provider, exception.GetType().Name);
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
                readers = _readings.TakeReaders();
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
        Due(_closeFor > TimeSpan.Zero || _readings.AreAwaited, _isAway ? _retryAt : TimeSpan.Zero);
        if (wakeAt > now)
        {
            Due(true, _leased.FirstEnd);
            Arm_NeedsLock(wakeAt, now);
            return null;
        }

        // A ledger that was unavailable gets an empty request first: permits that it granted in a lost answer would be unused for a while.
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
        (_isAway, _pause) = (false, FirstPause);
        _readings.Record(answer, now);
        _interactive.RecordAnswer(now, answer.Interactive == exchange.Interactive, answer.NextInteractive);
        _background.RecordAnswer(now, answer.Background == exchange.Background, answer.NextBackground);
        _isScarce = _limits.Zip(answer.Counts).Any(static pair => pair.Second.Used * 2 > pair.First.Permits);
        if (answer.ClosedFor > TimeSpan.Zero)
        {
            _backoff.Extend(now + answer.ClosedFor, isForTheDay: answer.ClosedFor > TimeSpan.FromHours(1));
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

        return _queue.Serve(now, Exhausted_NeedsLock);
    }

    private List<(QuotaWaiter Waiter, QuotaVerdict Verdict)> Fail_NeedsLock()
    {
        var now = Now;
        _isAway = true;
        _retryAt = now + _pause;
        _interactive.NextAt = _interactive.AskAgainAt = _background.NextAt = _background.AskAgainAt = _retryAt;
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        return _queue.Serve(now, Exhausted_NeedsLock);
    }

    private AttemptResult Exhausted_NeedsLock(QuotaDemand demand, TimeSpan now)
    {
        if (_backoff.Remaining(now) is var closedFor && closedFor > TimeSpan.Zero)
        {
            return _backoff.Refusal(closedFor);
        }

        if (_isAway)
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

    [LoggerMessage(
        EventId = 1101,
        Level = LogLevel.Warning,
        Message = "The quota of {Provider} cannot be counted ({ExceptionType}); calls go on with what is leased, then stop until the ledger answers"
    )]
    private partial void LogUnavailable(ProviderId provider, string exceptionType);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Information, Message = "The quota of {Provider} is counted again")]
    private partial void LogBack(ProviderId provider);
}
