using System.Collections.Concurrent;
using System.Threading.Channels;
using DurableTask.Core;
using DurableTask.Core.Exceptions;
using DurableTask.Core.History;
using Microsoft.Extensions.Logging;
using Quorum.DurableTask.PostgreSql.Store;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>The instances in this worker's memory: their starts, their turns, and what they share.</summary>
internal sealed class SessionHub
{
    /// <summary>Longest wait of a start for its first turn before it is stored without one.</summary>
    public static readonly TimeSpan FirstTurnWait = TimeSpan.FromMilliseconds(250);

    private readonly WorkerStore _store;
    private readonly ConcurrentDictionary<string, OrchestrationSession> _resident = new(StringComparer.Ordinal);
    private readonly Channel<OrchestrationSession> _ready = Channel.CreateUnbounded<OrchestrationSession>();

    public SessionHub(
        PostgresOrchestrationOptions options,
        WorkerStore store,
        TurnWriter writer,
        ActivityQueue activities,
        PostgresOutage outage,
        ClaimSchedule claims,
        ILogger logger
    )
    {
        Options = options;
        Writer = writer;
        Activities = activities;
        Claims = claims;
        _store = store;
        Messages = new SessionMessages(this, store, outage);
        Recovery = new InstanceRecovery(this, store, outage, logger);
    }

    public PostgresOrchestrationOptions Options { get; }

    public TurnWriter Writer { get; }

    public ActivityQueue Activities { get; }

    public ClaimSchedule Claims { get; }

    public SessionMessages Messages { get; }

    public InstanceRecovery Recovery { get; }

    /// <summary>True from the beginning of a stop: other processes begin the instances that are started from now on.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>True while the worker stops: held results are written at once.</summary>
    public bool IsStopping { get; set; }

    public DateTime Now => Options.Time.GetUtcNow().UtcDateTime;

    public ICollection<OrchestrationSession> Resident => _resident.Values;

    public int ResidentCount => _resident.Count;

    public OrchestrationSession? Find(string instanceId) => _resident.GetValueOrDefault(instanceId);

    public bool IsHere(string instanceId) => _resident.ContainsKey(instanceId);

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
        try
        {
            await AddNewAsync(session, cancellationToken);
        }
        catch
        {
            Writer.ForgetStart();
            throw;
        }

        if (IsStopping)
        {
            session.Stopped(); // the stop may have passed the instances in memory already
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

    /// <summary>Adds the session of a start. A start of the same id that its caller has given up does not hold the id: it leaves when its
    /// writer sees it next, unless it was written.</summary>
    private async Task AddNewAsync(OrchestrationSession session, CancellationToken cancellationToken)
    {
        while (!TryAdd(session))
        {
            if (Find(session.InstanceId) is { } other && !await other.IsGivenUpAsync(cancellationToken))
            {
                throw new OrchestrationAlreadyExistsException($"An orchestration with the id '{session.InstanceId}' exists already.");
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
                (children ??= []).Add(NewInstanceOf(start) with { Owner = IsLeaving ? null : _store.WorkerId });
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
    /// <param name="messagesElsewhere"><see cref="SessionMessages.SentElsewhere"/> before the commit.</param>
    public void Begin(IReadOnlyList<NewInstance> inserted, int messagesElsewhere)
    {
        foreach (var child in inserted)
        {
            if (child.Owner is null)
            {
                continue;
            }

            var session = OrchestrationSession.Adopt(this, child);
            if (TryAdd(session))
            {
                session.Begin();
            }
            else
            {
                Claims.CheckSoon(); // an ended instance of this id is about to leave memory
            }
        }

        if (messagesElsewhere != Messages.SentElsewhere)
        {
            _ = Messages.DeliverInboxAsync([.. inserted.Select(child => child.InstanceId)]); // a message may have come between the commit and now
        }
    }

    /// <summary>Adds a session; false if the instance is here already.</summary>
    public bool TryAdd(OrchestrationSession session) => _resident.TryAdd(session.InstanceId, session);

    public void Forget(OrchestrationSession session) =>
        _resident.TryRemove(new KeyValuePair<string, OrchestrationSession>(session.InstanceId, session));

    private static DateTime Utc(DateTime time) =>
        time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);
}
