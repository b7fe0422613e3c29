using DurableTask.Core;
using DurableTask.Core.Exceptions;
using DurableTask.Core.History;
using DurableTask.Core.Query;
using DurableTask.Core.Serializing;
using Npgsql;
using Quorum.DurableTask.PostgreSql.Sessions;
using Quorum.DurableTask.PostgreSql.Store;
using Quorum.Shared.Postgres;

namespace Quorum.DurableTask.PostgreSql;

// The client. An instance that a worker's own client starts lives in that process, so its start, end and result involve no other process.
public sealed partial class PostgresOrchestrationService
{
    /// <summary>The longest instance id, as in Azure:
    /// https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-instance-management.</summary>
    public const int MaxInstanceIdLength = 100;

    private static readonly OrchestrationStatus[] UnfinishedStatuses =
    [
        OrchestrationStatus.Pending,
        OrchestrationStatus.Running,
        OrchestrationStatus.Suspended,
    ];

    // The safety net under the notifications.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(2);

    /// <summary>True if a caller may give a new instance this id: 1 to 100 characters, no control characters, no surrogates.</summary>
    public static bool IsInstanceId(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is > 0 and <= MaxInstanceIdLength && !text.Any(c => char.IsControl(c) || char.IsSurrogate(c));
    }

    /// <summary>True if the text is a continuation token of a query.</summary>
    public static bool IsContinuationToken(string token) => InstanceStore.TryParseToken(token, out _);

    public Task CreateTaskOrchestrationAsync(TaskMessage creationMessage) =>
        CreateTaskOrchestrationAsync(creationMessage, UnfinishedStatuses);

    public Task CreateTaskOrchestrationAsync(TaskMessage creationMessage, OrchestrationStatus[]? dedupeStatuses) =>
        CreateTaskOrchestrationAsync(creationMessage, dedupeStatuses, CancellationToken.None);

    /// <summary>Starts an orchestration. When this returns the start is durable.</summary>
    /// <param name="creationMessage">The start event.</param>
    /// <param name="dedupeStatuses">The statuses of a finished instance under the same id that is kept; an unfinished one is always
    /// kept.</param>
    /// <param name="cancellationToken">Ends the wait. A start that is not written by then is not written at all.</param>
    /// <exception cref="OrchestrationAlreadyExistsException">The id belongs to an instance that is kept.</exception>
    /// <exception cref="TaskHubBusyException">Too many starts wait for PostgreSQL.</exception>
    public async Task CreateTaskOrchestrationAsync(
        TaskMessage creationMessage,
        OrchestrationStatus[]? dedupeStatuses,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(creationMessage);
        var start = (ExecutionStartedEvent)creationMessage.Event;
        start.OrchestrationInstance ??= creationMessage.OrchestrationInstance;
        start.OrchestrationInstance.ExecutionId ??= Guid.NewGuid().ToString("N");
        var instance = SessionHub.NewInstanceOf(start);
        try
        {
            await StartAsync(instance, cancellationToken);
        }
        catch (Exception e)
            when (e is OrchestrationAlreadyExistsException or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            // Rare. The insert itself detects a taken id, so a free id costs no extra query.
            if (await _instances.FreeIdAsync(instance.InstanceId, dedupeStatuses, cancellationToken) is { } status)
            {
                throw new OrchestrationAlreadyExistsException(
                    $"An orchestration with the id '{instance.InstanceId}' exists already, in status {status}.",
                    e
                );
            }

            await StartAsync(instance, cancellationToken);
        }
    }

    public Task SendTaskOrchestrationMessageAsync(TaskMessage message) => SendTaskOrchestrationMessageBatchAsync(message);

    public Task SendTaskOrchestrationMessageBatchAsync(params TaskMessage[] messages) => SendAsync(messages, CancellationToken.None);

