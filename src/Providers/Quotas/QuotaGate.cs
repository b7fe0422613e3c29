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
/// <para>While the ledger does not answer, calls go on with what is leased, and then are refused (<see cref="QuotaExchangeLoop"/>).</para>
/// </remarks>
internal sealed class QuotaGate : IAsyncDisposable
{
    private readonly bool _hasLimits;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly QuotaBook _book; // guarded by _gate
    private readonly QuotaExchangeLoop _exchanges;

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
        (_hasLimits, _time) = (limits.Count > 0, time);
        _book = new QuotaBook(this, provider, [.. limits], longestCall);
        _exchanges = new QuotaExchangeLoop(_book, _gate, provider, ledger, time, logger);
    }

    private TimeSpan Now => _exchanges.Now;

    /// <summary>Takes permits for one call, at once or as soon as there are some.</summary>
    /// <param name="purpose">For whom.</param>
    /// <param name="permits">As many as the provider counts for the call.</param>
    /// <param name="latest">When the call must begin, or it is refused; refused at once when there will be no permit by then.</param>
    /// <param name="cancellationToken">Ends the wait with a refusal.</param>
    public ValueTask<QuotaVerdict> TakeAsync(CallPurpose purpose, int permits, DateTimeOffset latest, CancellationToken cancellationToken)
    {
        if (_book.Backoff.MayBeActive && _book.Backoff.Remaining(Now) > TimeSpan.Zero)
        {
            return TakeWhenOpenAsync(purpose, permits, latest, cancellationToken);
        }

        return _hasLimits ? TakeOpenAsync(purpose, permits, latest, cancellationToken) : new ValueTask<QuotaVerdict>(QuotaVerdict.Free);
    }

    /// <summary>Leaves the provider alone for a while, in all processes: it said that a limit is used up.</summary>
    public void Close(TimeSpan span, bool isForTheDay)
    {
        lock (_gate)
        {
            _book.Close(span, isForTheDay, Now);
        }

        _exchanges.Wake();
    }

    /// <summary>Returns the remaining quota, read again when the last reading is older than a second.</summary>
    public async ValueTask<ProviderQuota> ReadAsync(CancellationToken cancellationToken)
    {
        Task? read = null;
        lock (_gate)
        {
            if (_hasLimits && !_exchanges.IsStopped && _book.Readings.AreOld(Now))
            {
                read = _book.Readings.NextAsync();
            }
        }

        if (read is not null)
        {
            _exchanges.Wake();
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
            return _book.Readings.Report(Now, _time.GetUtcNow(), _book.Backoff.Remaining(Now));
        }
    }

    public void End(QuotaPermit permit)
    {
        bool isUrgent;
        lock (_gate)
        {
            _book.End(permit, Now);
            isUrgent = _exchanges.MustSettleSooner;
        }

        if (isUrgent)
        {
            _exchanges.Wake();
        }
    }

    public void GiveBack(QuotaPermit permit)
    {
        bool isUrgent;
        ServedCalls served;
        lock (_gate)
        {
            var now = Now;
            isUrgent = _book.GiveBack(permit, now, mayBeTaken: !_exchanges.IsStopped) && _exchanges.MustSettleSooner;
            served = _book.Serve(now);
        }

        served.Complete();
        if (isUrgent)
        {
            _exchanges.Wake();
        }
    }

    /// <inheritdoc cref="QuotaExchangeLoop.DisposeAsync"/>
    public ValueTask DisposeAsync() => _exchanges.DisposeAsync();

    private ValueTask<QuotaVerdict> TakeOpenAsync(
        CallPurpose purpose,
        int permits,
        DateTimeOffset latest,
        CancellationToken cancellationToken
    )
    {
        var demand = _book.DemandOf(purpose);
        QuotaPermit? permit;
        bool wantsMore;
        lock (_gate)
        {
            var now = Now;
            permit = _book.Take(demand, permits, now);
            wantsMore = !_exchanges.IsUnderWay && _book.WantsMore(demand, now);
        }

        if (permit is null)
        {
            return WaitAsync(demand, permits, latest, cancellationToken);
        }

        if (wantsMore)
        {
            _exchanges.Wake();
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
        while (_book.Backoff.Remaining(Now) is var closedFor && closedFor > TimeSpan.Zero)
        {
            if (_time.GetUtcNow() + closedFor > latest)
            {
                return QuotaVerdict.Refused(_book.Backoff.Refusal(closedFor));
            }

            await Task.Delay(TimerTime.For(closedFor), _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return QuotaVerdict.Refused(AttemptResult.TimedOut);
            }
        }

        return _hasLimits ? await TakeOpenAsync(purpose, permits, latest, cancellationToken) : QuotaVerdict.Free;
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
        QuotaWaiter? waiter;
        lock (_gate)
        {
            var now = Now;
            if (_book.Take(demand, permits, now) is { } granted)
            {
                return QuotaVerdict.Granted(granted); // leased since the call looked first
            }

            waiter = _exchanges.IsStopped ? null : _book.Enqueue(demand, permits, left, now);
            if (waiter is null)
            {
                return QuotaVerdict.Refused(_book.Exhausted(demand, now));
            }
        }

        _exchanges.Wake();
        if (!waiter.Task.IsCompleted)
        {
            await ((Task)waiter.Task.WaitAsync(left, _time, cancellationToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        QuotaVerdict? refused = null;
        ServedCalls served = default;
        lock (_gate)
        {
            if (_book.Dequeue(waiter))
            {
                var now = Now;
                refused = QuotaVerdict.Refused(
                    cancellationToken.IsCancellationRequested ? AttemptResult.TimedOut : _book.Exhausted(demand, now)
                );
                served = _book.Serve(now); // those behind it may want fewer permits
            }
        }

        served.Complete();
        return refused ?? await waiter.Task;
    }
}
