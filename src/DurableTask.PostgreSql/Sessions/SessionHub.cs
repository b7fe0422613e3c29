using System.Collections.Concurrent;
using System.Threading.Channels;
using DurableTask.Core;
using DurableTask.Core.Exceptions;
using DurableTask.Core.History;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quorum.DurableTask.PostgreSql.Store;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>The instances in this worker's memory, connected with each other, with PostgreSQL and with the other workers.</summary>
internal sealed partial class SessionHub
{
    /// <summary>Longest wait of a start for its first turn before it is stored without one.</summary>
    public static readonly TimeSpan StartDelay = TimeSpan.FromMilliseconds(250);

    private readonly WorkerStore _store;
    private readonly PostgresOutage _outage;
    private readonly WakeSignal _claimDue;
    private readonly ILogger _logger;
    private readonly InstanceReloader _reloader;
    private readonly ConcurrentDictionary<string, OrchestrationSession> _resident = new(StringComparer.Ordinal);
    private readonly Channel<OrchestrationSession> _ready = Channel.CreateUnbounded<OrchestrationSession>();
    private int _checkIsDue;
    private int _messagesElsewhere;

    public SessionHub(
        PostgresOrchestrationOptions options,
        WorkerStore store,
        TurnWriter writer,
        ActivityQueue activities,
        PostgresOutage outage,
        WakeSignal claimDue,
        ILogger logger
    )
    {
        Options = options;
        Writer = writer;
        Activities = activities;
        _store = store;
        _outage = outage;
        _claimDue = claimDue;
        _logger = logger;
        _reloader = new InstanceReloader(this, store, outage);
    }

    public PostgresOrchestrationOptions Options { get; }

    public TurnWriter Writer { get; }

    public ActivityQueue Activities { get; }

    /// <summary>True while the worker stops: held results are written at once.</summary>
    public bool IsStopping { get; set; }

    public DateTime Now => Options.Time.GetUtcNow().UtcDateTime;

    public ICollection<OrchestrationSession> Resident => _resident.Values;

    public int ResidentCount => _resident.Count;

    public OrchestrationSession? Find(string instanceId) => _resident.GetValueOrDefault(instanceId);

    /// <summary>The number of messages so far whose instance was not here.</summary>
    public int MessagesElsewhere => Volatile.Read(ref _messagesElsewhere);

    /// <summary>Finds the receiver of a message that is stored. If it is not here, it may be a child that its parent's commit has inserted
    /// and that begins only now: <see cref="Begin"/> sees the number then.</summary>
    public OrchestrationSession? FindReceiver(string instanceId)
    {
        if (Find(instanceId) is { } session)
        {
            return session;
        }

        Interlocked.Increment(ref _messagesElsewhere);
        return Find(instanceId);
    }

    /// <summary>A new incarnation, different from any earlier one.</summary>
    public static long NewIncarnation() => Random.Shared.NextInt64(1, long.MaxValue);

    /// <summary>Starts an instance in this worker. Completes when the start is durable.</summary>
    /// <exception cref="OrchestrationAlreadyExistsException">The id is taken.</exception>
    /// <exception cref="TaskHubBusyException">Too many starts wait for PostgreSQL.</exception>
    public async Task StartAsync(NewInstance insert, CancellationToken cancellationToken)
    {
        if (Writer.IsFull)
        {
            throw new TaskHubBusyException(
                $"The orchestration was not started: {Writer.WaitingStarts} starts wait for PostgreSQL, at most {Options.MaxWaitingStarts} may "
                    + $"({nameof(Options.MaxWaitingStarts)}). Try again later."
            );
        }

        var session = OrchestrationSession.Create(this, insert with { Owner = _store.WorkerId });
        Writer.ExpectStart();
        if (!_resident.TryAdd(insert.InstanceId, session))
        {
            Writer.ForgetStart();
            throw new OrchestrationAlreadyExistsException($"An orchestration with the id '{insert.InstanceId}' exists already.");
        }

        session.Begin();
        try
        {
            await session.Started.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            session.Abandon();
            throw;
        }
    }

    /// <summary>Continues instances that this worker has claimed. A session of an earlier claim is dropped.</summary>
    public void Recover(IEnumerable<ClaimedInstance> claimed)
    {
        var recovered = new List<string>();
        foreach (var instance in claimed)
        {
            if (Find(instance.InstanceId) is { } stale && (stale.Incarnation, stale.Fence) != (instance.Incarnation, instance.Fence))
            {
                if (stale.Incarnation == instance.Incarnation && stale.Fence > instance.Fence)
                {
                    continue; // it is of a later claim, whose answer arrived first
                }

                stale.Replaced(instance.Incarnation);
            }

            try
            {
                var session = OrchestrationSession.Recover(this, instance);
                if (_resident.TryAdd(instance.InstanceId, session))
                {
                    session.Resume();
                    recovered.Add(instance.InstanceId);
                }
            }
#pragma warning disable CA1031 // whatever one instance's data cause, the others are recovered
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogUnreadable(_logger, e, instance.InstanceId);
                Find(instance.InstanceId)?.Drop();
                Fail(instance.InstanceId, instance.Incarnation, instance.Fence, e);
            }
        }

