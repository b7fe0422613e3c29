using System.Collections.Concurrent;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.DurableTask.History;
using Quorum.StandaloneHost.DurableTask.Hub;
using Quorum.StandaloneHost.DurableTask.Instances;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>The instances in this worker's memory, and what connects them with each other, with PostgreSQL and with the other workers.</summary>
internal sealed partial class OrchestrationHub(
    TaskRegistry registry,
    PayloadSerializer serializer,
    TaskHubStore store,
    TurnWriter writer,
    ActivityDispatcher activities,
    PostgresOutage outage,
    WakeSignal claimDue,
    string workerId,
    TimeProvider time,
    ILoggerFactory loggerFactory)
{
    private readonly ConcurrentDictionary<string, OrchestrationInstance> _resident = new(StringComparer.Ordinal);
    private readonly ILogger _logger = loggerFactory.CreateLogger<OrchestrationHub>();

    public PayloadSerializer Serializer => serializer;

    public ILoggerFactory LoggerFactory => loggerFactory;

    public DateTimeOffset Now => time.GetUtcNow();

    public IReadOnlyCollection<OrchestrationInstance> Resident => (IReadOnlyCollection<OrchestrationInstance>)_resident.Values;

    public int ResidentCount => _resident.Count;

    public OrchestrationInstance? Find(string instanceId) => _resident.GetValueOrDefault(instanceId);

    /// <summary>Starts an instance in this worker. Completes when its first turn is durable.</summary>
    /// <exception cref="OrchestrationAlreadyExistsException">The id is taken.</exception>
    /// <exception cref="TaskHubBusyException">Too many starts wait for PostgreSQL.</exception>
    public async Task StartAsync(NewInstance insert, CancellationToken cancellationToken)
    {
        if (writer.IsFull)
        {
            throw new TaskHubBusyException("Too many orchestrations wait for PostgreSQL to take their start (TaskHub:MaxWaitingStarts); this one is not started.");
        }

        var instance = OrchestrationInstance.Create(this, insert with { Owner = workerId });
        if (!_resident.TryAdd(insert.InstanceId, instance))
        {
            throw AlreadyExists(insert.InstanceId);
        }

        instance.Begin();
        try
        {
            await instance.Started.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            instance.Abandon();
            throw;
        }
    }

    /// <summary>Takes instances over from the store.</summary>
    public void Recover(IEnumerable<ClaimedInstance> claimed)
    {
        foreach (var one in claimed)
        {
            if (one.History is [.., ExecutionCompleted])
            {
                continue; // ended, its row follows
            }

            try
            {
                var instance = OrchestrationInstance.Recover(this, one);
                if (_resident.TryAdd(one.InstanceId, instance))
                {
                    instance.Resume(one);
                }
            }
            catch (Exception e) when (e is InvalidOperationException or FormatException or System.Text.Json.JsonException)
            {
                LogUnreadable(_logger, e, one.InstanceId); // one unreadable history must not keep the others from going on
            }
        }
    }

    public Func<TaskOrchestrationContext, Task<object?>> FindOrchestrator(string name) =>
        registry.FindOrchestrator(name) ?? (_ => throw new InvalidOperationException(
            $"There is no orchestrator '{name}' in this process. It has: {string.Join(", ", registry.Orchestrators.Order())}."));

    public bool HasOrchestrator(string name) => registry.FindOrchestrator(name) is not null;

    public void Submit(TurnCommit commit) => writer.Submit(commit);

    public void StartActivity(OrchestrationInstance instance, TaskScheduled scheduled) => activities.Start(instance, scheduled, instance.Generation);

    public DurableTimer StartTimer(OrchestrationInstance instance, TimerCreated timer, int generation) =>
        new(time, timer.FireAt, firedAt => instance.Post(new TimerFired(firedAt, timer.TaskId), generation));

    public NewInstance NewChild(OrchestrationInstance parent, SubOrchestrationCreated created) => new()
    {
        InstanceId = created.InstanceId,
        Start = new ExecutionStarted(
            created.At,
            created.Name,
            created.Input,
            Version: null,
            parent.TraceContext,
            new ParentCall(parent.InstanceId, parent.Name, created.TaskId, parent.Generation)),
        Status = InstanceStatus.Running,
        Owner = workerId,
    };

    /// <summary>Runs the first turn of an instance that its parent's commit has inserted.</summary>
    public void Begin(NewInstance inserted)
    {
        var instance = OrchestrationInstance.Adopt(this, inserted);
        if (_resident.TryAdd(inserted.InstanceId, instance))
        {
            instance.Begin();
        }
    }

    /// <summary>Messages have been committed: those for instances here are handed over, the others have been announced.</summary>
    public void DeliverMessages(IReadOnlyList<OutgoingMessage> messages)
    {
        var here = messages.Select(message => message.InstanceId).Where(_resident.ContainsKey).Distinct(StringComparer.Ordinal).ToArray();
        if (here.Length < messages.Count)
        {
            claimDue.Set();
        }

        if (here.Length > 0)
        {
            _ = DeliverInboxAsync(here);
        }
    }

    /// <summary>Hands the inboxes of these instances to those that are here.</summary>
    public async Task DeliverInboxAsync(string[] instanceIds)
    {
        try
        {
            foreach (var message in await store.LoadInboxAsync(instanceIds, CancellationToken.None))
            {
                Deliver(message);
            }
        }
        catch (Npgsql.NpgsqlException e)
        {
            outage.Failed(HubPart.Sweep, e); // the sweep reads it again
        }
    }

    /// <returns>False when the instance is not here.</returns>
    public bool Deliver(InboxMessage message)
    {
        if (Find(message.InstanceId) is not { } instance)
        {
            return false;
        }

        instance.Post(message);
        return true;
    }

    /// <summary>What other processes must hear when a turn commits.</summary>
    public IReadOnlyList<string> NotificationsFor(List<OutgoingMessage>? messages, string? watchedEnd)
    {
        List<string>? texts = null;
        foreach (var message in messages ?? [])
        {
            if (!_resident.ContainsKey(message.InstanceId))
            {
                (texts ??= []).Add(HubNotification.Message(message.InstanceId));
            }
        }

        if (watchedEnd is not null)
        {
            (texts ??= []).Add(HubNotification.Completed(watchedEnd));
        }

        return texts ?? (IReadOnlyList<string>)[];
    }

    /// <summary>A message was sent to an instance that is not here: claims it if nobody holds it, and tells who does.</summary>
    public async Task ClaimOrAnnounceAsync(string instanceId, bool announced, CancellationToken cancellationToken)
    {
        if (!announced)
        {
            await store.NotifyAsync(HubNotification.Message(instanceId), cancellationToken);
        }

        claimDue.Set();
    }

    /// <summary>Asks whichever process has the instance to tell when it ends.</summary>
    public Task WatchAsync(string instanceId, CancellationToken cancellationToken) =>
        store.NotifyAsync(HubNotification.Watch(instanceId), cancellationToken);

    /// <summary>Looks for instances to claim when the time has come.</summary>
    public void ClaimAt(DateTimeOffset due)
    {
        var wait = due - time.GetUtcNow();
        if (wait < TimeSpan.FromDays(1))
        {
            // Later ones are found by the sweep. The timer keeps itself alive until it has fired.
            ITimer? timer = null;
            timer = time.CreateTimer(
                _ =>
                {
                    timer?.Dispose();
                    claimDue.Set();
                },
                null,
                wait > TimeSpan.Zero ? wait + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero,
                Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Somebody elsewhere began to wait for the instance's end while it was being written.</summary>
    public void AnnounceEnd(string instanceId) => _ = AnnounceEndAsync(instanceId);

    public void Forget(OrchestrationInstance instance) =>
        _resident.TryRemove(new KeyValuePair<string, OrchestrationInstance>(instance.InstanceId, instance));

    /// <summary>Another process has written to an instance that was here. If the store still calls it ours, it is read again.</summary>
    public void HandOver(string instanceId) => _ = HandOverAsync(instanceId);

    /// <summary>A turn cannot be written, now or later: the instance ends as failed.</summary>
    public void Fail(string instanceId, Exception exception) => _ = FailAsync(instanceId, exception);

    public static OrchestrationAlreadyExistsException AlreadyExists(string instanceId) =>
        new($"An orchestration with the id '{instanceId}' exists already.");

    private async Task HandOverAsync(string instanceId)
    {
        try
        {
            if (await store.ReloadAsync(instanceId, CancellationToken.None) is { } claimed)
            {
                Recover([claimed]);
            }
        }
        catch (Npgsql.NpgsqlException e)
        {
            outage.Failed(HubPart.Sweep, e);
        }
    }

    private async Task AnnounceEndAsync(string instanceId)
    {
        try
        {
            await store.NotifyAsync(HubNotification.Completed(instanceId), CancellationToken.None);
        }
        catch (Npgsql.NpgsqlException e)
        {
            outage.Failed(HubPart.Sweep, e); // the waiter looks again by itself
        }
    }

    private async Task FailAsync(string instanceId, Exception exception)
    {
        try
        {
            await store.FailAsync(instanceId, TaskFailureDetails.FromException(exception), CancellationToken.None);
        }
        catch (Npgsql.NpgsqlException e)
        {
            outage.Failed(HubPart.Sweep, e); // the sweep finds it again, and so does its failure
        }
    }

    [LoggerMessage(2301, LogLevel.Error, "Instance {InstanceId} cannot be taken over: its history is not readable")]
    private static partial void LogUnreadable(ILogger logger, Exception exception, string instanceId);
}
