using System.Diagnostics;
using Microsoft.DurableTask;
using Quorum.EmbeddedRuntime.DurableTask.Execution;
using Quorum.EmbeddedRuntime.DurableTask.History;
using Quorum.EmbeddedRuntime.DurableTask.Hub;
using Quorum.EmbeddedRuntime.Telemetry;

namespace Quorum.EmbeddedRuntime.DurableTask;

/// <summary>
/// An instance in this worker's memory. Events come in as mail, one turn at a time takes all that is there, and what the turn asked for
/// happens when it is committed. Between turns the orchestrator's code simply stays where it waits; only a takeover replays it.
/// </summary>
internal sealed class OrchestrationInstance
{
    private readonly OrchestrationHub _hub;
    private readonly Lock _gate = new();
    private readonly NewInstance? _insert;
    private readonly DateTimeOffset _createdAt;
    private readonly Activity? _span;
    private readonly List<HistoryEvent> _uncommitted = [];
    private readonly HashSet<long> _takenMessages = [];
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<Mail> _mail = [];
    private List<long> _consumed = [];
    private Dictionary<int, ITimer>? _timers;
    private OrchestrationExecution _execution;
    private ExecutionStarted _start;
    private int _sequence;
    private int _openActivities;
    private bool _busy = true; // a turn runs, or its commit is under way
    private bool _inserted;
    private bool _failOnForeign;
    private volatile bool _isAbandoned;
    private InstanceStatus _committedStatus = InstanceStatus.Running;
    private Payload _committedCustomStatus;
    private long _waitingSince = Stopwatch.GetTimestamp();
    private long _turnBegan; // 0: no turn, or nobody asks
    private TimeSpan _inTurns;

