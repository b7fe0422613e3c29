using System.Diagnostics;
using Quorum.StandaloneHost.DurableTask.Execution;
using Quorum.StandaloneHost.DurableTask.History;
using Quorum.StandaloneHost.DurableTask.Hub;

namespace Quorum.StandaloneHost.DurableTask.Instances;

/// <summary>
/// An instance in this worker's memory. Events come in as mail, one turn at a time takes all that is there, and what the turn asked for
/// happens when it is committed. Between turns the orchestrator's code simply stays where it waits; only a takeover replays it.
/// </summary>
internal sealed class OrchestrationInstance
{
    private readonly OrchestrationHub _hub;
    private readonly Lock _gate = new();
    private readonly NewInstance? _insert;
    private readonly OrchestrationTelemetry _telemetry;
    private readonly List<HistoryEvent> _uncommitted = [];
    private readonly HashSet<long> _takenMessages = [];
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<Mail> _mail = [];
    private List<long> _consumed = [];
    private Dictionary<int, DurableTimer>? _timers;
    private OrchestrationExecution _execution;
    private ExecutionStarted _start;
    private int _sequence;
    private int _openActivities;
    private bool _busy = true; // a turn runs, or its commit is under way
    private bool _inserted;
    private bool _failOnForeign;
    private InstanceStatus _committedStatus = InstanceStatus.Running;
    private Payload _committedCustomStatus;
    private long _waitingSince = Stopwatch.GetTimestamp();
    private volatile bool _isAbandoned;

    private OrchestrationInstance(OrchestrationHub hub, string instanceId, ExecutionStarted start, DateTimeOffset createdAt, NewInstance? insert)
    {
        _hub = hub;
        InstanceId = instanceId;
        _start = start;
        _insert = insert;
        IsMeasured = insert?.IsMeasured is not false;
        _telemetry = new OrchestrationTelemetry(instanceId, start, createdAt, IsMeasured);
        _execution = CreateExecution(start);
    }

    public string InstanceId { get; }

    public int Generation { get; private set; }

    /// <summary>Completes when the first turn is durable; fails when it cannot be.</summary>
    public Task Started => _started.Task;

    /// <summary>Completes when the end is durable.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Another process waits for the end.</summary>
    public bool IsWatched { get; set; }

    public string Name => _start.Name;

    /// <summary>W3C, for what it calls: its own span, else that of who started it; <see langword="null"/> when it was started outside of any trace.</summary>
    public string? TraceContext => _telemetry.TraceContext ?? _start.TraceParent;

    /// <summary>Whether its durations, and those of its activities, are recorded.</summary>
    public bool IsMeasured { get; }

    /// <summary>Nobody waits for its start any more: if that is not written yet, it need not be.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>How long it has held results that are not written; <see langword="null"/> when it holds none.</summary>
    public TimeSpan? UnwrittenFor
    {
        get
        {
            lock (_gate)
            {
                return !_busy && _uncommitted.Count > 0 ? Stopwatch.GetElapsedTime(_waitingSince) : null;
            }
        }
    }

    /// <summary>How long it has waited for nothing but timers and events; <see langword="null"/> when it does something.</summary>
    public TimeSpan? IdleFor
    {
        get
        {
            lock (_gate)
            {
                return !_busy && _openActivities == 0 ? Stopwatch.GetElapsedTime(_waitingSince) : null;
            }
        }
    }

    /// <summary>A new instance: its first turn runs on the caller's thread and is submitted.</summary>
    public static OrchestrationInstance Create(OrchestrationHub hub, NewInstance insert)
    {
        var instance = new OrchestrationInstance(hub, insert.InstanceId, insert.Start, insert.Start.At, insert);
        instance._uncommitted.Add(insert.Start);
        return instance;
    }

    /// <summary>An instance whose row and first event stand already, started by its parent's commit.</summary>
    public static OrchestrationInstance Adopt(OrchestrationHub hub, NewInstance inserted) =>
        new(hub, inserted.InstanceId, inserted.Start, inserted.Start.At, insert: null) { _inserted = true, _sequence = 1 };

