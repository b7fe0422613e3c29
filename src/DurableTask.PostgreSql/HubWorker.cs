using Microsoft.Extensions.Logging;
using Npgsql;
using Quorum.DurableTask.PostgreSql.Sessions;
using Quorum.DurableTask.PostgreSql.Store;
using Quorum.Shared.Postgres;

namespace Quorum.DurableTask.PostgreSql;

/// <summary>
/// The background work of one process in the hub: renews the lease, writes turns, claims instances that no process holds, and receives the
/// notifications of the other processes. Work is pushed; a periodic sweep finds what a lost connection missed.
/// </summary>
internal sealed partial class HubWorker(
    PostgresOrchestrationOptions options,
    WorkerStore store,
    HubMigrator migrator,
    TurnWriter writer,
    SessionHub hub,
    ActivityQueue activities,
    HubListener listener,
    PostgresOutage outage,
    WakeSignal claimDue,
    ILogger logger
) : IDisposable
{
    private const int ClaimLimit = 100;
    private const int SweepsPerCheck = 10;
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryRenewal = TimeSpan.FromMilliseconds(250);

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

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await migrator.MigrateAsync(options.HubName, cancellationToken);
                await store.RenewLeaseAsync(options.Lease, cancellationToken);
                await store.ForgetWorkersAsync(cancellationToken);
                outage.Works(HubPart.Start);
                break;
            }
            catch (NpgsqlException e) when (e.IsTemporary())
            {
                outage.Failed(HubPart.Start, e);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(2000, 100 * attempt)), options.Time, cancellationToken);
            }
        }

        IsRunning = true;
        _writing = writer.RunAsync(_aborting.Token);
        Listen();
        _loops = Task.WhenAll(RenewAsync(), ClaimAsync(), TidyAsync());
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
    /// Waits for running activities until the token ends, then cancels them; writes pending turns for at most three seconds; and releases
    /// the rest to other processes at once.
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
        await Task.Yield(); // nothing of it runs under the lock
        await activities.DrainAsync(cancellationToken);
        hub.IsStopping = true;
        IsRunning = false;
        foreach (var session in hub.Resident)
        {
            session.Tidy();
        }

        await _stopping.CancelAsync();
        writer.Complete();
        using var grace = new CancellationTokenSource(Grace, options.Time); // the caller's token has ended if activities took longer than it
        try
        {
            await _writing.WaitAsync(grace.Token);
            await _loops.WaitAsync(grace.Token);
            await _listening.WaitAsync(grace.Token);
            await store.LeaveAsync(grace.Token);
        }
        catch (OperationCanceledException)
        {
            LogUnclean(logger);
        }
        catch (NpgsqlException e)
        {
            outage.Failed(HubPart.Lease, e); // it expires by itself
        }

        await _aborting.CancelAsync();
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
        await _stopping.CancelAsync();
        writer.Complete();
        await Task.WhenAll(_writing, _loops, _listening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var session in hub.Resident)
        {
            session.Stopped();
        }
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _aborting.Dispose();
    }

    // After a failure it is tried more often, so that the first process to reach PostgreSQL again does not treat the others as dead.
    private async Task RenewAsync()
    {
        var period = options.Lease / 3;
        var next = period;
        while (await DelayAsync(next))
        {
            try
            {
                var hadExpired = await store.RenewLeaseAsync(options.Lease, _stopping.Token);
                outage.Works(HubPart.Lease);
                next = period;
                if (hadExpired)
                {
                    LogExpired(logger);
                    await CheckOwnAsync();
                }
            }
            catch (NpgsqlException e)
            {
                outage.Failed(HubPart.Lease, e);
                next = period < RetryRenewal ? period : RetryRenewal;
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // the loop's edge: without it the lease would expire
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogBroken(logger, e, "Renewing the lease");
                next = period < RetryRenewal ? period : RetryRenewal;
            }
        }
    }

    private async Task ClaimAsync()
    {
        var nextCheck = 0;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                IReadOnlyList<ClaimedInstance> claimed;
                do
                {
                    claimed = await store.ClaimAsync(ClaimLimit, _stopping.Token);
                    if (claimed.Count > 0)
                    {
                        LogClaimed(logger, claimed.Count);
                        hub.Recover(claimed);
                    }
                } while (claimed.Count == ClaimLimit);

                var isPeriodic = nextCheck-- <= 0;
                if (hub.TakeCheck() || isPeriodic)
                {
                    nextCheck = SweepsPerCheck;
                    await CheckOwnAsync();
                    outage.Works(HubPart.Sweep);
                }

                await claimDue.WaitAsync(SweepPeriod, _stopping.Token);
            }
            catch (NpgsqlException e)
            {
                outage.Failed(HubPart.Sweep, e);
                nextCheck = 0;
                await DelayAsync(options.Lease / 5); // after an outage the other processes renew their leases first
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // the loop's edge: without it nothing would be claimed until a restart
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogBroken(logger, e, "Claiming instances");
                await DelayAsync(SweepPeriod);
            }
        }
    }

    // The instances that this worker owns in the database must be in memory, with their inboxes, and no others.
    private async Task CheckOwnAsync()
    {
        OrchestrationSession[] before = [.. hub.Resident.Where(session => session.IsInserted)]; // before the query: its result lacks later ones
        var own = await store.ListOwnAsync(_stopping.Token);
        SessionHub.DropAllBut(own, before);
        foreach (var instanceId in own.Keys)
        {
            if (hub.Find(instanceId) is null)
            {
                hub.Reload(instanceId);
            }
        }

        var waiting = await store.ListOwnWithMessagesAsync(_stopping.Token);
        if (waiting.Length > 0)
        {
            await hub.DeliverInboxAsync(waiting);
        }
    }

    private async Task TidyAsync()
    {
        var period = options.ResultDelay / 2 is var half && half > MinPause ? half : MinPause; // below 1 ms a delay would not wait
        while (await DelayAsync(period))
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
                    LogBroken(logger, e, "Writing held results");
                }
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

    [LoggerMessage(2406, LogLevel.Error, "{Step} failed unexpectedly; it is repeated")]
    private static partial void LogBroken(ILogger logger, Exception exception, string step);

    [LoggerMessage(2402, LogLevel.Information, "Claimed {Count} instances")]
    private static partial void LogClaimed(ILogger logger, int count);

    [LoggerMessage(
        2403,
        LogLevel.Warning,
        "Stopped before everything was written; the process that takes the instances over repeats what is missing"
    )]
    private static partial void LogUnclean(ILogger logger);

    [LoggerMessage(
        2405,
        LogLevel.Warning,
        "The lease of this process expired before it was renewed; instances that other processes took over are dropped"
    )]
    private static partial void LogExpired(ILogger logger);
}
