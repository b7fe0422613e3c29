using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quorum.Shared.Postgres;
using Quorum.StandaloneHost.DurableTask.Hub;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>
/// This process' part in the hub: holds the lease, writes turns, takes over what others left, listens to the other workers.
/// Everything that matters is pushed; the sweep is the safety net for what a lost connection may have missed.
/// </summary>
internal sealed partial class TaskHubWorker : IHostedService, IAsyncDisposable
{
    private const int ClaimLimit = 100;
    private static readonly TimeSpan RenewAgain = TimeSpan.FromMilliseconds(250);

    private readonly TaskHubStore _store;
    private readonly TaskHubMigrator _migrator;
    private readonly TurnWriter _writer;
    private readonly OrchestrationHub _hub;
    private readonly ActivityDispatcher _activities;
    private readonly TaskHubListener _listener;
    private readonly PostgresOutage _outage;
    private readonly WakeSignal _claimDue;
    private readonly DurableTaskOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<TaskHubWorker> _logger;
    private readonly Meter _meter = new(StandaloneTelemetry.SourceName);
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private Task _loops = Task.CompletedTask;
    private Task _writing = Task.CompletedTask;

    public TaskHubWorker(
        TaskHubStore store,
        TaskHubMigrator migrator,
        TurnWriter writer,
        OrchestrationHub hub,
        ActivityDispatcher activities,
        TaskHubListener listener,
        PostgresOutage outage,
        WakeSignal claimDue,
        DurableTaskOptions options,
        TimeProvider time,
        ILogger<TaskHubWorker> logger)
    {
        _store = store;
        _migrator = migrator;
        _writer = writer;
        _hub = hub;
        _activities = activities;
        _listener = listener;
        _outage = outage;
        _claimDue = claimDue;
        _options = options;
        _time = time;
        _logger = logger;
        _meter.CreateObservableUpDownCounter("taskhub.instances.active", () => hub.ResidentCount, "{instance}", "Orchestrations in this process' memory.");
        _meter.CreateObservableUpDownCounter("taskhub.activities.running", () => activities.Running, "{activity}", "Activities that run in this process.");
        _meter.CreateObservableUpDownCounter(
            "taskhub.starts.waiting", () => writer.WaitingStarts, "{instance}", "Orchestrations that wait for PostgreSQL to take their start.");
        _meter.CreateObservableUpDownCounter(
            "taskhub.outage", () => outage.IsOut ? 1 : 0, "{outage}", "1 while PostgreSQL does not answer a part of the hub, else 0.");
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await _migrator.MigrateAsync(_options.HubName, cancellationToken);
                await _store.RenewLeaseAsync(_options.Lease, cancellationToken);
                await _store.ForgetWorkersAsync(cancellationToken);
                _outage.Works(HubPart.Start);
                break;
            }
            catch (NpgsqlException e) when (e.IsTemporary())
            {
                _outage.Failed(HubPart.Start, e);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(2000, 100 * (attempt + 1))), _time, cancellationToken);
            }
        }

        _writing = _writer.RunAsync(_aborting.Token);
        _loops = Task.WhenAll(_listener.RunAsync(_stopping.Token), RenewAsync(), ClaimAsync(), TidyAsync());
    }

    /// <summary>Lets running activities end within the host's shutdown time, writes what there is, and leaves the rest to others at once.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _activities.DrainAsync(cancellationToken);
        foreach (var instance in _hub.Resident)
        {
            instance.Flush();
        }

        await _stopping.CancelAsync();
        _writer.Complete();
        try
        {
            await _writing.WaitAsync(cancellationToken);
            await _loops.WaitAsync(cancellationToken);
            await _store.LeaveAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            LogUnclean(_logger);
        }
        catch (NpgsqlException e)
        {
            _outage.Failed(HubPart.Lease, e); // it runs out by itself
        }

        await _aborting.CancelAsync();
    }

    /// <summary>Stops as a crash would: nothing more is written, the lease is left to run out.</summary>
    internal async Task AbortAsync()
    {
        await _aborting.CancelAsync();
        await _stopping.CancelAsync();
        _writer.Complete();
        await Task.WhenAll(_writing, _loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _aborting.CancelAsync();
        _meter.Dispose();
        _stopping.Dispose();
        _aborting.Dispose();
    }

    // After a failure it is tried more often: whoever finds PostgreSQL back first must not take the others for dead.
    private async Task RenewAsync()
    {
        var usual = _options.Lease / 3;
        var afterFailure = usual < RenewAgain ? usual : RenewAgain;
        var next = usual;
        while (await DelayAsync(next))
        {
            try
            {
                await _store.RenewLeaseAsync(_options.Lease, _stopping.Token);
                _outage.Works(HubPart.Lease);
                next = usual;
            }
            catch (NpgsqlException e)
            {
                _outage.Failed(HubPart.Lease, e);
                next = afterFailure;
            }
            catch (OperationCanceledException)
            {
                return;
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
                    claimed = await _store.ClaimAsync(ClaimLimit, _stopping.Token);
                    if (claimed.Count > 0)
                    {
                        LogClaimed(_logger, claimed.Count);
                        _hub.Recover(claimed);
                    }
                }
                while (claimed.Count == ClaimLimit);

                if (nextCheck-- == 0)
                {
                    nextCheck = 10;
                    await CheckOwnAsync();
                    _outage.Works(HubPart.Sweep);
                }

                await _claimDue.WaitAsync(TimeSpan.FromSeconds(1), _stopping.Token);
            }
            catch (NpgsqlException e)
            {
                _outage.Failed(HubPart.Sweep, e);
                nextCheck = 0;
                await DelayAsync(_options.Lease / 5); // time for the others to prolong their leases, when it is back
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // Whatever the store calls ours must be in memory, with its inbox.
    private async Task CheckOwnAsync()
    {
        foreach (var instanceId in await _store.ListOwnAsync(_stopping.Token))
        {
            if (_hub.Find(instanceId) is null)
            {
                _hub.HandOver(instanceId);
            }
        }

        var waiting = await _store.ListOwnWithMessagesAsync(_stopping.Token);
        if (waiting.Length > 0)
        {
            await _hub.DeliverInboxAsync(waiting);
        }
    }

    // Writes results that have waited long enough, and lets idle instances leave memory.
    private async Task TidyAsync()
    {
        var period = _options.ResultDelay / 2 is { Ticks: > 0 } half ? half : TimeSpan.FromMilliseconds(10);
        while (await DelayAsync(period))
        {
            foreach (var instance in _hub.Resident)
            {
                if (instance.UnwrittenFor >= _options.ResultDelay)
                {
                    instance.Flush();
                }
                else if (instance.IdleFor >= _options.IdleTime)
                {
                    instance.Release();
                }
            }
        }
    }

    private async Task<bool> DelayAsync(TimeSpan period)
    {
        try
        {
            await Task.Delay(period, _time, _stopping.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(2402, LogLevel.Information, "Took over {Count} instances")]
    private static partial void LogClaimed(ILogger logger, int count);

    [LoggerMessage(2403, LogLevel.Warning, "Stopped before everything was written; what is missing runs again where its instance goes on")]
    private static partial void LogUnclean(ILogger logger);
}