    private OrchestrationInstance(OrchestrationHub hub, string instanceId, ExecutionStarted start, DateTimeOffset createdAt, NewInstance? insert)
    {
        _hub = hub;
        InstanceId = instanceId;
        _start = start;
        _insert = insert;
        _createdAt = createdAt;
        _span = OrchestrationSpan.Begin(start.Name, instanceId, createdAt, start.TraceParent);
        _turnBegan = RuntimeMetrics.Begin(RuntimeMetrics.OrchestrationOverhead);
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
    public string? TraceContext => _span?.Id ?? _start.TraceParent;

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

    /// <summary>Nobody waits for its start any more: if that is not written yet, it need not be.</summary>
    public void Abandon() => _isAbandoned = true;

    /// <summary>Runs the first turn.</summary>
    public void Begin()
    {
        InSpan(static execution => execution.Start());
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
        InSpan(execution => open = execution.Replay(claimed.History));
        _started.TrySetResult();
        foreach (var action in open)
        {
            Perform(action);
        }

        lock (_gate)
        {
            foreach (var message in claimed.Inbox)
            {
                _mail.Add(new Mail(message.Event, Generation: -1, message.MessageId));
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
    public void Post(InboxMessage message) => Post(new Mail(message.Event, Generation: -1, message.MessageId));

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
                    CountTurn(_waitingSince);
                    return;
                }

                mail = _mail;
                _mail = [];
                _turnBegan = _turnBegan == 0 ? RuntimeMetrics.Begin(RuntimeMetrics.OrchestrationOverhead) : _turnBegan;
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
        else if (item.Generation != Generation)
        {
            return; // a result of what an earlier generation asked for
        }

        switch (item.Event)
        {
            case TaskCompleted { TaskId: var id }:
                _openActivities--;
                if (!_execution.IsOpen(id))
                {
                    return;
                }

                break;
            case TaskFailed { TaskId: var id }:
                _openActivities--;
                if (!_execution.IsOpen(id))
                {
                    return;
                }

                break;
            case TimerFired { TaskId: var id }:
                _timers?.Remove(id);
                if (!_execution.IsOpen(id))
                {
                    return;
                }

                break;
        }

        // Event is set: the caller has sorted out the mail that has none.
        _uncommitted.Add(item.Event!);
        _execution.Deliver(item.Event!);
    }

    /// <returns>Whether a commit was submitted, which carries on when it is done.</returns>
    private bool EndTurn(bool mustWrite, bool release = false)
    {
        var continued = false;
        while (_execution.ContinueAsNewInput is { } input && _execution.Completion is { Status: InstanceStatus.Completed })
        {
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

        var status = completion?.Status ?? (_execution.IsSuspended ? InstanceStatus.Suspended : InstanceStatus.Running);
        var changed = status != _committedStatus || !_execution.CustomStatus.Utf8.Span.SequenceEqual(_committedCustomStatus.Utf8.Span);
        release = release && completion is null && actions.Count == 0 && _openActivities == 0;
        if (!mustWrite && !continued && !changed && !release && actions.Count == 0 && completion is null)
        {
            return false;
        }

        if (_uncommitted.Count == 0 && !release)
        {
            return false;
        }

        Submit(actions, completion, status, continued, release);
        return true;
    }

    private void Submit(IReadOnlyList<ActionEvent> actions, ExecutionCompleted? completion, InstanceStatus status, bool continued, bool release)
    {
        var now = _uncommitted.Count == 0 ? _hub.Now : _uncommitted[^1].At;
        var customStatus = _execution.CustomStatus;
        var isFirst = !_inserted;
        List<OutgoingMessage>? messages = null;
        List<NewInstance>? children = null;
        foreach (var action in actions)
        {
            if (action is EventSent sent)
            {
                (messages ??= []).Add(new OutgoingMessage(sent.InstanceId, new EventRaised(sent.At, sent.Name, sent.Input)));
            }
            else if (action is SubOrchestrationCreated created)
            {
                (children ??= []).Add(_hub.NewChild(this, created));
            }
        }

        if (completion is not null && _start.Parent is { } parent)
        {
            (messages ??= []).Add(new OutgoingMessage(parent.InstanceId, completion.Failure is { } failure
                ? new SubOrchestrationFailed(completion.At, parent.TaskId, failure)
                : completion.Status == InstanceStatus.Terminated
                    ? new SubOrchestrationFailed(completion.At, parent.TaskId, new TaskFailureDetails("Terminated", "The sub-orchestration was terminated.", null, null, null))
                    : new SubOrchestrationCompleted(completion.At, parent.TaskId, completion.Result)));
        }

        var failureJson = completion?.Failure is { } details ? FailureCodec.Write(details) : null;
        var commit = new Commit(this, actions, completion, children, messages, release)
        {
            InstanceId = InstanceId,
            Generation = Generation,
            Sequence = _sequence,
            MayWait = actions.Count == 0 && messages is null && !isFirst && !continued && !release,
            Events = _uncommitted.Count == 0 ? [] : HistoryCodec.WriteAll(_uncommitted),
            Insert = !isFirst ? null : _insert! with // set for an instance that is not inserted yet
            {
                Status = status,
                CompletedAt = completion?.At,
                Output = completion?.Result ?? Payload.None,
                CustomStatus = customStatus,
                Failure = failureJson,
                Start = _start,
            },
            Update = isFirst || !(continued || completion is not null || release || status != _committedStatus
                || !customStatus.Utf8.Span.SequenceEqual(_committedCustomStatus.Utf8.Span)) ? null : new InstanceUpdate
            {
                Generation = Generation,
                Status = status,
                UpdatedAt = now,
                CompletedAt = completion?.At,
                WakeAt = release ? _execution.EarliestOpenTimer : null,
                Keep = !release,
                Input = continued ? _start.Input : Payload.None,
                Output = completion?.Result ?? Payload.None,
                CustomStatus = customStatus,
                Failure = failureJson,
            },
            Children = children ?? [],
            ConsumedMessages = _consumed,
            Messages = messages ?? (IReadOnlyList<OutgoingMessage>)[],
            Notifications = _hub.NotificationsFor(messages, completion is not null && IsWatched ? InstanceId : null),
        };
        _sequence += _uncommitted.Count;
        _uncommitted.Clear();
        _consumed = [];
        _inserted = true;
        _committedStatus = status;
        _committedCustomStatus = customStatus;
        _hub.Submit(commit);
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
        InSpan(static execution => execution.Start());
        _execution.CompleteIfEnded();
        foreach (var historyEvent in kept)
        {
            _execution.Deliver(historyEvent);
        }
    }

    private OrchestrationExecution CreateExecution(ExecutionStarted start) =>
        new(InstanceId, start, _hub.FindOrchestrator(start.Name), _hub.Serializer, _hub.LoggerFactory, OnForeignContinuation);

    // The code's first steps: what it awaits there keeps the span current when it goes on.
    private void InSpan(Action<OrchestrationExecution> run)
    {
        if (_span is null)
        {
            run(_execution);
            return;
        }

        var outer = Activity.Current;
        Activity.Current = _span;
        try
        {
            run(_execution);
        }
        finally
        {
            Activity.Current = outer;
        }
    }

    private void OnForeignContinuation()
    {
        _failOnForeign = true;
        Post(new Mail(null, Generation, MessageId: -1));
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
        foreach (var timer in _timers?.Values ?? (IEnumerable<ITimer>)[])
        {
            timer.Dispose();
        }

        _timers = null;
    }

    private void AfterCommit(Commit commit)
    {
        _started.TrySetResult();
        foreach (var action in commit.Actions)
        {
            Perform(action);
        }

        foreach (var child in commit.NewChildren)
        {
            _hub.Begin(child);
        }

        if (commit.OutgoingMessages.Count > 0)
        {
            _hub.DeliverMessages(commit.OutgoingMessages);
        }

        if (commit.Completion is not null || commit.IsRelease)
        {
            Leave(ended: commit.Completion is not null);
            if (commit.Completion is { } completion)
            {
                Report(completion);
            }

            if (commit.Completion is not null && IsWatched && commit.Notifications.Count == 0)
            {
                _hub.AnnounceEnd(InstanceId);
            }

            return;
        }

        RunTurn();
    }

    private void CountTurn(long now)
    {
        if (_turnBegan != 0)
        {
            _inTurns += Stopwatch.GetElapsedTime(_turnBegan, now);
            _turnBegan = 0;
        }
    }

    private void Report(ExecutionCompleted completion)
    {
        if (_span is not null)
        {
            OrchestrationSpan.End(_span, completion.At, completion.Status.ToString(), completion.Failure?.ErrorType);
        }

        if (RuntimeMetrics.OrchestrationDuration.Enabled)
        {
            RuntimeMetrics.OrchestrationDuration.Record(
                Math.Max((completion.At - _createdAt).TotalSeconds, 0), new TagList { { "name", Name }, { "status", completion.Status.ToString() } });
        }

        if (_turnBegan != 0)
        {
            CountTurn(Stopwatch.GetTimestamp());
            RuntimeMetrics.OrchestrationOverhead.Record(_inTurns.TotalSeconds, new TagList { { "name", Name } });
        }
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
    /// <param name="Generation">Whose result it is; -1 for a message, which belongs to any.</param>
    /// <param name="MessageId">Its key in the inbox; 0 when it did not come through there.</param>
    private readonly record struct Mail(HistoryEvent? Event, int Generation, long MessageId)
    {
        public static readonly Mail Flush = new(null, -2, 0);
        public static readonly Mail Release = new(null, -3, 0);
    }

    private sealed class Commit(
        OrchestrationInstance instance,
        IReadOnlyList<ActionEvent> actions,
        ExecutionCompleted? completion,
        IReadOnlyList<NewInstance>? children,
        IReadOnlyList<OutgoingMessage>? messages,
        bool isRelease) : TurnCommit, IThreadPoolWorkItem
    {
        public IReadOnlyList<ActionEvent> Actions { get; } = actions;
        public ExecutionCompleted? Completion { get; } = completion;
        public IReadOnlyList<NewInstance> NewChildren { get; } = children ?? [];
        public IReadOnlyList<OutgoingMessage> OutgoingMessages { get; } = messages ?? [];
        public bool IsRelease { get; } = isRelease;

        public override bool IsAbandoned => instance._isAbandoned && Insert is not null && !MayStandAlready;

        // The writer goes on with the next group at once.
        public override void OnCommitted() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

        public void Execute() => instance.AfterCommit(this);

        public override void OnLost()
        {
            // AlreadyExists reaches only who has just started it.
            instance._started.TrySetException(OrchestrationHub.AlreadyExists(InstanceId));
            instance.Leave(ended: false);
            instance._hub.HandOver(InstanceId);
        }

        public override void OnStopped()
        {
            instance._started.TrySetException(new InvalidOperationException("The task hub is stopping."));
            instance.Leave(ended: false);
        }

        public override void OnFailed(Exception exception)
        {
            instance._started.TrySetException(exception);
            instance.Leave(ended: false);
            if (Insert is null)
            {
                instance._hub.Fail(InstanceId, exception);
            }
        }
    }
}
