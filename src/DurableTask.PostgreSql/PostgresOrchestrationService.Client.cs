using DurableTask.Core;
using DurableTask.Core.Exceptions;
using DurableTask.Core.History;
using Npgsql;
using Quorum.DurableTask.PostgreSql.Sessions;
using Quorum.DurableTask.PostgreSql.Store;

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

    /// <summary>True if a caller may give a new instance this id: 1 to 100 characters, no control characters, no surrogates.</summary>
    public static bool IsInstanceId(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is > 0 and <= MaxInstanceIdLength && !text.Any(c => char.IsControl(c) || char.IsSurrogate(c));
    }

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

        try
        {
            var notifications = _hub.Messages.NotificationsFor(outgoing, null);
            _hub.Messages.Deliver(await _instances.SendAsync(outgoing, notifications, cancellationToken), notifications);
        }
        catch (NpgsqlException)
        {
            _hub.Claims.CheckSoon(); // they may be stored nevertheless, for instances in this process
            throw;
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
}