    /// <summary>An instance taken over from the store: its code runs over its history.</summary>
    public static OrchestrationInstance Recover(OrchestrationHub hub, ClaimedInstance claimed)
    {
        var start = (claimed.History.FirstOrDefault() as ExecutionStarted
            ?? throw new InvalidOperationException($"The history of instance '{claimed.InstanceId}' does not begin with its start."))
            with { Input = claimed.Input };
        return new OrchestrationInstance(hub, claimed.InstanceId, start, claimed.CreatedAt, insert: null)
        {
            Generation = claimed.Generation,
            _inserted = true,
            _sequence = claimed.History.Count,
        };
    }

    /// <summary>Whoever started it has given up.</summary>
    public void Abandon() => _isAbandoned = true;

    /// <summary>Runs the first turn.</summary>
    public void Begin()
    {
        _telemetry.InSpan(_execution, static execution => execution.Start());
        _execution.CompleteIfEnded();
        if (!EndTurn(mustWrite: true))
        {
            RunTurn();
        }
    }

    /// <summary>Replays, asks again for what has no result yet, and takes the inbox.</summary>
    public void Resume(ClaimedInstance claimed)
    {
        IReadOnlyList<ActionEvent> open = [];
        _telemetry.InSpan(_execution, execution => open = execution.Replay(claimed.History));
        _started.TrySetResult();
        foreach (var action in open)
        {
            Perform(action);
        }

        lock (_gate)
        {
            foreach (var message in claimed.Inbox)
            {
                _mail.Add(new Mail(message));
            }
        }

        if (!EndTurn(mustWrite: claimed.StartAt is not null))
        {
            RunTurn();
        }
    }

    /// <summary>An event for the code, from an activity or a timer of this generation.</summary>
    public void Post(HistoryEvent historyEvent, int generation) => Post(new Mail(historyEvent, generation, MessageId: 0));

    /// <summary>An event from the inbox.</summary>
    public void Post(InboxMessage message) => Post(new Mail(message));

    /// <summary>Writes results that have waited long enough for company.</summary>
    public void Flush() => Post(Mail.Flush);

    /// <summary>Leaves memory if it still waits for nothing but timers and events.</summary>
    public void Release() => Post(Mail.Release);

    private void Post(Mail mail)
    {
        lock (_gate)
        {
            _mail.Add(mail);
            if (_busy)
            {
                return;
            }

            _busy = true;
        }

        RunTurn();
    }

    private void RunTurn()
    {
        while (true)
        {
            List<Mail> mail;
            lock (_gate)
            {
                if (_mail.Count == 0)
                {
                    _busy = false;
                    _waitingSince = Stopwatch.GetTimestamp();
                    _telemetry.TurnsPause(_waitingSince);
                    return;
                }

                mail = _mail;
                _mail = [];
                _telemetry.TurnBegins();
            }

            var mustWrite = false;
            var release = false;
            foreach (var item in mail)
            {
                if (item.Event is null)
                {
                    mustWrite |= item == Mail.Flush && _uncommitted.Count > 0;
                    release |= item == Mail.Release;
                }
                else
                {
                    Take(item);
                }
            }

            if (_failOnForeign && _execution.Completion is null)
            {
                _execution.FailWith(new InvalidOperationException(
                    $"Orchestrator '{Name}' (instance '{InstanceId}') awaited a task that is not durable. An orchestrator may await only tasks of its context; "
                    + "whatever touches the world belongs in an activity."));
            }

            if (EndTurn(mustWrite, release && mail.Count == 1))
            {
                return; // the commit carries on
            }
        }
    }

    private void Take(Mail item)
    {
        if (item.MessageId != 0)
        {
            if (!_takenMessages.Add(item.MessageId))
            {
                return;
            }

            _consumed.Add(item.MessageId);
        }

        if (item.Generation is { } generation && generation != Generation)
        {
            return; // a result of what an earlier generation asked for
        }

        switch (item.Event)
        {
            case TaskCompleted or TaskFailed:
                _openActivities--;
                break;
            case TimerFired fired:
                _timers?.Remove(fired.TaskId);
                break;
        }

        if (item.Event is ActionResult result && !_execution.IsOpen(result.TaskId))
        {
            return; // nobody waits for it any more
        }

        // Event is set: the caller has sorted out the mail that has none.
        _uncommitted.Add(item.Event!);
        _execution.Deliver(item.Event!);
    }

