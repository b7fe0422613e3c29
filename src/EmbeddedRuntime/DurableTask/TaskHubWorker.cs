using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quorum.EmbeddedRuntime.DurableTask.Hub;

namespace Quorum.EmbeddedRuntime.DurableTask;

/// <summary>
/// This process' part in the hub: holds the lease, writes turns, takes over what others left, listens to the other workers.
/// Everything that matters is pushed; the sweep is the safety net for what a lost connection may have missed.
/// </summary>
internal sealed partial class TaskHubWorker : IHostedService, IAsyncDisposable
{
    private const int ClaimLimit = 100;

    private readonly TaskHubStore _store;
    private readonly TaskHubMigrator _migrator;
    private readonly TurnWriter _writer;
    private readonly OrchestrationHub _hub;
    private readonly ActivityDispatcher _activities;
    private readonly TaskHubListener _listener;
    private readonly WakeSignal _claimDue;
    private readonly DurableTaskOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<TaskHubWorker> _logger;
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
        _claimDue = claimDue;
        _options = options;
        _time = time;
        _logger = logger;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await _migrator.MigrateAsync(_options.HubName, cancellationToken);
                await _store.RenewLeaseAsync(_options.Lease, cancellationToken);
                break;
            }
            catch (NpgsqlException e) when (e.IsTransient || e is not PostgresException)
            {
                LogWaiting(_logger, e);
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
            LogWaiting(_logger, e);
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
        _stopping.Dispose();
        _aborting.Dispose();
    }

    private Task RenewAsync() => EveryAsync(_options.Lease / 3, cancellationToken => _store.RenewLeaseAsync(_options.Lease, cancellationToken));

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
                }

                await _claimDue.WaitAsync(TimeSpan.FromSeconds(1), _stopping.Token);
            }
            catch (NpgsqlException e)
            {
                LogWaiting(_logger, e);
                await DelayAsync(TimeSpan.FromSeconds(1));
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

    private async Task EveryAsync(TimeSpan period, Func<CancellationToken, Task> act)
    {
        while (await DelayAsync(period))
        {
            try
            {
                await act(_stopping.Token);
            }
            catch (NpgsqlException e)
            {
                LogWaiting(_logger, e);
            }
            catch (OperationCanceledException)
            {
                return;
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

    [LoggerMessage(1401, LogLevel.Warning, "PostgreSQL did not answer the task hub; trying again")]
    private static partial void LogWaiting(ILogger logger, Exception exception);

    [LoggerMessage(1402, LogLevel.Information, "Took over {Count} instances")]
    private static partial void LogClaimed(ILogger logger, int count);

    [LoggerMessage(1403, LogLevel.Warning, "Stopped before everything was written; what is missing runs again where its instance goes on")]
    private static partial void LogUnclean(ILogger logger);
}
