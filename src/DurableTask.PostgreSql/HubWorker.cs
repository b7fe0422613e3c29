using Microsoft.Extensions.Logging;
using Quorum.DurableTask.PostgreSql.Sessions;

namespace Quorum.DurableTask.PostgreSql;

/// <summary>
/// The background work of one process in the hub: renews the lease, writes turns, claims instances that no process holds, and receives the
/// notifications of the other processes. Work is pushed; a periodic sweep finds what a lost connection missed.
/// </summary>
internal sealed partial class HubWorker(
    PostgresOrchestrationOptions options,
    HubLease lease,
    InstanceClaims claims,
    SessionHub hub,
    HubListener listener,
    ILogger logger
) : IDisposable
{
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _leaving = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private Task _loops = Task.CompletedTask;
    private Task _writing = Task.CompletedTask;
    private Task _listening = Task.CompletedTask;
    private int _listens;
    private readonly Lock _stopGate = new();
    private Task? _stop;

    /// <summary>True between start and stop.</summary>
    public bool IsRunning { get; private set; }

    /// <summary>Joins the hub. A second call does nothing.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsRunning)
        {
            return;
        }

        await lease.TakeAsync(cancellationToken);
        IsRunning = true;
        _writing = hub.Writer.RunAsync(_aborting.Token);
        Listen();
        _loops = Task.WhenAll(lease.RenewAsync(CheckOwn, _stopping.Token), claims.RunAsync(_leaving.Token), TidyAsync());
    }

    /// <summary>Begins to receive the notifications of other processes. A process that only waits for their instances needs nothing
    /// else. A second call does nothing.</summary>
    public void Listen()
    {
        if (Interlocked.Exchange(ref _listens, 1) == 0)
        {
            _listening = listener.RunAsync(_stopping.Token);
        }
    }

    /// <summary>
    /// Leaves new instances to other processes and waits for running activities until the token ends, then cancels them; consumes their
    /// results and writes pending turns for at most three seconds; and releases the rest to other processes at once.
    /// </summary>
    /// <remarks>A second call waits for the first.</remarks>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_stopGate)
        {
            if (_stop is null && IsRunning)
            {
                _stop = StopOnceAsync(cancellationToken);
            }

            return _stop ?? Task.CompletedTask;
        }
    }

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        IsRunning = false;
        hub.IsLeaving = true; // no more activities begin here, so an instance that began here now would stand still
        await Task.Yield(); // nothing else runs under the lock
        await _leaving.CancelAsync();
        await hub.Activities.DrainAsync(cancellationToken);
        using var grace = new CancellationTokenSource(Grace, options.Time); // the caller's token has ended if activities took longer than it
        if (options.RunActivity is not null)
        {
            // The dispatcher still runs: the last results are consumed here, or another process would run their activities again.
            await Task.WhenAll(hub.Resident.Select(session => session.TurnsEndAsync()))
                .WaitAsync(grace.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        hub.IsStopping = true;
        TidyAll();
        await _stopping.CancelAsync();
        hub.Writer.Complete();
        try
        {
            await _writing.WaitAsync(grace.Token);
            await _loops.WaitAsync(grace.Token);
            await _listening.WaitAsync(grace.Token);
        }
        catch (OperationCanceledException)
        {
            LogUnclean(logger);
        }

        await _aborting.CancelAsync();
        using var limit = new CancellationTokenSource(Grace, options.Time);
        await lease.LeaveAsync(limit.Token); // also if something is not written: whatever is written from now on is rejected
        foreach (var session in hub.Resident)
        {
            session.Stopped();
        }
    }

    /// <summary>Stops as a crash would: nothing more is written, the lease is left to expire. Waits for a stop that is under way.</summary>
    public async Task AbortAsync()
    {
        Task? stop;
        lock (_stopGate)
        {
            stop = _stop;
            IsRunning = false;
        }

        if (stop is not null)
        {
            await stop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // a host may dispose of the service while it still stops it
        }

        hub.IsStopping = true;
        IsRunning = false;
        await _aborting.CancelAsync();
        await _leaving.CancelAsync();
        await _stopping.CancelAsync();
        hub.Writer.Complete();
        await Task.WhenAll(_writing, _loops, _listening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var session in hub.Resident)
        {
            session.Stopped();
        }
    }

    public void Dispose()
    {
        _leaving.Dispose();
        _stopping.Dispose();
        _aborting.Dispose();
    }

    // Not awaited: the next renewal must not be late.
    private void CheckOwn()
    {
        hub.Claims.CheckSoon();
        hub.Claims.Now();
    }

    private async Task TidyAsync()
    {
        var period = options.ResultDelay / 2 is var half && half > MinPause ? half : MinPause; // below 1 ms a delay would not wait
        while (await DelayAsync(period))
        {
            TidyAll();
        }
    }

    private void TidyAll()
    {
        foreach (var session in hub.Resident)
        {
            try
            {
                session.Tidy();
            }
#pragma warning disable CA1031 // the loop's edge: one instance must not keep the others from being written and released
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogBroken(logger, e);
            }
        }
    }

    private async Task<bool> DelayAsync(TimeSpan period)
    {
        try
        {
            await Task.Delay(period, options.Time, _stopping.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(2406, LogLevel.Error, "Writing held results of an instance failed unexpectedly; it is repeated")]
    private static partial void LogBroken(ILogger logger, Exception exception);

    [LoggerMessage(
        2403,
        LogLevel.Warning,
        "Stopped before everything was written; the process that takes the instances over repeats what is missing"
    )]
    private static partial void LogUnclean(ILogger logger);
}
