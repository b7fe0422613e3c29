using Microsoft.Extensions.Logging;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>
/// The requests of one gate to the ledger: at most one is under way. It begins when a permit is wanted or to be settled, at once or by a
/// timer, and goes on while another request is due.
/// </summary>
internal sealed partial class QuotaExchangeLoop : IAsyncDisposable
{
    private readonly QuotaBook _book;
    private readonly Lock _gate;
    private readonly ProviderId _provider;
    private readonly IQuotaLedger _ledger;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _start;
    private readonly ITimer? _timer;
    private TimeSpan _wakeAt = QuotaBook.Never; // guarded by _gate

    /// <param name="book">Guarded by the gate's lock.</param>
    /// <param name="gate">The gate's lock.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="ledger">Counts for all processes.</param>
    /// <param name="time">The clock for everything but the windows, which the ledger times.</param>
    /// <param name="logger">Logs when the ledger becomes unavailable and available.</param>
    public QuotaExchangeLoop(QuotaBook book, Lock gate, ProviderId provider, IQuotaLedger ledger, TimeProvider time, ILogger logger)
    {
        (_book, _gate, _provider) = (book, gate, provider);
        (_ledger, _time, _logger, _start) = (ledger, time, logger, time.GetTimestamp());
        if (book.HasLimits)
        {
            _timer = time.CreateTimer(
                static loop => ((QuotaExchangeLoop)loop!).TimerFired(),
                this,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan
            );
        }
    }

    /// <summary>The gate's clock: the time since it was made.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>True if a request is under way. Guarded by the gate's lock, as all below.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>True after disposal: there is no further request.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>True if a settlement is due before the next request.</summary>
    public bool MustSettleSooner => _book.SettleAt < _wakeAt && !IsUnderWay && !IsStopped;

    /// <summary>Sends the request that is due, or sets the timer to the time at which one is.</summary>
    public void Wake()
    {
        if (_timer is null)
        {
            return;
        }

        QuotaExchange? exchange;
        TimeSpan sentAt;
        lock (_gate)
        {
            if (IsUnderWay || IsStopped)
            {
                return;
            }

            sentAt = Now;
            exchange = Next_NeedsLock(sentAt);
            if (exchange is null)
            {
                return;
            }

            IsUnderWay = true;
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

    /// <summary>Refuses waiting calls, and gives back what is held if the ledger answers.</summary>
    public async ValueTask DisposeAsync()
    {
        QuotaExchange? last;
        lock (_gate)
        {
            if (IsStopped)
            {
                return;
            }

            IsStopped = true;
            last = _book.Stop(Now);
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
                if (!_book.IsLedgerUnavailable)
                {
                    LogUnavailable(_provider, exception.GetType().Name);
                }
            }

            if (answer is not null && _book.IsLedgerUnavailable)
            {
                LogAvailable(_provider);
            }

            ServedCalls served;
            TaskCompletionSource[] readers;
            lock (_gate)
            {
                served = answer is null ? _book.Fail(exchange, Now) : _book.Accept(exchange, answer, sentAt, Now);
                readers = _book.Readings.TakeReaders();
            }

            served.Complete();

            foreach (var reader in readers)
            {
                reader.TrySetResult();
            }

            lock (_gate)
            {
                sentAt = Now;
                exchange = IsStopped ? null : Next_NeedsLock(sentAt);
                IsUnderWay = exchange is not null;
            }
        }
    }

    private void TimerFired()
    {
        lock (_gate)
        {
            _wakeAt = QuotaBook.Never; // it fires once, and perhaps a little early: then it is set again
        }

        Wake();
    }

    /// <returns><see langword="null"/> when nothing is due now; the timer is then set.</returns>
    private QuotaExchange? Next_NeedsLock(TimeSpan now)
    {
        var exchange = _book.Next(now, out var wakeAt);
        if (exchange is null)
        {
            Arm_NeedsLock(wakeAt, now);
        }

        return exchange;
    }

    private void Arm_NeedsLock(TimeSpan wakeAt, TimeSpan now)
    {
        if (wakeAt == _wakeAt || _timer is null)
        {
            return;
        }

        _wakeAt = wakeAt;
        _timer.Change(wakeAt == QuotaBook.Never ? Timeout.InfiniteTimeSpan : TimerTime.For(wakeAt - now), Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(
        EventId = 1101,
        Level = LogLevel.Warning,
        Message = "The quota of {Provider} cannot be counted ({ExceptionType}); calls go on with what is leased, then stop until the ledger answers"
    )]
    private partial void LogUnavailable(ProviderId provider, string exceptionType);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Information, Message = "The quota of {Provider} is counted again")]
    private partial void LogAvailable(ProviderId provider);
}