    /// <returns>Whether a commit was submitted, which carries on when it is done.</returns>
    private bool EndTurn(bool mustWrite, bool release = false)
    {
        var continued = false;
        List<OutgoingMessage>? messages = null;
        List<NewInstance>? children = null;
        while (_execution.ContinueAsNewInput is { } input && _execution.Completion is { Status: InstanceStatus.Completed })
        {
            var lastActions = _execution.TakeNewActions(); // What they send and start comes to pass; no result of theirs is waited for.
            TurnOutcome.AddMessages(lastActions, ref messages);
            AddChildren(lastActions, ref children);
            ContinueAsNew(input);
            continued = true;
        }

        var actions = _execution.TakeNewActions();
        var completion = _execution.Completion;
        _uncommitted.AddRange(actions);
        if (completion is not null)
        {
            _uncommitted.Add(completion);
        }

        var turn = new TurnOutcome(
            actions,
            completion,
            completion?.Status ?? (_execution.IsSuspended ? InstanceStatus.Suspended : InstanceStatus.Running),
            _execution.CustomStatus,
            IsContinued: continued,
            IsRelease: release && completion is null && actions.Count == 0 && _openActivities == 0);
        var changesRow = continued || completion is not null || turn.IsRelease
            || turn.Status != _committedStatus || !turn.CustomStatus.Utf8.Span.SequenceEqual(_committedCustomStatus.Utf8.Span);
        if (!mustWrite && !changesRow && actions.Count == 0)
        {
            return false;
        }

        if (_uncommitted.Count == 0 && !turn.IsRelease)
        {
            return false;
        }

        turn.AddMessages(_start, ref messages);
        AddChildren(actions, ref children);
        Submit(turn, changesRow, messages, children);
        return true;
    }

    private void Submit(TurnOutcome turn, bool changesRow, List<OutgoingMessage>? messages, List<NewInstance>? children)
    {
        var isFirst = !_inserted;
        var commit = new InstanceCommit(this)
        {
            InstanceId = InstanceId,
            Generation = Generation,
            Sequence = _sequence,
            Actions = turn.Actions,
            Completion = turn.Completion,
            IsRelease = turn.IsRelease,
            Events = _uncommitted.Count == 0 ? [] : HistoryCodec.WriteAll(_uncommitted),
            Insert = isFirst ? turn.Insert(_insert!, _start) : null, // set for an instance that is not inserted yet
            Update = isFirst || !changesRow
                ? null
                : turn.Update(Generation, _start, _uncommitted.Count == 0 ? _hub.Now : _uncommitted[^1].At, _execution.EarliestOpenTimer),
            Children = children ?? (IReadOnlyList<NewInstance>)[],
            ConsumedMessages = _consumed,
            Messages = messages ?? (IReadOnlyList<OutgoingMessage>)[],
            Notifications = _hub.NotificationsFor(messages, turn.Completion is not null && IsWatched ? InstanceId : null),
            MayWait = turn is { Actions.Count: 0, IsContinued: false, IsRelease: false } && messages is null && !isFirst,
        };
        _sequence += _uncommitted.Count;
        _uncommitted.Clear();
        _consumed = [];
        _inserted = true;
        _committedStatus = turn.Status;
        _committedCustomStatus = turn.CustomStatus;
        _hub.Submit(commit);
    }

    private void AddChildren(IReadOnlyList<ActionEvent> actions, ref List<NewInstance>? children)
    {
        foreach (var action in actions)
        {
            if (action is SubOrchestrationCreated created)
            {
                (children ??= []).Add(_hub.NewChild(this, created));
            }
        }
    }

