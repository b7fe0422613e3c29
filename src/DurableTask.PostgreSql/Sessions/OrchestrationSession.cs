using System.Diagnostics;
using DurableTask.Core;
using DurableTask.Core.Exceptions;
using DurableTask.Core.History;
using DurableTask.Core.Tracing;
using Quorum.DurableTask.PostgreSql.History;
using Quorum.DurableTask.PostgreSql.Store;
using Quorum.DurableTask.PostgreSql.Telemetry;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>
/// An instance in this worker's memory. Messages collect while a turn runs; the next turn takes all of them. The effects of a turn
/// (activities, timers, messages, children) begin when it is committed. Between turns the orchestrator stays where it waits; only a
/// takeover replays it.
/// </summary>
internal sealed class OrchestrationSession
{
    private readonly SessionHub _hub;
    private readonly Lock _gate = new();
    private readonly NewInstance? _insert;
    private readonly DistributedTraceContext? _callerTrace;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<OrchestrationState?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SeenMessages _seen = new();
    private readonly List<HistoryEvent> _history = [];
    private readonly List<HistoryEvent> _uncommitted = [];
    private readonly List<long> _taken = [];
    private List<long> _consumed = [];
    private List<Mail> _mail = [];
    private List<Mail> _turn = [];
    private SessionTimers? _timers;
    private SessionWorkItem? _workItem;
    private SessionState _state = SessionState.Loading;
    private Task? _startCommit;
    private int _sequence;
    private int _generation;
    private int _openActivities;
    private int _failedTurns;
    private bool _inserted;
    private string _committedStatus = nameof(OrchestrationStatus.Pending);
    private string? _committedCustomStatus;
    private long _waitingSince = Stopwatch.GetTimestamp();
    private SessionClock _clock;
    private volatile bool _isAbandoned;
    private volatile bool _hasWaiters;

    private OrchestrationSession(
        SessionHub hub,
        string instanceId,
        string executionId,
        long incarnation,
        long fence,
        NewInstance? insert,
        ExecutionStartedEvent start
    )
    {
        _clock = new SessionClock(start.Tags?.ContainsKey(HubMetrics.UnmeasuredTag) is not true);
        _callerTrace = start.ParentTraceContext;
        _hub = hub;
        _insert = insert;
        _inserted = insert is null;
        InstanceId = instanceId;
        ExecutionId = executionId;
        Incarnation = incarnation;
        Fence = fence;
    }

    public string InstanceId { get; }

    public string ExecutionId { get; private set; }

    public long Incarnation { get; }

    public long Fence { get; }

    /// <summary>Completes when the start is durable; fails if it cannot be.</summary>
    public Task Started => _started.Task;

    /// <summary>Completes with the final state when the end is durable, or with <see langword="null"/> when the instance leaves memory
    /// unfinished.</summary>
    public Task<OrchestrationState?> Ended
    {
        get
        {
            _hasWaiters = true;
            return _ended.Task;
        }
    }

    /// <summary>True if another process waits for the end.</summary>
    public bool IsWatched { get; set; }

    /// <summary>True if the caller of the start has given up, so that an unwritten start need not be written.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>True if durations include this instance and its activities.</summary>
    public bool IsMeasured => _clock.IsMeasured;

    /// <summary>True once the instance's row exists.</summary>
    public bool IsInserted => _started.Task.IsCompletedSuccessfully;

    private bool HasLeft
    {
        get
        {
            lock (_gate)
            {
                return _state == SessionState.Left;
            }
        }
    }

    private bool HasMail
    {
        get
        {
            lock (_gate)
            {
                return _mail.Count > 0;
            }
        }
    }

    /// <summary>Creates a new instance. Its start is written with its first turn.</summary>
    public static OrchestrationSession Create(SessionHub hub, NewInstance insert)
    {
        var session = new OrchestrationSession(
            hub,
            insert.InstanceId,
            insert.Start.OrchestrationInstance.ExecutionId,
            insert.Incarnation,
            fence: 0,
            insert,
            insert.Start
        );
        session._mail.Add(new Mail(StartMessage(insert.Start), 0));
        return session;
    }

