using Microsoft.Extensions.Logging;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>
/// Lets through the calls of this process that one provider's quota allows. Permits come from the ledger in leases, ahead of the calls that will
/// take them; a call that finds one pays no round trip. Of a window of <c>n</c> permits a process holds a twentieth in advance; where that is less
/// than one, each call asks for its own.
/// </summary>
/// <remarks>
/// <para>A permit counts from being taken until its call has ended, since the request reaches the provider somewhere in between. So the window as
/// the provider sees it holds, whatever the network does.</para>
/// <para>At most one exchange with the ledger is under way. While the ledger does not answer, calls go on with what is leased, and then are refused.</para>
/// </remarks>
internal sealed partial class QuotaGate : IAsyncDisposable
{
    /// <summary>The part of a window that is held in advance, as a divisor.</summary>
    private const int StockShare = 20;

    /// <summary>How long a leased permit may be taken.</summary>
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(10);

    /// <summary>The end of a lease in which it no longer counts as stock: the next one is fetched meanwhile.</summary>
    private static readonly TimeSpan LeaseEnd = TimeSpan.FromSeconds(2.5);

    /// <summary>What the ledger's booking outlasts the longest call by: for a request that was on its way when its call was given up.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    /// <summary>How soon ended calls are told to the ledger where permits are scarce: the others wait for them.</summary>
    private static readonly TimeSpan SettleSoon = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a ledger that had too few permits is left alone: another process may give some back.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100), LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>How old a reading may be.</summary>
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
    private readonly List<QuotaLease> _stock = [];
    private readonly List<QuotaLease> _owing = [];
    private readonly List<Waiter> _waiting = [];
    private readonly List<TaskCompletionSource> _readers = [];
    private readonly Demand _interactive, _background;
    private bool _isExchanging, _isDisposed, _isAway, _isScarce;
    private TimeSpan _retryAt, _settleAt = Never, _wakeAt = Never, _pause = FirstPause, _readAt = TimeSpan.MinValue;
    private TimeSpan _closeFor;
    private QuotaAnswer? _last;

    // Read without the lock.
    private long _closedUntil;
    private volatile bool _isClosedForTheDay;

    /// <param name="provider">Whose.</param>
    /// <param name="limits">Shortest window first; none when only the provider's own word counts.</param>
    /// <param name="longestCall">How long a call may take from the taking of its permit to its end.</param>
    /// <param name="ledger">Counts for all processes.</param>
    /// <param name="time">For everything but the windows, which the ledger times.</param>
    /// <param name="logger">Told when the ledger goes away and comes back.</param>
    public QuotaGate(ProviderId provider, IReadOnlyList<QuotaLimit> limits, TimeSpan longestCall, IQuotaLedger ledger, TimeProvider time, ILogger logger)
    {
        (_provider, _limits, _hold) = (provider, [.. limits], LeaseTime + longestCall + Margin);
        (_ledger, _time, _logger, _start) = (ledger, time, logger, time.GetTimestamp());
        _interactive = new Demand(_limits, CallPurpose.Interactive);
        _background = new Demand(_limits, CallPurpose.Batch);
        if (_limits.Length > 0)
            _timer = time.CreateTimer(static gate => ((QuotaGate)gate!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
            return TakeWhenOpenAsync(purpose, permits, latest, cancellationToken);

        return _limits.Length == 0 ? new ValueTask<QuotaVerdict>(QuotaVerdict.Free) : TakeOpenAsync(purpose, permits, latest, cancellationToken);
    }

    /// <summary>Leaves the provider alone for a while, in all processes: it said that a limit is used up.</summary>
    public void Close(TimeSpan span, bool isForTheDay)
    {
        var until = (Now + span).Ticks;
        lock (_gate)
        {
            if (until > _closedUntil)
                (_closedUntil, _isClosedForTheDay) = (until, isForTheDay);
            _closeFor = span > _closeFor ? span : _closeFor;
        }

        Wake();
    }

    /// <summary>What is left, read anew when what is known is older than a second.</summary>
    public async ValueTask<ProviderQuota> ReadAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource? read = null;
        lock (_gate)
        {
            if (_limits.Length > 0 && !_isDisposed && (_last is null || Now - _readAt > ReadingAge))
                _readers.Add(read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        if (read is not null)
        {
            Wake();
            await read.Task.WaitAsync(ReadingAge, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return Known();
    }

    /// <summary>What was known last.</summary>
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
            ProviderQuotaWindow WindowOf(QuotaLimit limit, QuotaCount? count) => new(
                limit.Length,
                limit.Permits,
                (int)Math.Min(limit.Permits, count?.Used ?? limit.Permits),
                limit.InteractiveReserve,
                count is { Used: > 0, RefillsIn: var refillsIn } ? now + (refillsIn > sinceRead ? refillsIn - sinceRead : TimeSpan.Zero) : null);
        }
    }

    public void End(QuotaPermit permit)
    {
        var isUrgent = false;
        lock (_gate)
        {
            var now = Now;
            var due = _waiting.Count > 0 ? now : now + (_isScarce ? SettleSoon : LeaseTime);
            for (var ended = permit; ended is not null; ended = ended.Rest)
            {
                ended.Lease.Used += ended.Permits;
                ended.Lease.LastEnd = now;
                isUrgent |= Owe_NeedsLock(ended.Lease, due);
            }
        }

        if (isUrgent)
            Wake();
    }

    public void GiveBack(QuotaPermit permit)
    {
        var isUrgent = false;
        lock (_gate)
        {
            var now = Now;
            for (var given = permit; given is not null; given = given.Rest)
            {
                var lease = given.Lease;
                if (now >= lease.TakeBefore || _isDisposed)
                {
                    lease.Unused += given.Permits;
                    isUrgent |= Owe_NeedsLock(lease, now);
                    continue;
                }

                if (lease.Left == 0)
                    _stock.Add(lease);
                lease.Left += given.Permits;
            }
        }

        if (isUrgent)
            Wake();
    }

    /// <summary>Gives back what is held, if the ledger answers.</summary>
    public async ValueTask DisposeAsync()
    {
        QuotaExchange? last = null;
        lock (_gate)
        {
            if (_isDisposed)
                return;

            _isDisposed = true;
            foreach (var waiter in _waiting)
                waiter.TrySetResult(QuotaVerdict.Refused(AttemptResult.TimedOut));
            _waiting.Clear();
            Expire_NeedsLock(Never);
            if (_owing.Count > 0 && !_isAway)
                last = new QuotaExchange { Provider = _provider, Limits = _limits, Settled = Settle_NeedsLock(Now) };
        }

        if (_timer is not null)
            await _timer.DisposeAsync().ConfigureAwait(false);
        if (last is null)
            return;

        try
        {
            await _ledger.ExchangeAsync(last, CancellationToken.None).WaitAsync(ReadingAge, _time).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The process stops; what it held runs out by itself.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogAway(_provider, exception.GetType().Name);
        }
    }

    private ValueTask<QuotaVerdict> TakeOpenAsync(CallPurpose purpose, int permits, DateTimeOffset latest, CancellationToken cancellationToken)
    {
        var demand = DemandOf(purpose);
        QuotaPermit? permit;
        bool wantsMore;
        lock (_gate)
        {
            var now = Now;
            permit = demand.Waiting > 0 ? null : Take_NeedsLock(purpose, permits, now);
            demand.IsThere = true;
            wantsMore = !_isExchanging && now >= demand.AskAgainAt && Wanted_NeedsLock(demand, now) > 0;
        }

        if (permit is null)
            return WaitAsync(demand, purpose, permits, latest, cancellationToken);

        if (wantsMore)
            Wake();
        return new ValueTask<QuotaVerdict>(QuotaVerdict.Granted(permit));
    }

    private async ValueTask<QuotaVerdict> TakeWhenOpenAsync(CallPurpose purpose, int permits, DateTimeOffset latest, CancellationToken cancellationToken)
    {
        var closedFor = TimeSpan.FromTicks(Volatile.Read(ref _closedUntil)) - Now;
        if (_time.GetUtcNow() + closedFor > latest)
            return QuotaVerdict.Refused(Closed(closedFor));

        await Task.Delay(closedFor, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return cancellationToken.IsCancellationRequested
            ? QuotaVerdict.Refused(AttemptResult.TimedOut)
            : await TakeAsync(purpose, permits, latest, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<QuotaVerdict> WaitAsync(
        Demand demand, CallPurpose purpose, int permits, DateTimeOffset latest, CancellationToken cancellationToken)
    {
        var left = latest - _time.GetUtcNow();
        left = left > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : left < TimeSpan.Zero ? TimeSpan.Zero : left;
        Waiter waiter;
        lock (_gate)
        {
            var now = Now;
            if (_isDisposed || permits > demand.Most || (now < demand.AskAgainAt && now + left < demand.NextAt))
                return QuotaVerdict.Refused(Exhausted_NeedsLock(demand, now));

            waiter = new Waiter(demand, purpose, permits, now + left);
            _waiting.Add(waiter);
            demand.Waiting += permits;
        }

        Wake();
        if (!waiter.Task.IsCompleted)
            await ((Task)waiter.Task.WaitAsync(left, _time, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        lock (_gate)
        {
            if (_waiting.Remove(waiter)) // Else it has been served just now.
            {
                demand.Waiting -= permits;
                return QuotaVerdict.Refused(cancellationToken.IsCancellationRequested ? AttemptResult.TimedOut : Exhausted_NeedsLock(demand, Now));
            }
        }

        return await waiter.Task.ConfigureAwait(false);
    }

    private Demand DemandOf(CallPurpose purpose) => purpose == CallPurpose.Interactive ? _interactive : _background;

    /// <summary>Interactive calls take from leases of their own first, then from the others: those were granted by the stricter rule.</summary>
    private QuotaPermit? Take_NeedsLock(CallPurpose purpose, int permits, TimeSpan now)
    {
        var isInteractive = purpose == CallPurpose.Interactive;
        var there = 0L;
        foreach (var lease in _stock)
            there += now < lease.TakeBefore && (isInteractive || !lease.IsInteractive) ? lease.Left : 0;
        if (there < permits)
            return null;

        QuotaPermit? taken = null;
        if (isInteractive)
            taken = TakeFrom_NeedsLock(isInteractive: true, ref permits, now, taken);
        return permits > 0 ? TakeFrom_NeedsLock(isInteractive: false, ref permits, now, taken) : taken;
    }

    private QuotaPermit? TakeFrom_NeedsLock(bool isInteractive, ref int permits, TimeSpan now, QuotaPermit? taken)
    {
        for (var i = 0; i < _stock.Count && permits > 0;)
        {
            var lease = _stock[i];
            if (lease.IsInteractive != isInteractive || now >= lease.TakeBefore)
            {
                i++;
                continue;
            }

            var some = Math.Min(permits, lease.Left);
            permits -= some;
            lease.Left -= some;
            taken = new QuotaPermit(this, lease, some, taken);
            if (lease.Left == 0)
                _stock.RemoveAt(i);
        }

        return taken;
    }

    /// <summary>What to ask the ledger for: what callers wait for, and the stock when half of it is gone and somebody took of it.</summary>
    private int Wanted_NeedsLock(Demand demand, TimeSpan now)
    {
        var stock = 0L;
        foreach (var lease in _stock)
        {
            if (lease.IsInteractive == demand.IsInteractive && lease.TakeBefore - now > LeaseEnd)
                stock += lease.Left;
        }

        var isLow = demand.IsThere && stock <= demand.Stock / 2;
        return demand.Waiting == 0 && !isLow ? 0 : (int)Math.Clamp(demand.Waiting + demand.Stock - stock, 0, int.MaxValue);
    }

    /// <summary>Notes a debt to the ledger.</summary>
    /// <returns>Whether it is due before the gate would look by itself.</returns>
    private bool Owe_NeedsLock(QuotaLease lease, TimeSpan due)
    {
        if (!lease.IsOwing)
        {
            lease.IsOwing = true;
            _owing.Add(lease);
        }

        _settleAt = due < _settleAt ? due : _settleAt;
        return _settleAt < _wakeAt && !_isExchanging && !_isDisposed;
    }

    /// <summary>What is leased and can no longer be taken is owed.</summary>
    private void Expire_NeedsLock(TimeSpan now)
    {
        for (var i = _stock.Count - 1; i >= 0; i--)
        {
            var lease = _stock[i];
            if (now < lease.TakeBefore)
                continue;

            (lease.Unused, lease.Left) = (lease.Unused + lease.Left, 0);
            _stock.RemoveAt(i);
            Owe_NeedsLock(lease, TimeSpan.Zero);
        }
    }

    private List<QuotaSettlement> Settle_NeedsLock(TimeSpan now)
    {
        List<QuotaSettlement> settlements = [];
        foreach (var lease in _owing)
        {
            settlements.Add(new QuotaSettlement(lease.Booking, lease.Used + lease.Unused, lease.Used, now - lease.LastEnd));
            (lease.Used, lease.Unused, lease.IsOwing) = (0, 0, false);
        }

        _owing.Clear();
        _settleAt = Never;
        return settlements;
    }

    /// <summary>Does what is due, or sees to it that the timer fires when something is.</summary>
    private void Wake()
    {
        if (_limits.Length == 0)
            return;

        QuotaExchange? exchange;
        TimeSpan sentAt;
        lock (_gate)
        {
            if (_isExchanging || _isDisposed)
                return;

            sentAt = Now;
            exchange = Next_NeedsLock(sentAt);
            if (exchange is null)
                return;
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
                _ = RunAsync(exchange, sentAt);
        }
    }

    private async Task RunAsync(QuotaExchange? exchange, TimeSpan sentAt)
    {
        while (exchange is not null)
        {
            QuotaAnswer? answer = null;
            try
            {
                answer = await _ledger.ExchangeAsync(exchange, CancellationToken.None).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // At the edge of a loop that nobody awaits: whatever keeps the ledger from counting, calls go on with what is leased.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (!_isAway)
                    LogAway(_provider, exception.GetType().Name);
            }

            if (answer is not null && _isAway)
                LogBack(_provider);

            List<(Waiter Waiter, QuotaVerdict Verdict)> served;
            TaskCompletionSource[] readers;
            lock (_gate)
            {
                served = answer is null ? Fail_NeedsLock() : Accept_NeedsLock(exchange, answer, sentAt);
                readers = [.. _readers];
                _readers.Clear();
            }

            foreach (var (waiter, verdict) in served)
                waiter.TrySetResult(verdict);
            foreach (var reader in readers)
                reader.TrySetResult();

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
        Expire_NeedsLock(now);
        var interactive = Wanted_NeedsLock(_interactive, now);
        var background = Wanted_NeedsLock(_background, now);
        var wakeAt = Never;
        Due(interactive > 0, _interactive.AskAgainAt);
        Due(background > 0, _background.AskAgainAt);
        Due(_owing.Count > 0, _isAway && _retryAt > _settleAt ? _retryAt : _settleAt);
        Due(_closeFor > TimeSpan.Zero || _readers.Count > 0, _isAway ? _retryAt : TimeSpan.Zero);
        if (wakeAt > now)
        {
            foreach (var lease in _stock)
                Due(true, lease.TakeBefore);
            Arm_NeedsLock(wakeAt, now);
            return null;
        }

        // A ledger that was away is asked nothing at first: what it may have granted without our hearing of it would be lost for a while.
        var exchange = new QuotaExchange { Provider = _provider, Limits = _limits };
        if (_isAway)
            return exchange;

        exchange = exchange with
        {
            Settled = Settle_NeedsLock(now),
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
            return;

        _wakeAt = wakeAt;
        _timer.Change(wakeAt == Never ? Timeout.InfiniteTimeSpan : wakeAt - now, Timeout.InfiniteTimeSpan);
    }

    private List<(Waiter Waiter, QuotaVerdict Verdict)> Accept_NeedsLock(QuotaExchange exchange, QuotaAnswer answer, TimeSpan sentAt)
    {
        var now = Now;
        (_last, _readAt, _isAway, _pause) = (answer, now, false, FirstPause);
        _interactive.Hear(now, answer.Interactive == exchange.Interactive, answer.NextInteractive);
        _background.Hear(now, answer.Background == exchange.Background, answer.NextBackground);
        _isScarce = _limits.Zip(answer.Counts).Any(static pair => pair.Second.Used * 2 > pair.First.Permits);
        if (answer.ClosedFor > TimeSpan.Zero && (now + answer.ClosedFor).Ticks > _closedUntil)
            (_closedUntil, _isClosedForTheDay) = ((now + answer.ClosedFor).Ticks, answer.ClosedFor > TimeSpan.FromHours(1));

        // Counted from before it was sent: on the ledger's clock the booking began later.
        if (answer.Interactive > 0)
            _stock.Add(new QuotaLease(answer.Booking, isInteractive: true, sentAt + LeaseTime, answer.Interactive));
        if (answer.Background > 0)
            _stock.Add(new QuotaLease(answer.Booking, isInteractive: false, sentAt + LeaseTime, answer.Background));
        return Serve_NeedsLock(now);
    }

    private List<(Waiter Waiter, QuotaVerdict Verdict)> Fail_NeedsLock()
    {
        var now = Now;
        _isAway = true;
        _retryAt = now + _pause;
        _interactive.NextAt = _interactive.AskAgainAt = _background.NextAt = _background.AskAgainAt = _retryAt;
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        return Serve_NeedsLock(now);
    }

    /// <summary>Gives those who wait what there is, in their order, and tells those for whom it will come too late.</summary>
    private List<(Waiter Waiter, QuotaVerdict Verdict)> Serve_NeedsLock(TimeSpan now)
    {
        List<(Waiter, QuotaVerdict)> served = [];
        _interactive.IsQueued = _background.IsQueued = false;
        for (var i = 0; i < _waiting.Count;)
        {
            var waiter = _waiting[i];
            QuotaVerdict verdict;
            if (!waiter.Demand.IsQueued && Take_NeedsLock(waiter.Purpose, waiter.Permits, now) is { } permit)
            {
                verdict = QuotaVerdict.Granted(permit);
            }
            else if (waiter.Until < waiter.Demand.NextAt)
            {
                verdict = QuotaVerdict.Refused(Exhausted_NeedsLock(waiter.Demand, now));
            }
            else
            {
                waiter.Demand.IsQueued = true; // Whoever came later waits for this one, who may want more permits.
                i++;
                continue;
            }

            _waiting.RemoveAt(i);
            waiter.Demand.Waiting -= waiter.Permits;
            served.Add((waiter, verdict));
        }

        return served;
    }

    private AttemptResult Exhausted_NeedsLock(Demand demand, TimeSpan now)
    {
        var closedFor = TimeSpan.FromTicks(_closedUntil) - now;
        if (closedFor > TimeSpan.Zero)
            return Closed(closedFor);
        if (_isAway)
            return new AttemptResult(FetchStatus.QuotaExhausted, "The calls left cannot be counted now, and none is leased.", RetryAfterSeconds: Seconds(LongestPause));

        return new AttemptResult(FetchStatus.QuotaExhausted, "The quota leaves no call now.", RetryAfterSeconds: Seconds(demand.NextAt - now));
    }

    private AttemptResult Closed(TimeSpan closedFor) => _isClosedForTheDay
        ? new AttemptResult(FetchStatus.QuotaExhausted, "The provider said that the day's calls are used up.", RetryAfterSeconds: Seconds(closedFor))
        : new AttemptResult(FetchStatus.RateLimited, "The provider said that there were too many calls.", RetryAfterSeconds: Seconds(closedFor));

    private static double Seconds(TimeSpan span) => Math.Max(0.1, Math.Ceiling(span.TotalSeconds * 10) / 10);

    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning,
        Message = "The quota of {Provider} cannot be counted ({ExceptionType}); calls go on with what is leased, then stop until the ledger answers")]
    private partial void LogAway(ProviderId provider, string exceptionType);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Information, Message = "The quota of {Provider} is counted again")]
    private partial void LogBack(ProviderId provider);

    /// <summary>What one kind of call wants.</summary>
    private sealed class Demand(QuotaLimit[] limits, CallPurpose purpose)
    {
        public bool IsInteractive { get; } = purpose == CallPurpose.Interactive;

        /// <summary>The most that a call can ever have.</summary>
        public int Most { get; } = limits.Length == 0 ? int.MaxValue : limits.Min(limit => limit.MostFor(purpose));

        /// <summary>Held in advance.</summary>
        public int Stock { get; } = limits.Length == 0 ? 0 : limits.Min(limit => limit.MostFor(purpose)) / StockShare;

        /// <summary>Permits that callers wait for.</summary>
        public int Waiting { get; set; }

        /// <summary>Whether somebody took or wanted a permit since the stock was last filled.</summary>
        public bool IsThere { get; set; }

        /// <summary>While those who wait are served: whether one of them goes on waiting.</summary>
        public bool IsQueued { get; set; }

        /// <summary>When there is probably a permit.</summary>
        public TimeSpan NextAt { get; set; }

        /// <summary>Before that the ledger is not asked for this kind of call alone. Each kind has its own: batches that starve delay nobody who waits.</summary>
        public TimeSpan AskAgainAt { get; set; }

        public void Hear(TimeSpan now, bool hasAll, TimeSpan next) =>
            (NextAt, AskAgainAt) = (now + next, hasAll ? TimeSpan.Zero : now + AskAgain);
    }

    private sealed class Waiter(Demand demand, CallPurpose purpose, int permits, TimeSpan until)
        : TaskCompletionSource<QuotaVerdict>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Demand Demand { get; } = demand;

        public CallPurpose Purpose { get; } = purpose;

        public int Permits { get; } = permits;

        public TimeSpan Until { get; } = until;
    }
}
