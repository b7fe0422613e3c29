using DurableTask.Core;
using DurableTask.Core.History;
using Quorum.DurableTask.PostgreSql.History;
using Quorum.DurableTask.PostgreSql.Store;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>
/// The history of an instance in this worker's memory, with what is not written yet, and the commits that write it. Used under the
/// session's lock.
/// </summary>
internal sealed class SessionJournal(SessionHub hub, OrchestrationSession session, Mailbox mailbox)
{
    private readonly List<HistoryEvent> _history = [];
    private readonly List<HistoryEvent> _uncommitted = [];
    private NewInstance? _insert;
    private int _sequence;
    private int _generation;
    private string _committedStatus = nameof(OrchestrationStatus.Pending);
    private string? _committedCustomStatus;

    /// <summary>The id of the current generation.</summary>
    public required string ExecutionId { get; set; }

    /// <summary>The history of the current generation.</summary>
    public List<HistoryEvent> History => _history;

    /// <summary>True if the row is stored, or a commit that inserts it is under way.</summary>
    public bool IsInserted => _insert is null;

    /// <summary>The commit of the start without a turn; <see langword="null"/> if there is none.</summary>
    public SessionCommit? Start { get; private set; }

    /// <summary>True if results or consumed messages wait to be written.</summary>
    public bool HasUnwritten => _uncommitted.Count > 0 || mailbox.HasConsumed;

    /// <summary>Begins with an instance whose row is not stored.</summary>
    public void BeginWith(NewInstance insert) => _insert = insert;

    /// <summary>Begins with an instance whose row and start are stored.</summary>
    public void BeginStored() => _sequence = 1;

    /// <summary>Continues what is stored.</summary>
    /// <param name="claimed">The row.</param>
    /// <param name="history">Its history, as it is replayed.</param>
    public void Restore(ClaimedInstance claimed, IReadOnlyList<HistoryEvent> history)
    {
        _generation = claimed.Generation;
        _sequence = claimed.Stored.Count;
        _committedStatus = claimed.Status;
        _committedCustomStatus = claimed.CustomStatus;
        _history.AddRange(history);
    }

    /// <summary>Adds a turn.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="continued">True if the instance continues as new, under the current <see cref="ExecutionId"/>.</param>
    /// <returns>Its commit; <see langword="null"/> if it changes nothing that others can see, so that it may be written later.</returns>
    public SessionCommit? AddTurn(Turn turn, bool continued)
    {
        var heldGeneration = _generation;
        if (continued)
        {
            _generation++;
            _sequence = 0;
            _uncommitted.Clear();
            _history.Clear();
        }

        AddEvents(turn.State.NewEvents);
        var record = turn.Record;
        var status = record.OrchestrationStatus.ToString();
        var changesRow =
            continued || record.OrchestrationStatus.HasEnded() || status != _committedStatus || record.Status != _committedCustomStatus;
        if (IsInserted && !changesRow && turn.Activities.Count + turn.Messages.Count + turn.Timers.Count == 0)
        {
            return null;
        }

        _committedStatus = status;
        _committedCustomStatus = record.Status;
        return CommitOf(turn, heldGeneration, changesRow);
    }

    /// <summary>The commit of what is not written.</summary>
    public SessionCommit Flush() => Commit(update: null, _generation);

    /// <summary>The commit with which the instance leaves memory.</summary>
    /// <param name="wakeAt">When it must be claimed again; <see langword="null"/> to wait for a message.</param>
    public SessionCommit Release(DateTime? wakeAt) => Commit(Released(wakeAt), _generation);

    /// <summary>The commit with which the instance leaves memory, for another process to claim it at once.</summary>
    public SessionCommit HandOver() =>
        Commit(Released(DateTime.UnixEpoch), _generation, notifications: [HubNotification.Message(session.InstanceId)]);

    /// <summary>The commit of the start without a turn.</summary>
    /// <returns><see langword="null"/> if the start is written, or being written.</returns>
    public SessionCommit? StoreStart()
    {
        if (_insert is not { } insert)
        {
            return null;
        }

        _insert = null;
        _sequence = 1;
        return Start = new SessionCommit(session)
        {
            InstanceId = session.InstanceId,
            Incarnation = session.Incarnation,
            Fence = session.Fence,
            HeldGeneration = 0,
            Generation = 0,
            Sequence = 0,
            Events = HistoryEventWriter.WriteAll([insert.Start]),
            Insert = insert,
            IsStart = true,
        };
    }