    private void ContinueAsNew(Payload input)
    {
        var kept = _execution.TakeUnprocessedEvents();
        DisposeTimers();
        _openActivities = 0;
        Generation++;
        _sequence = 0;
        _uncommitted.Clear();
        _start = _start with { At = _hub.Now, Input = input };
        _uncommitted.Add(_start);
        _uncommitted.AddRange(kept);
        _execution = CreateExecution(_start);
        _telemetry.InSpan(_execution, static execution => execution.Start());
        _execution.CompleteIfEnded();
        foreach (var historyEvent in kept)
        {
            _execution.Deliver(historyEvent);
        }
    }

    private OrchestrationExecution CreateExecution(ExecutionStarted start) =>
        new(InstanceId, start, _hub.FindOrchestrator(start.Name), _hub.Serializer, _hub.LoggerFactory, OnForeignContinuation);

    private void OnForeignContinuation()
    {
        _failOnForeign = true;
        Post(new Mail(null, Generation, MessageId: -1));
    }

    /// <summary>The turn is durable: what it asked for happens, and then the next one.</summary>
    public void Committed(InstanceCommit commit)
    {
        _started.TrySetResult();
        foreach (var action in commit.Actions)
        {
            Perform(action);
        }

        foreach (var child in commit.Children)
        {
            _hub.Begin(child);
        }

        if (commit.Messages.Count > 0)
        {
            _hub.DeliverMessages(commit.Messages);
        }

        if (commit.Completion is { } completion)
        {
            Leave(ended: true);
            _telemetry.Ended(completion);
            if (IsWatched && commit.Notifications.Count == 0)
            {
                _hub.AnnounceEnd(InstanceId);
            }
        }
        else if (commit.IsRelease)
        {
            Leave(ended: false);
        }
        else
        {
            RunTurn();
        }
    }

    /// <summary>Another process has gone on with it; or, at its start, the id is taken.</summary>
    public void Lost()
    {
        _started.TrySetException(OrchestrationHub.AlreadyExists(InstanceId)); // reaches only who has just started it
        Leave(ended: false);
        _hub.HandOver(InstanceId);
    }

    /// <summary>This worker writes no more.</summary>
    public void Stopped()
    {
        _started.TrySetException(new InvalidOperationException("The task hub is stopping."));
        Leave(ended: false);
    }

    /// <summary>The turn cannot be written, now or later.</summary>
    public void Failed(InstanceCommit commit, Exception exception)
    {
        _started.TrySetException(exception);
        Leave(ended: false);
        if (commit.Insert is null)
        {
            _hub.Fail(InstanceId, exception);
        }
    }

    private void Perform(ActionEvent action)
    {
        switch (action)
        {
            case TaskScheduled scheduled:
                _openActivities++;
                _hub.StartActivity(this, scheduled);
                break;
            case TimerCreated timer when _execution.IsOpen(timer.TaskId):
                (_timers ??= []).Add(timer.TaskId, _hub.StartTimer(this, timer, Generation));
                break;
        }
    }

    private void DisposeTimers()
    {
        if (_timers is null)
        {
            return;
        }

        foreach (var timer in _timers.Values)
        {
            timer.Dispose();
        }

        _timers = null;
    }

    private void Leave(bool ended)
    {
        DisposeTimers();
        _hub.Forget(this);
        if (ended)
        {
            _ended.TrySetResult();
        }
        else
        {
            _ended.TrySetCanceled(); // whoever waits here must look elsewhere
        }
    }

    /// <param name="Event"><see langword="null"/> for a request to the instance itself.</param>
    /// <param name="Generation">Whose result it is; <see langword="null"/> for what belongs to any.</param>
    /// <param name="MessageId">Its key in the inbox; 0 when it did not come through there.</param>
    private readonly record struct Mail(HistoryEvent? Event, int? Generation, long MessageId)
    {
        public static readonly Mail Flush = new(null, null, -2);
        public static readonly Mail Release = new(null, null, -3);

        public Mail(InboxMessage message)
            : this(message.Event, (message.Event as SubOrchestrationResult)?.Generation, message.MessageId)
        {
        }
    }
}