    /// <summary>Sends messages. When this returns they are durable; those to instances that do not exist or have ended are
    /// dropped.</summary>
    public async Task SendAsync(IReadOnlyList<TaskMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var outgoing = new List<OutgoingMessage>(messages.Count);
        foreach (var message in messages)
        {
            var instanceId = message.OrchestrationInstance.InstanceId;
            if (
                message.Event is ExecutionTerminatedEvent terminated
                && await TerminatePendingAsync(instanceId, terminated.Input, cancellationToken)
            )
            {
                continue;
            }

            if (_hub.Find(instanceId) is { } starting)
            {
                await starting.Started.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // its row may not exist yet
                cancellationToken.ThrowIfCancellationRequested();
            }

            outgoing.Add(new OutgoingMessage(instanceId, message.OrchestrationInstance.ExecutionId, message.Event));
        }

        if (outgoing.Count == 0)
        {
            return;
        }

        var isElsewhere = false;
        try
        {
            foreach (var stored in await _instances.SendAsync(outgoing, _hub.NotificationsFor(outgoing, null), cancellationToken))
            {
                isElsewhere |= !_hub.Deliver(stored);
            }
        }
        catch (NpgsqlException)
        {
            _hub.Claims.CheckSoon(); // they may be stored nevertheless, for instances in this process
            throw;
        }

        if (isElsewhere)
        {
            _hub.Claims.Now();
        }
    }

    public Task ForceTerminateTaskOrchestrationAsync(string instanceId, string reason) =>
        SendTaskOrchestrationMessageAsync(
            new TaskMessage
            {
                OrchestrationInstance = new OrchestrationInstance { InstanceId = instanceId },
                Event = new ExecutionTerminatedEvent(-1, reason),
            }
        );

    /// <summary>
    /// Continues a failed instance from before its failure: what failed runs again, also in its sub-orchestrations; what succeeded keeps its
    /// result. An instance that was ended because it could not be continued is tried again.
    /// </summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="reason">Is stored in the history; may be <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the wait for PostgreSQL.</param>
    /// <exception cref="ArgumentException">There is no such instance.</exception>
    /// <exception cref="InvalidOperationException">It has not failed.</exception>
    public async Task RewindTaskOrchestrationAsync(string instanceId, string? reason, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var rewind = new OutgoingMessage(instanceId, null, new ExecutionRewoundEvent(-1, reason));
        if (!await _instances.RewindAsync(rewind, cancellationToken))
        {
            throw await GetStateAsync(instanceId, withPayloads: false, cancellationToken) is { } state
                ? new InvalidOperationException(
                    $"Only a failed orchestration can be rewound; instance '{instanceId}' is {state.OrchestrationStatus}."
                )
                : new ArgumentException($"There is no orchestration with the id '{instanceId}'.", nameof(instanceId));
        }

        _hub.Claims.Now();
    }

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

    public async Task<IList<OrchestrationState>> GetOrchestrationStateAsync(string instanceId, bool allExecutions) =>
        await GetStateAsync(instanceId, withPayloads: true, CancellationToken.None) is { } state ? [state] : [];

    public async Task<OrchestrationState> GetOrchestrationStateAsync(string instanceId, string? executionId)
    {
        var state = await GetStateAsync(instanceId, withPayloads: true, CancellationToken.None);
        return string.IsNullOrEmpty(executionId) || state?.OrchestrationInstance.ExecutionId == executionId ? state! : null!; // Core's interface is not annotated
    }