    private SessionCommit CommitOf(Turn turn, int heldGeneration, bool changesRow)
    {
        var record = turn.Record;
        var hasEnded = record.OrchestrationStatus.HasEnded();
        var completed = turn.State.ExecutionCompletedEvent;
        var completedAt = hasEnded ? completed?.Timestamp ?? record.LastUpdatedTime : (DateTime?)null;
        var failure = hasEnded && record.FailureDetails is { } details ? FailureCodec.Write(details) : null;
        var insert = _insert is null
            ? null
            : _insert with
            {
                Status = record.OrchestrationStatus.ToString(),
                Generation = _generation,
                ExecutionId = ExecutionId,
                UpdatedAt = record.LastUpdatedTime,
                CompletedAt = completedAt,
                Input = record.Input,
                Output = completed?.Result,
                CustomStatus = record.Status,
                Failure = failure,
            };
        var update =
            insert is not null || !changesRow
                ? null
                : new InstanceUpdate
                {
                    ExecutionId = ExecutionId,
                    Status = record.OrchestrationStatus.ToString(),
                    UpdatedAt = record.LastUpdatedTime,
                    CompletedAt = completedAt,
                    Input = heldGeneration == _generation ? null : record.Input,
                    Output = completed?.Result,
                    CustomStatus = record.Status,
                    Failure = failure,
                };
        _insert = null;
        return Commit(update, heldGeneration, insert, turn);
    }

    private InstanceUpdate Released(DateTime? wakeAt) =>
        new()
        {
            ExecutionId = ExecutionId,
            Status = _committedStatus,
            UpdatedAt = hub.Now,
            CustomStatus = _committedCustomStatus,
            WakeAt = wakeAt,
            Keep = false,
        };

    private SessionCommit Commit(
        InstanceUpdate? update,
        int heldGeneration,
        NewInstance? insert = null,
        Turn? turn = null,
        IReadOnlyList<string>? notifications = null
    )
    {
        var (messages, children) = turn is null ? default : hub.Outgoing(turn.Messages);
        var completion = turn is not null && turn.Record.OrchestrationStatus.HasEnded() ? turn.Record : null;
        var activities = turn?.Activities ?? [];
        var timers = turn?.Timers ?? [];
        var commit = new SessionCommit(session)
        {
            InstanceId = session.InstanceId,
            Incarnation = session.Incarnation,
            Fence = session.Fence,
            HeldGeneration = heldGeneration,
            Generation = _generation,
            Sequence = _sequence,
            Events = _uncommitted.Count == 0 ? [] : HistoryEventWriter.WriteAll(_uncommitted, InputsOf(activities)),
            Insert = insert,
            Update = update,
            Children = children ?? [],
            ConsumedMessages = mailbox.TakeConsumed(),
            Messages = messages ?? [],
            Notifications =
                notifications
                ?? hub.Messages.NotificationsFor(
                    messages ?? [],
                    completion is not null && session.IsWatched ? session.InstanceId : null,
                    children
                ),
            Activities = activities as IReadOnlyList<TaskMessage> ?? [.. activities],
            Timers = timers as IReadOnlyList<TaskMessage> ?? [.. timers],
            Completion = completion,
            MessagesElsewhere = hub.Messages.SentElsewhere,
            IsRelease = update is { Keep: false },
            IsRewind = heldGeneration != _generation && turn?.State.NewEvents.Any(e => e is ExecutionRewoundEvent) is true,
            IsFirstTurn = insert is not null,
            MayWait =
                insert is null
                && activities.Count + timers.Count == 0
                && messages is not { Count: > 0 }
                && children is not { Count: > 0 }
                && !session.IsAwaited
                && update is null or { Keep: true },
        };
        _sequence += _uncommitted.Count;
        _uncommitted.Clear();
        return commit;
    }

    private void AddEvents(IList<HistoryEvent> newEvents)
    {
        var any = false;
        foreach (var historyEvent in newEvents)
        {
            any |= historyEvent is not (OrchestratorStartedEvent or OrchestratorCompletedEvent);
        }

        if (!any)
        {
            return;
        }

        foreach (var historyEvent in newEvents)
        {
            if (historyEvent is not OrchestratorCompletedEvent)
            {
                _history.Add(historyEvent);
                _uncommitted.Add(historyEvent);
            }
        }
    }

    private Dictionary<int, string?>? InputsOf(IList<TaskMessage> activities)
    {
        Dictionary<int, string?>? inputs = null;
        foreach (var activity in activities)
        {
            if (activity.Event is TaskScheduledEvent scheduled && activity.OrchestrationInstance.ExecutionId == ExecutionId)
            {
                (inputs ??= new Dictionary<int, string?>(activities.Count)).Add(scheduled.EventId, scheduled.Input);
            }
        }

        return inputs;
    }
}

/// <summary>The results of one turn, as the orchestration dispatcher gives them.</summary>
internal sealed record Turn(
    OrchestrationRuntimeState State,
    IList<TaskMessage> Activities,
    IList<TaskMessage> Messages,
    IList<TaskMessage> Timers,
    OrchestrationState Record
);