    /// <summary>Creates the session of an instance whose row and start are stored, by the commit of its parent.</summary>
    public static OrchestrationSession Adopt(SessionHub hub, NewInstance inserted)
    {
        var session = new OrchestrationSession(
            hub,
            inserted.InstanceId,
            inserted.Start.OrchestrationInstance.ExecutionId,
            inserted.Incarnation,
            fence: 0,
            insert: null,
            inserted.Start
        )
        {
            _sequence = 1,
        };
        session._started.SetResult();
        session._mail.Add(new Mail(StartMessage(inserted.Start), 0));
        return session;
    }

    /// <summary>Creates the session of an instance that this worker has claimed.</summary>
    /// <exception cref="FormatException">The history cannot be replayed.</exception>
    public static OrchestrationSession Recover(SessionHub hub, ClaimedInstance claimed)
    {
        var history = LegacyHistory.Replayable(claimed.Stored);
        if (claimed.Fault is { } fault)
        {
            throw new FormatException($"The history of instance '{claimed.InstanceId}' cannot be read: {fault.Message}", fault);
        }

        if (history.OfType<ExecutionStartedEvent>().FirstOrDefault() is not { } start)
        {
            throw new FormatException(
                $"The history of instance '{claimed.InstanceId}' must begin with its start; it has {claimed.Stored.Count} events."
            );
        }

        start.Input = claimed.Input;
        start.Tags ??= claimed.Tags;
        start.OrchestrationInstance = new OrchestrationInstance { InstanceId = claimed.InstanceId, ExecutionId = claimed.ExecutionId };
        var session = new OrchestrationSession(
            hub,
            claimed.InstanceId,
            claimed.ExecutionId,
            claimed.Incarnation,
            claimed.Fence,
            insert: null,
            start
        )
        {
            _generation = claimed.Generation,
            _sequence = claimed.Stored.Count,
            _committedStatus = claimed.Status,
            _committedCustomStatus = claimed.CustomStatus,
            IsWatched = true, // a waiting process may have notified only the last owner, or none
        };
        session._started.SetResult();
        if (history.Count == 1)
        {
            session._mail.Add(new Mail(StartMessage(start), 0));
        }
        else
        {
            session._history.AddRange(history);
        }

        foreach (var message in claimed.Inbox)
        {
            session.Receive(message);
        }

        return session;
    }

    /// <summary>Gives up the start.</summary>
    public void Abandon() => _isAbandoned = true;