    /// <summary>The instance's current state; <see langword="null"/> if there is none.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="withPayloads">True to read input and output too.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public Task<OrchestrationState?> GetStateAsync(string instanceId, bool withPayloads, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return _instances.FindAsync(instanceId, withPayloads, cancellationToken);
    }

    /// <summary>The history as JSON, as other providers of DurableTask.Core write it.</summary>
    public async Task<string> GetOrchestrationHistoryAsync(string instanceId, string executionId) =>
        JsonDataConverter.Default.Serialize(await GetHistoryAsync(instanceId, CancellationToken.None));

    /// <summary>The history of the instance's current generation, oldest first; empty if there is no such instance.</summary>
    public async Task<IReadOnlyList<HistoryEvent>> GetHistoryAsync(string instanceId, CancellationToken cancellationToken) =>
        await _instances.LoadHistoryAsync(instanceId, cancellationToken);

    public Task<OrchestrationQueryResult> GetOrchestrationWithQueryAsync(OrchestrationQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _instances.ListAsync(query, cancellationToken);
    }

    /// <summary>Deletes finished instances that were created (or, for another filter type, last updated or completed) before a
    /// time.</summary>
    public Task PurgeOrchestrationHistoryAsync(DateTime thresholdDateTimeUtc, OrchestrationStateTimeRangeFilterType timeRangeFilterType) =>
        timeRangeFilterType == OrchestrationStateTimeRangeFilterType.OrchestrationCreatedTimeFilter
            ? _instances.PurgeAsync(null, thresholdDateTimeUtc, null, null, CancellationToken.None)
            : throw new NotSupportedException(
                $"Purging by {timeRangeFilterType} is not supported; use {OrchestrationStateTimeRangeFilterType.OrchestrationCreatedTimeFilter}."
            );

    public async Task<PurgeResult> PurgeInstanceStateAsync(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return new PurgeResult(await _instances.PurgeAsync(instanceId, CancellationToken.None) ? 1 : 0);
    }

    public async Task<PurgeResult> PurgeInstanceStateAsync(PurgeInstanceFilter purgeInstanceFilter)
    {
        ArgumentNullException.ThrowIfNull(purgeInstanceFilter);
        var (count, isComplete) = await _instances.PurgeAsync(
            purgeInstanceFilter.CreatedTimeFrom == default ? null : purgeInstanceFilter.CreatedTimeFrom,
            purgeInstanceFilter.CreatedTimeTo,
            purgeInstanceFilter.RuntimeStatus?.ToArray(),
            purgeInstanceFilter.Timeout,
            CancellationToken.None
        );
        return new PurgeResult(count, isComplete);
    }

    /// <summary>Counts the unfinished work of the hub, for scaling decisions.</summary>
    public Task<TaskHubBacklog> CountBacklogAsync(CancellationToken cancellationToken) => _instances.CountBacklogAsync(cancellationToken);

    private async Task StartAsync(NewInstance instance, CancellationToken cancellationToken)
    {
        if (_worker.IsRunning && !(instance.StartAt > _hub.Now))
        {
            await _hub.StartAsync(instance, cancellationToken);
            return;
        }

        await _instances.InsertPendingAsync(instance, cancellationToken);
        _hub.Claims.At(instance.StartAt);
    }

    private async Task<bool> TerminatePendingAsync(string instanceId, string? reason, CancellationToken cancellationToken)
    {
        if (_hub.Find(instanceId) is not null || !await _instances.TerminatePendingAsync(instanceId, reason, cancellationToken))
        {
            return false;
        }

        _waiters.Ended(instanceId);
        await _store.NotifyAsync(HubNotification.Completed(instanceId), cancellationToken);
        return true;
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
                var (isSettled, state) = await LookAsync(instanceId, isDone, cancellationToken);
                if (isSettled)
                {
                    return state;
                }
            }
            catch (NpgsqlException e) when (e.IsTemporary())
            {
                await Task.Delay(LookAgainAfter / 10, _options.Time, cancellationToken); // the hub's own loops log the outage
            }
        }
    }

    /// <returns>False when it is time to look again.</returns>
    private async Task<(bool IsSettled, OrchestrationState? State)> LookAsync(
        string instanceId,
        Func<OrchestrationState, bool> isDone,
        CancellationToken cancellationToken
    )
    {
        var signal = _waiters.SignalFor(instanceId);
        _worker.Listen();
        try
        {
            var state = await _instances.FindAsync(instanceId, withPayloads: true, cancellationToken);
            if (state is null || isDone(state))
            {
                _waiters.Ended(instanceId);
                return (true, state);
            }

            if (_hub.Find(instanceId) is null)
            {
                await _store.NotifyAsync(HubNotification.Watch(instanceId), cancellationToken);
                await Task.WhenAny(signal, Task.Delay(LookAgainAfter, _options.Time, cancellationToken));
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