        if (recovered.Count > 0)
        {
            _ = DeliverInboxAsync([.. recovered]); // a message stored after the claim and before now has found no session
        }
    }

    /// <summary>Drops the sessions that this worker no longer owns.</summary>
    /// <param name="own">The instances that this worker owns in the database.</param>
    /// <param name="insertedBefore">Sessions whose row was inserted before the query.</param>
    public static void DropAllBut(
        Dictionary<string, (long Incarnation, long Fence)> own,
        IReadOnlyCollection<OrchestrationSession> insertedBefore
    )
    {
        foreach (var session in insertedBefore)
        {
            if (!own.TryGetValue(session.InstanceId, out var held) || held != (session.Incarnation, session.Fence))
            {
                session.Drop();
            }
        }
    }

    /// <summary>Hands a session to the dispatcher.</summary>
    public void Schedule(OrchestrationSession session) => _ready.Writer.TryWrite(session);

    /// <summary>The next turn for the dispatcher.</summary>
    public async Task<TaskOrchestrationWorkItem> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var session = await _ready.Reader.ReadAsync(cancellationToken);
            if (session.Take() is { } item)
            {
                return item;
            }
        }
    }

    /// <summary>Sorts the messages of a turn into those to instances and the instances that it starts.</summary>
    public (IReadOnlyList<OutgoingMessage>? Messages, IReadOnlyList<NewInstance>? Children) Outgoing(IList<TaskMessage> messages)
    {
        List<OutgoingMessage>? outgoing = null;
        List<NewInstance>? children = null;
        foreach (var message in messages)
        {
            if (message.Event is ExecutionStartedEvent start)
            {
                (children ??= []).Add(NewInstanceOf(start) with { Owner = _store.WorkerId });
            }
            else
            {
                (outgoing ??= []).Add(
                    new OutgoingMessage(message.OrchestrationInstance.InstanceId, message.OrchestrationInstance.ExecutionId, message.Event)
                );
            }
        }

        return (outgoing, children);
    }

    /// <summary>The row of an instance that begins with this start.</summary>
    public static NewInstance NewInstanceOf(ExecutionStartedEvent start) =>
        new()
        {
            InstanceId = start.OrchestrationInstance.InstanceId,
            Incarnation = NewIncarnation(),
            Start = start,
            Status = nameof(OrchestrationStatus.Pending),
            CreatedAt = start.Timestamp,
            StartAt = start.ScheduledStartTime is { } startAt ? Utc(startAt) : null,
            Input = start.Input,
        };

    /// <summary>Begins the instances whose rows their parent's commit has inserted.</summary>
    /// <param name="inserted">The instances.</param>
    /// <param name="messagesElsewhere"><see cref="MessagesElsewhere"/> before the commit.</param>
    public void Begin(IReadOnlyList<NewInstance> inserted, int messagesElsewhere)
    {
        foreach (var child in inserted)
        {
            var session = OrchestrationSession.Adopt(this, child);
            if (_resident.TryAdd(child.InstanceId, session))
            {
                session.Begin();
            }
        }

        if (messagesElsewhere != MessagesElsewhere)
        {
            _ = DeliverInboxAsync([.. inserted.Select(child => child.InstanceId)]); // a message may have come between the commit and now
        }
    }

    /// <summary>Hands committed messages to the instances of this process; the others have been notified.</summary>
    public void Deliver(TurnCommit commit)
    {
        if (commit.Messages.Count == 0)
        {
            return;
        }

        var isElsewhere = false;
        foreach (var message in commit.StoredMessages)
        {
            isElsewhere |= !Deliver(message);
        }

        if (isElsewhere)
        {
            _claimDue.Set();
        }

        if (commit.StoredMessages.Count < commit.Messages.Count && commit.MayBeCommitted)
        {
            _ = DeliverInboxAsync([
                .. commit.Messages.Select(message => message.InstanceId).Where(_resident.ContainsKey).Distinct(StringComparer.Ordinal),
            ]);
        }
    }

    /// <returns>False if the instance is not here.</returns>
    public bool Deliver(StoredMessage message)
    {
        if (FindReceiver(message.InstanceId) is not { } session)
        {
            return false;
        }

        session.Post(message);
        return true;
    }

    /// <summary>Reads the inboxes of these instances for those that are here.</summary>
    public async Task DeliverInboxAsync(string[] instanceIds)
    {
        try
        {
            foreach (var message in await _store.LoadInboxAsync(instanceIds, CancellationToken.None))
            {
                Deliver(message);
            }
        }
        catch (NpgsqlException e)
        {
            _outage.Failed(HubPart.Sweep, e);
            CheckSoon();
        }
    }

    /// <summary>The notifications of a turn for other processes.</summary>
    public IReadOnlyList<string> NotificationsFor(IReadOnlyList<OutgoingMessage> messages, string? watchedEnd)
    {
        List<string>? texts = null;
        foreach (var message in messages)
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

    /// <summary>Makes this worker compare its memory with what is stored, with its next sweep: a notification may have been lost.</summary>
    public void CheckSoon() => Volatile.Write(ref _checkIsDue, 1);

    /// <summary>True once after <see cref="CheckSoon"/>.</summary>
    public bool TakeCheck() => Interlocked.Exchange(ref _checkIsDue, 0) == 1;

    /// <summary>Makes this worker look for claimable instances now.</summary>
    public void ClaimNow() => _claimDue.Set();

    /// <summary>Makes this worker look for claimable instances at a time; <see langword="null"/> for none.</summary>
    public void ClaimAt(DateTime? due)
    {
        if (due is not { } time || time - Now is var wait && wait > TimeSpan.FromDays(1))
        {
            return; // the sweep finds it
        }

        // The timer keeps itself alive until it has fired.
        ITimer? timer = null;
        timer = Options.Time.CreateTimer(
            _ =>
            {
                timer?.Dispose();
                _claimDue.Set();
            },
            null,
            wait > TimeSpan.Zero ? wait + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero,
            Timeout.InfiniteTimeSpan
        );
    }

    public void Forget(OrchestrationSession session) =>
        _resident.TryRemove(new KeyValuePair<string, OrchestrationSession>(session.InstanceId, session));

    /// <summary>Reads an instance again if this worker owns it in the database.</summary>
    public void Reload(string instanceId) => _reloader.Reload(instanceId);

    /// <summary>Logs that instances could not be read again.</summary>
    public void ReloadFailed(Exception exception) => LogNotReloaded(_logger, exception);

    /// <summary>Continues an instance from what is stored: the effects of a committed turn could not begin.</summary>
    public void EffectsFailed(OrchestrationSession session, Exception exception)
    {
        LogEffectsFailed(_logger, exception, session.InstanceId);
        session.Unknown(exception);
        CheckSoon(); // its children may not have begun
    }

    /// <summary>Ends an instance that cannot continue as failed.</summary>
    public void Fail(string instanceId, long incarnation, long fence, Exception exception) =>
        _ = FailAsync(instanceId, incarnation, fence, exception);

    /// <summary>Notifies the other processes that an instance has ended.</summary>
    public void AnnounceEnd(string instanceId) => _ = NotifyAsync(HubNotification.Completed(instanceId));

    private static DateTime Utc(DateTime time) =>
        time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);

    private async Task NotifyAsync(string notification)
    {
        try
        {
            await _store.NotifyAsync(notification, CancellationToken.None);
        }
        catch (NpgsqlException e)
        {
            _outage.Failed(HubPart.Sweep, e); // the waiting process reads the state again by itself
        }
    }

    private async Task FailAsync(string instanceId, long incarnation, long fence, Exception exception)
    {
        try
        {
            if (await _store.FailAsync(instanceId, incarnation, fence, new FailureDetails(exception), CancellationToken.None) is { } parent)
            {
                await DeliverInboxAsync([parent]);
            }
        }
        catch (NpgsqlException e)
        {
            _outage.Failed(HubPart.Sweep, e); // the check finds it again, and so does its failure
            CheckSoon();
        }
    }

    [LoggerMessage(2301, LogLevel.Error, "Instance {InstanceId} ends as failed: what is stored of it cannot be read")]
    private static partial void LogUnreadable(ILogger logger, Exception exception, string instanceId);

    [LoggerMessage(
        2305,
        LogLevel.Error,
        "The effects of a turn of instance {InstanceId} failed unexpectedly; it continues from what is stored"
    )]
    private static partial void LogEffectsFailed(ILogger logger, Exception exception, string instanceId);

    [LoggerMessage(2306, LogLevel.Error, "Reading instances again failed unexpectedly; the next check repeats it")]
    private static partial void LogNotReloaded(ILogger logger, Exception exception);
}