    /// <summary>Schedules the first turn in this process.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            BecomeIdle(SessionState.Loading);
        }
    }

    /// <summary>Continues after a takeover: starts again the activities and timers that have no result.</summary>
    public void Resume()
    {
        var open = OpenWork.Of(_history, ExecutionId, InstanceId);
        lock (_gate)
        {
            _openActivities = open.Activities.Count;
            StartTimers(open.Timers);
            BecomeIdle(SessionState.Loading);
        }

        StartActivities(open.Activities);
    }

    /// <summary>Adds the result of an activity.</summary>
    public void PostResult(TaskMessage message)
    {
        lock (_gate)
        {
            if (_state == SessionState.Left || message.OrchestrationInstance.ExecutionId != ExecutionId)
            {
                return;
            }

            _openActivities--;
            _mail.Add(new Mail(message, 0));
            Wake();
        }
    }

    /// <summary>Adds a message of the inbox, unless it is here already.</summary>
    public void Post(StoredMessage message)
    {
        lock (_gate)
        {
            if (_state == SessionState.Left)
            {
                return;
            }

            Receive(message);
            Wake();
        }
    }

    /// <summary>Takes the messages of the next turn.</summary>
    /// <returns><see langword="null"/> if there are none.</returns>
    public TaskOrchestrationWorkItem? Take()
    {
        lock (_gate)
        {
            if (_state != SessionState.Ready)
            {
                return null;
            }

            (_turn, _mail) = (_mail, _turn);
            _mail.Clear();
            var messages = new List<TaskMessage>(_turn.Count);
            foreach (var mail in _turn)
            {
                if (mail.MessageId != 0)
                {
                    _taken.Add(mail.MessageId);
                }

                if (mail.Message.OrchestrationInstance.ExecutionId is not { } executionId || executionId == ExecutionId)
                {
                    messages.Add(mail.Message);
                }
            }

            if (messages.Count == 0)
            {
                ConsumeTurn();
                _state = SessionState.Idle;
                return null;
            }

            _state = SessionState.Busy;
            return WorkItem(messages);
        }
    }

    /// <summary>Ends a turn: commits it if it changes anything that others can see.</summary>
    public async Task CompleteAsync(
        OrchestrationRuntimeState state,
        IList<TaskMessage> activities,
        IList<TaskMessage> messages,
        IList<TaskMessage> timers,
        OrchestrationState? record
    )
    {
        var commit = EndTurn(state, activities, messages, timers, record);
        if (_startCommit is { IsCompleted: false } start)
        {
            await start; // begun before the turn ended: the turn needs the row
        }

        if (commit is not null && !HasLeft)
        {
            _hub.Writer.Submit(commit);
            await commit.Settled;
        }
    }

    /// <summary>Makes the instance available for its next turn.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (_state != SessionState.Busy)
            {
                return;
            }

            _failedTurns = 0;
            if (_mail.Count == 0)
            {
                _clock.TurnsPause();
            }

            BecomeIdle(SessionState.Busy);
        }
    }

    /// <summary>Returns the messages of a turn that failed; it is repeated after a delay.</summary>
    public void AbandonTurn()
    {
        TimeSpan delay;
        lock (_gate)
        {
            if (_state != SessionState.Busy)
            {
                return;
            }

            _workItem = null;
            _taken.Clear();
            _mail.InsertRange(0, _turn);
            _turn.Clear();
            _state = SessionState.Delayed;
            delay = TimeSpan.FromSeconds(Math.Min(30, Math.Pow(2, _failedTurns++)));
        }

        _ = StoreStartAsync();
        _ = ReleaseAfterAsync(delay);
    }

    /// <summary>Does what is due without a message: writes held results, stores a start that waits for its turn, releases an idle
    /// instance.</summary>
    public void Tidy()
    {
        SessionCommit? commit = null;
        lock (_gate)
        {
            if (_state is SessionState.Ready or SessionState.Busy && !_inserted)
            {
                if (Stopwatch.GetElapsedTime(_waitingSince) >= SessionHub.StartDelay)
                {
                    _ = StoreStartAsync();
                }

                return;
            }

            if (_state != SessionState.Idle || !_inserted)
            {
                return;
            }

            var idle = Stopwatch.GetElapsedTime(_waitingSince);
            if (_uncommitted.Count + _consumed.Count > 0 && (idle >= _hub.Options.ResultDelay || _hub.IsStopping))
            {
                commit = Commit(update: null, [], [], null);
            }
            else if (_openActivities == 0 && idle >= _hub.Options.IdleTime)
            {
                commit = ReleaseCommit();
            }

            if (commit is not null)
            {
                _state = SessionState.Busy;
            }
        }

        if (commit is not null)
        {
            _hub.Writer.Submit(commit);
            _ = ReleaseWhenAsync(commit.Settled);
        }
    }

    /// <summary>Begins the effects of a committed turn.</summary>
    public void Committed(SessionCommit commit)
    {
        _started.TrySetResult();
        StartActivities(commit.Activities);

        lock (_gate)
        {
            StartTimers(commit.Timers);
        }

        if (commit.Children.Count > 0)
        {
            _hub.Begin(commit.Children, commit.MessagesElsewhere);
        }

        _hub.Deliver(commit);
        if (commit.Completion is { } completion)
        {
            _clock.Ended(completion);
            Leave(completion);
            if (IsWatched && commit.Notifications.Count == 0)
            {
                _hub.AnnounceEnd(InstanceId);
            }
        }
        else if (commit.IsRelease)
        {
            Leave(null);
            _hub.ClaimAt(commit.Update?.WakeAt);
            if (HasMail)
            {
                _hub.ClaimNow(); // the message arrived while the release was being written
            }
        }
    }

    /// <summary>Drops the instance: another process owns it, or, at its start, the id is taken.</summary>
    public void Lost()
    {
        _started.TrySetException(AlreadyExists()); // only its starter sees it
        Leave(null);
        _hub.HandOver(InstanceId);
    }

    /// <summary>Drops the instance and loads it again as it is stored: its last turn may or may not have been written.</summary>
    public void Unknown(Exception exception)
    {
        _started.TrySetException(exception);
        Leave(null);
        _hub.HandOver(InstanceId);
    }

    /// <summary>Drops the instance: this worker has claimed it again, from the state that is stored.</summary>
    /// <param name="incarnation">Of the claimed row. If it is this session's, its start is durable, although its commit was not
    /// acknowledged.</param>
    public void Replaced(long incarnation)
    {
        if (incarnation == Incarnation)
        {
            _started.TrySetResult();
        }
        else
        {
            _started.TrySetException(AlreadyExists());
        }

        Leave(null);
    }

    /// <summary>Drops the instance: this worker writes no more.</summary>
    public void Stopped()
    {
        _started.TrySetException(new InvalidOperationException("The task hub is stopping."));
        Leave(null);
    }

    /// <summary>Drops the instance and ends it as failed: a turn cannot be written, now or later.</summary>
    public void Failed(SessionCommit commit, Exception exception)
    {
        _started.TrySetException(exception);
        Leave(null);
        if (commit.Insert is null)
        {
            _hub.Fail(InstanceId, Incarnation, Fence, exception);
        }
    }

    private OrchestrationAlreadyExistsException AlreadyExists() => new($"An orchestration with the id '{InstanceId}' exists already.");

    private static TaskMessage StartMessage(ExecutionStartedEvent start) =>
        new() { Event = start, OrchestrationInstance = start.OrchestrationInstance };

    private void Receive(StoredMessage message)
    {
        if (_seen.Add(message.MessageId))
        {
            _mail.Add(
                new Mail(
                    new TaskMessage
                    {
                        Event = message.Event,
                        OrchestrationInstance = new OrchestrationInstance { InstanceId = InstanceId, ExecutionId = message.ExecutionId },
                    },
                    message.MessageId
                )
            );
        }
    }

    // Under the lock, like Wake: an idle session never has a message, or Tidy could release the instance and lose it.
    private void BecomeIdle(SessionState from)
    {
        if (_state != from)
        {
            return;
        }

        _state = SessionState.Idle;
        _waitingSince = Stopwatch.GetTimestamp();
        Wake();
    }

    private void Wake()
    {
        if (_state != SessionState.Idle || _mail.Count == 0)
        {
            return;
        }

        _state = SessionState.Ready;
        _clock.TurnBegins();
        _hub.Schedule(this);
    }

    private SessionWorkItem WorkItem(List<TaskMessage> messages)
    {
        if (_workItem is null || !_hub.Options.KeepOrchestratorsInMemory)
        {
            _workItem = new SessionWorkItem(this)
            {
                InstanceId = InstanceId,
                OrchestrationRuntimeState = new OrchestrationRuntimeState(_history),
                LockedUntilUtc = DateTime.MaxValue, // the lease is the worker's, so no item needs a renewal of its own
            };
        }
        else
        {
            _workItem.OrchestrationRuntimeState.NewEvents.Clear();
        }

        _workItem.NewMessages = messages;
        return _workItem;
    }

    private SessionCommit? EndTurn(
        OrchestrationRuntimeState state,
        IList<TaskMessage> activities,
        IList<TaskMessage> messages,
        IList<TaskMessage> timers,
        OrchestrationState? record
    )
    {
        lock (_gate)
        {
            if (_state != SessionState.Busy)
            {
                return null; // lost while the turn ran
            }

            ConsumeTurn();
            if (record is null || state.ExecutionStartedEvent is not { } start)
            {
                return null; // the dispatcher found nothing to do with the messages
            }

            var heldGeneration = _generation;
            var continued = start.OrchestrationInstance.ExecutionId != ExecutionId;
            if (continued)
            {
                ContinueAsNew(start.OrchestrationInstance.ExecutionId);
            }

            AddEvents(state.NewEvents);
            CountActivities(activities);
            var status = record.OrchestrationStatus.ToString();
            var hasEnded = record.OrchestrationStatus.HasEnded();
            var changesRow = continued || hasEnded || status != _committedStatus || record.Status != _committedCustomStatus;
            if (_inserted && !changesRow && activities.Count + messages.Count + timers.Count == 0)
            {
                return null;
            }

            _committedStatus = status;
            _committedCustomStatus = record.Status;
            return TurnCommit(state, activities, messages, timers, record, heldGeneration, changesRow);
        }
    }

    private SessionCommit TurnCommit(
        OrchestrationRuntimeState state,
        IList<TaskMessage> activities,
        IList<TaskMessage> messages,
        IList<TaskMessage> timers,
        OrchestrationState record,
        int heldGeneration,
        bool changesRow
    )
    {
        var (outgoing, children) = _hub.Outgoing(messages);
        var hasEnded = record.OrchestrationStatus.HasEnded();
        var completedAt = hasEnded ? state.ExecutionCompletedEvent?.Timestamp ?? record.LastUpdatedTime : (DateTime?)null;
        var output = state.ExecutionCompletedEvent?.Result;
        var failure = hasEnded && record.FailureDetails is { } details ? FailureCodec.Write(details) : null;
        var insert = _inserted
            ? null
            : _insert! with // set for an instance that is not inserted yet
            {
                Status = record.OrchestrationStatus.ToString(),
                Generation = _generation,
                ExecutionId = ExecutionId,
                UpdatedAt = record.LastUpdatedTime,
                CompletedAt = completedAt,
                Input = record.Input,
                Output = output,
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
                    Output = output,
                    CustomStatus = record.Status,
                    Failure = failure,
                };
        _inserted = true;
        return Commit(update, activities, timers, hasEnded ? record : null, heldGeneration, insert, outgoing, children);
    }

    private SessionCommit Commit(
        InstanceUpdate? update,
        IList<TaskMessage> activities,
        IList<TaskMessage> timers,
        OrchestrationState? completion,
        int? heldGeneration = null,
        NewInstance? insert = null,
        IReadOnlyList<OutgoingMessage>? messages = null,
        IReadOnlyList<NewInstance>? children = null
    )
    {
        var commit = new SessionCommit(this)
        {
            InstanceId = InstanceId,
            Incarnation = Incarnation,
            Fence = Fence,
            HeldGeneration = heldGeneration ?? _generation,
            Generation = _generation,
            Sequence = _sequence,
            Events = _uncommitted.Count == 0 ? [] : HistoryCodec.WriteAll(_uncommitted, InputsOf(activities)),
            Insert = insert,
            Update = update,
            Children = children ?? [],
            ConsumedMessages = _consumed,
            Messages = messages ?? [],
            Notifications = _hub.NotificationsFor(messages ?? [], completion is not null && IsWatched ? InstanceId : null),
            Activities = activities as IReadOnlyList<TaskMessage> ?? [.. activities],
            Timers = timers as IReadOnlyList<TaskMessage> ?? [.. timers],
            Completion = completion,
            MessagesElsewhere = _hub.MessagesElsewhere,
            IsRelease = update is { Keep: false },
            MayWait =
                insert is null
                && activities.Count + timers.Count == 0
                && messages is not { Count: > 0 }
                && children is not { Count: > 0 }
                && !_hasWaiters
                && !IsWatched
                && update is null or { Keep: true },
        };
        _sequence += _uncommitted.Count;
        _uncommitted.Clear();
        _consumed = [];
        return commit;
    }

    private SessionCommit ReleaseCommit() =>
        Commit(
            new InstanceUpdate
            {
                ExecutionId = ExecutionId,
                Status = _committedStatus,
                UpdatedAt = _hub.Now,
                CustomStatus = _committedCustomStatus,
                WakeAt = _timers?.Earliest,
                Keep = false,
            },
            [],
            [],
            null
        );

    /// <summary>Writes the start without a turn, if it is not written: a turn has failed or has not come in time.</summary>
    private async Task StoreStartAsync()
    {
        SessionCommit commit;
        lock (_gate)
        {
            if (_inserted || _state == SessionState.Left)
            {
                return;
            }

            _inserted = true;
            _sequence = 1;
            commit = new SessionCommit(this)
            {
                InstanceId = InstanceId,
                Incarnation = Incarnation,
                Fence = Fence,
                HeldGeneration = 0,
                Generation = 0,
                Sequence = 0,
                Events = HistoryCodec.WriteAll([_insert!.Start]), // set for an instance that is not inserted yet
                Insert = _insert,
                IsStart = true,
            };
            _startCommit = commit.Settled;
        }

        _hub.Writer.Submit(commit);
        await commit.Settled;
    }

    private async Task ReleaseWhenAsync(Task settled)
    {
        await settled;
        Release();
    }

    private async Task ReleaseAfterAsync(TimeSpan delay)
    {
        await Task.Delay(delay, _hub.Options.Time);
        lock (_gate)
        {
            BecomeIdle(SessionState.Delayed);
        }
    }

    private void ContinueAsNew(string executionId)
    {
        ExecutionId = executionId;
        _generation++;
        _sequence = 0;
        _openActivities = 0;
        _uncommitted.Clear();
        _history.Clear();
        _timers?.Dispose();
        _timers = null;
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

    private void CountActivities(IList<TaskMessage> activities)
    {
        foreach (var activity in activities)
        {
            if (activity.OrchestrationInstance.ExecutionId == ExecutionId)
            {
                _openActivities++;
            }
        }
    }

    private void ConsumeTurn()
    {
        _consumed.AddRange(_taken);
        _taken.Clear();
        _turn.Clear();
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

    private void StartActivities(IReadOnlyList<TaskMessage> activities)
    {
        foreach (var activity in activities)
        {
            if (activity.Event is TaskScheduledEvent { ParentTraceContext: null } scheduled)
            {
                scheduled.ParentTraceContext = _callerTrace; // no listener asked for the orchestration's span, but logs have the trace's id
            }

            _hub.Activities.Start(this, activity);
        }
    }

    private void StartTimers(IReadOnlyList<TaskMessage> timers)
    {
        foreach (var timer in timers)
        {
            if (
                timer.Event is TimerFiredEvent fired
                && timer.OrchestrationInstance.ExecutionId == ExecutionId
                && _state != SessionState.Left
            )
            {
                (_timers ??= new SessionTimers()).Start(_hub.Options.Time, timer, fired, FireTimers);
            }
        }
    }

    private void FireTimers()
    {
        lock (_gate)
        {
            if (_state == SessionState.Left || _timers is null)
            {
                return;
            }

            var now = _hub.Now;
            foreach (var message in _timers.TakeDue(now))
            {
                message.Event.Timestamp = now;
                _mail.Add(new Mail(message, 0));
            }

            Wake();
        }
    }

    private void Leave(OrchestrationState? completion)
    {
        lock (_gate)
        {
            if (!_inserted && _state != SessionState.Left)
            {
                _hub.Writer.ForgetStart();
            }

            _state = SessionState.Left;
            _timers?.Dispose();
            _timers = null;
        }

        _hub.Forget(this);
        _ended.TrySetResult(completion);
    }

    /// <param name="Message">A message for the next turn.</param>
    /// <param name="MessageId">Its key in the inbox; 0 if it did not come through there.</param>
    private readonly record struct Mail(TaskMessage Message, long MessageId);
}

/// <summary>The activity of a session.</summary>
internal enum SessionState
{
    /// <summary>Not begun: its timers do not run yet.</summary>
    Loading,

    /// <summary>Waiting for a message, of which there is none.</summary>
    Idle,

    /// <summary>In the queue of the dispatcher.</summary>
    Ready,

    /// <summary>Running a turn, or committing.</summary>
    Busy,

    /// <summary>Waiting to repeat a turn that failed.</summary>
    Delayed,

    /// <summary>No longer in this process.</summary>
    Left,
}
