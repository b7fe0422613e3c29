using DurableTask.Core;
using Npgsql;
using Quorum.DurableTask.PostgreSql.Store;
using Quorum.Shared.Postgres;

namespace Quorum.DurableTask.PostgreSql;

// The waits for starts and ends. Those of instances in this process involve no other one.
public sealed partial class PostgresOrchestrationService
{
    // The safety net under the notifications.
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    /// <summary>Waits, pushed, until the instance has ended.</summary>
    /// <returns>Its final state; <see langword="null"/> if there is no such instance.</returns>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public async Task<OrchestrationState> WaitForOrchestrationAsync(
        string instanceId,
        string executionId,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        if (timeout == TimeSpan.MaxValue || timeout == Timeout.InfiniteTimeSpan || timeout > TimeSpan.FromDays(40))
        {
            return (await WaitForAsync(instanceId, state => state.OrchestrationStatus.HasEnded(), cancellationToken))!; // Core's interface is not annotated
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return (await WaitForAsync(instanceId, state => state.OrchestrationStatus.HasEnded(), limit.Token))!;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Instance '{instanceId}' did not end within {timeout}.", e);
        }
    }

    /// <summary>Waits, pushed, until the instance's first turn is durable or it has ended.</summary>
    /// <returns>Its state; <see langword="null"/> if there is no such instance.</returns>
    public async Task<OrchestrationState?> WaitForStartAsync(string instanceId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = await GetStateAsync(instanceId, withPayloads: true, cancellationToken);
            if (state is null || state.OrchestrationStatus != OrchestrationStatus.Pending)
            {
                return state;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), _options.Time, cancellationToken); // polled: the time of a scheduled start is known
        }
    }

    private async Task<OrchestrationState?> WaitForAsync(
        string instanceId,
        Func<OrchestrationState, bool> isDone,
        CancellationToken cancellationToken
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        while (true)
        {
            if (_hub.Find(instanceId) is { } session && await session.Ended.WaitAsync(cancellationToken) is { } ended)
            {
                return ended;
            }

            try
            {
                var (isSettled, state) = await CheckStateAsync(instanceId, isDone, cancellationToken);
                if (isSettled)
                {
                    return state;
                }
            }
            catch (NpgsqlException e) when (e.IsTemporary())
            {
                await Task.Delay(PollInterval / 10, _options.Time, cancellationToken); // the hub's own loops log the outage
            }
        }
    }

    /// <returns>False when it is time to look again.</returns>
    private async Task<(bool IsSettled, OrchestrationState? State)> CheckStateAsync(
        string instanceId,
        Func<OrchestrationState, bool> isDone,
        CancellationToken cancellationToken
    )
    {
        var signal = _waiters.SignalFor(instanceId);
        _worker.Listen();
        try
        {
            var state = await _queries.FindAsync(instanceId, withPayloads: true, cancellationToken);
            if (state is null || isDone(state))
            {
                _waiters.Ended(instanceId);
                return (true, state);
            }

            if (_hub.Find(instanceId) is null)
            {
                await _store.NotifyAsync(HubNotification.Watch(instanceId), cancellationToken);
                await Task.WhenAny(signal, Task.Delay(PollInterval, _options.Time, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }

            return (false, null);
        }
        catch
        {
            _waiters.Ended(instanceId); // other callers read the state again; no entry is left
            throw;
        }
    }
}
