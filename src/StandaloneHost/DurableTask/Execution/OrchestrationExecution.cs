using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Quorum.StandaloneHost.DurableTask.History;

namespace Quorum.StandaloneHost.DurableTask.Execution;

/// <summary>
/// An orchestrator's code under way: takes the events of a history one by one, runs the code as far as they carry it, and collects what it asks for.
/// Pure: no I/O, no clock, no thread of its own. Fed the same events it asks for the same things, which is what makes replay possible.
/// </summary>
internal sealed class OrchestrationExecution : TaskOrchestrationContext
{
    private readonly Func<TaskOrchestrationContext, Task<object?>> _orchestrator;
    private readonly PayloadSerializer _serializer;
    private readonly ExecutionStarted _start;
    private readonly TurnSynchronizationContext _turn;
    private readonly Dictionary<int, IOpenTask> _open = [];
    private readonly Dictionary<int, DateTimeOffset> _timers = [];
    private readonly ExternalEvents _externalEvents = new();
    private readonly Queue<HistoryEvent> _heldWhileSuspended = new();
    private Dictionary<int, ActionEvent>? _expected;
    private Task<object?>? _main;
    private DateTimeOffset _now;
    private int _nextTaskId;
    private int _guids;
    private List<ActionEvent> _newActions = [];
    private (Payload Input, bool PreserveEvents)? _continueAsNew;
    private NonDeterminismException? _nonDeterminism;

    /// <param name="onForeignContinuation">Called, on any thread, when the code awaited a task that is not durable.</param>
    public OrchestrationExecution(
        string instanceId,
        ExecutionStarted start,
        Func<TaskOrchestrationContext, Task<object?>> orchestrator,
        PayloadSerializer serializer,
        ILoggerFactory loggerFactory,
        Action onForeignContinuation)
    {
        InstanceId = instanceId;
        Name = start.Name;
        _start = start;
        _orchestrator = orchestrator;
        _serializer = serializer;
        _now = start.At;
        _turn = new TurnSynchronizationContext(onForeignContinuation);
        LoggerFactory = loggerFactory;
    }

    public override TaskName Name { get; }

    public override string InstanceId { get; }

    public override string Version => _start.Version ?? "";

    public override ParentOrchestrationInstance? Parent =>
        _start.Parent is { } parent ? new ParentOrchestrationInstance(parent.Name, parent.InstanceId) : null;

    public override DateTime CurrentUtcDateTime => _now.UtcDateTime;

    public override bool IsReplaying => _expected is not null;

    public bool IsSuspended { get; private set; }

    /// <summary>The last custom status set; <see cref="Payload.None"/> when none.</summary>
    public Payload CustomStatus { get; private set; }

    /// <summary>How the code ended; <see langword="null"/> while it has not.</summary>
    public ExecutionCompleted? Completion { get; private set; }

    /// <summary>Set with <see cref="Completion"/> when the instance starts over instead of ending.</summary>
    public Payload? ContinueAsNewInput { get; private set; }

    protected override ILoggerFactory LoggerFactory { get; }

    /// <summary>When the first of the timers that it waits for is due; <see langword="null"/> when it waits for none.</summary>
    public DateTimeOffset? EarliestOpenTimer => _timers.Count == 0 ? null : _timers.Values.Min();

    /// <summary>Runs the code up to its first wait.</summary>
    public void Start() => _turn.Run(this, static self => self._main = self.RunOrchestratorAsync());

    /// <summary>Call after <see cref="Start"/>: turns the code's end into a completion.</summary>
    public void CompleteIfEnded()
    {
        if (_nonDeterminism is not null)
        {
            FailWith(_nonDeterminism);
            return;
        }

        if (Completion is not null || _main is not { IsCompleted: true } main)
        {
            return;
        }

        if (!main.IsCompletedSuccessfully)
        {
            FailWith(main.Exception?.InnerException ?? new TaskCanceledException(main));
            return;
        }

        if (_continueAsNew is { } next)
        {
            ContinueAsNewInput = next.Input;
        }

#pragma warning disable VSTHRD002, VSTHRD103, MA0042, CA1849 // it has completed
        var result = main.Result;
#pragma warning restore VSTHRD002, VSTHRD103, MA0042, CA1849
        try
        {
            Completion = new ExecutionCompleted(_now, InstanceStatus.Completed, _serializer.Serialize(result), null);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or NotSupportedException)
        {
            FailWith(e);
        }
    }

    /// <summary>Hands one event to the code and runs it as far as that carries it.</summary>
    public void Deliver(HistoryEvent historyEvent)
    {
        if (Completion is not null)
        {
            return;
        }

        switch (historyEvent)
        {
            case ExecutionSuspended:
                IsSuspended = true;
                return;
            case ExecutionResumed:
                IsSuspended = false;
                while (!IsSuspended && _heldWhileSuspended.TryDequeue(out var held))
                {
                    Deliver(held);
                }

                return;
            case ExecutionTerminated terminated:
                Completion = new ExecutionCompleted(terminated.At, InstanceStatus.Terminated, terminated.Output, null);
                return;
        }

        if (IsSuspended)
        {
            _heldWhileSuspended.Enqueue(historyEvent);
            return;
        }

        _now = historyEvent.At > _now ? historyEvent.At : _now; // the orchestration's clock never goes back
        _turn.Run((Self: this, Event: historyEvent), static turn => turn.Self.Apply(turn.Event));
        CompleteIfEnded();
    }

    /// <summary>Runs the code over what history holds and checks that it asks for the same. Afterwards it is where it was.</summary>
    /// <returns>The things asked for that have no result yet, in the order in which they were asked for.</returns>
    public IReadOnlyList<ActionEvent> Replay(IReadOnlyList<HistoryEvent> history)
    {
        _expected = history.OfType<ActionEvent>().ToDictionary(action => action.TaskId);
        var asked = _expected.Values.OrderBy(action => action.TaskId).ToArray();
        Start();
        CompleteIfEnded();
        foreach (var historyEvent in history)
        {
            if (historyEvent is not (ActionEvent or ExecutionStarted))
            {
                Deliver(historyEvent);
            }
        }

        if (Completion is null && _nonDeterminism is null && _expected.Values.MinBy(action => action.TaskId) is { } missing)
        {
            FailWith(new NonDeterminismException(
                $"Orchestrator '{Name.Name}' (instance '{InstanceId}') is not deterministic: its history holds {missing.Description} as number {missing.TaskId}, "
                + "but on replay the orchestrator asked for nothing there."));
        }

        _expected = null;
        return [.. asked.Where(action => _open.ContainsKey(action.TaskId))];
    }

    /// <summary>What the code has asked for since the last call.</summary>
    public IReadOnlyList<ActionEvent> TakeNewActions()
    {
        if (_newActions.Count == 0)
        {
            return [];
        }

        var actions = _newActions;
        _newActions = [];
        return actions;
    }

    /// <summary>Whether a result for this number is still wanted: not so for a timer that was cancelled.</summary>
    public bool IsOpen(int taskId) => _open.ContainsKey(taskId);

    /// <summary>Events that no one has waited for: what a continued instance takes along.</summary>
    public IReadOnlyList<EventRaised> TakeUnprocessedEvents() =>
        _continueAsNew is { PreserveEvents: false } ? [] : [.. _externalEvents.TakeBuffered(), .. _heldWhileSuspended.OfType<EventRaised>()];

    /// <summary>Ends the instance as failed, from outside the code.</summary>
    public void FailWith(Exception exception) =>
        Completion = new ExecutionCompleted(_now, InstanceStatus.Failed, Payload.None, TaskFailureDetails.FromException(exception));

    public override T? GetInput<T>()
        where T : default => _serializer.Deserialize<T>(_start.Input);

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name.Name, nameof(name));
        return options?.Retry is { } retry
            ? RetryAsync(() => CallActivityOnceAsync<TResult>(name.Name, input), retry)
            : CallActivityOnceAsync<TResult>(name.Name, input);
    }

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName.Name, nameof(orchestratorName));
        var instanceId = (options as SubOrchestrationOptions)?.InstanceId;
        return options?.Retry is { } retry
            ? RetryAsync(() => CallSubOrchestratorOnceAsync<TResult>(orchestratorName.Name, instanceId, input), retry)
            : CallSubOrchestratorOnceAsync<TResult>(orchestratorName.Name, instanceId, input);
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        var due = new DateTimeOffset(fireAt.Kind == DateTimeKind.Local ? fireAt.ToUniversalTime() : DateTime.SpecifyKind(fireAt, DateTimeKind.Utc));
        var id = _nextTaskId++;
        Ask(new TimerCreated(_now, id, due));
        var timer = new OpenTask<object?>("timer", _serializer);
        _open.Add(id, timer);
        _timers.Add(id, due);
        if (cancellationToken.CanBeCanceled)
        {
            cancellationToken.Register(() =>
            {
                _timers.Remove(id);
                if (_open.Remove(id))
                {
                    timer.Cancel(cancellationToken);
                }
            });
        }

        return timer.Task;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var waiter = new OpenTask<T>(eventName, _serializer);
        if (cancellationToken.IsCancellationRequested)
        {
            waiter.Cancel(cancellationToken);
            return waiter.Task;
        }

        _externalEvents.Wait(eventName, waiter);
        if (cancellationToken.CanBeCanceled)
        {
            cancellationToken.Register(() =>
            {
                if (_externalEvents.StopWaiting(eventName, waiter))
                {
                    waiter.Cancel(cancellationToken);
                }
            });
        }

        return waiter.Task;
    }

    public override void SendEvent(string instanceId, string eventName, object payload)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        Ask(new EventSent(_now, _nextTaskId++, instanceId, eventName, _serializer.Serialize(payload)));
    }

    public override void SetCustomStatus(object? customStatus) => CustomStatus = _serializer.Serialize(customStatus);

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        _continueAsNew = (_serializer.Serialize(newInput), preserveUnprocessedEvents);

    public override Guid NewGuid() => DeterministicGuid.Create($"{InstanceId}_{CurrentUtcDateTime:O}_{_guids++}");

    private async Task<object?> RunOrchestratorAsync() => await _orchestrator(this);

    private Task<TResult> CallActivityOnceAsync<TResult>(string name, object? input)
    {
        var id = _nextTaskId++;
        Ask(new TaskScheduled(_now, id, name, _serializer.Serialize(input)));
        return Open<TResult>(id, name);
    }

    private Task<TResult> CallSubOrchestratorOnceAsync<TResult>(string name, string? instanceId, object? input)
    {
        var id = _nextTaskId++;
        Ask(new SubOrchestrationCreated(_now, id, name, instanceId ?? $"{InstanceId}:{id:x4}:{NewGuid():n}", _serializer.Serialize(input)));
        return Open<TResult>(id, name);
    }

    private Task<TResult> Open<TResult>(int id, string name)
    {
        var task = new OpenTask<TResult>(name, _serializer);
        _open.Add(id, task);
        return task.Task;
    }

    private void Ask(ActionEvent action)
    {
        if (_expected is null || !_expected.Remove(action.TaskId, out var recorded))
        {
            _newActions.Add(action);
            return;
        }

        if (_nonDeterminism is null && !AsksForTheSame(action, recorded))
        {
            _nonDeterminism = new NonDeterminismException(
                $"Orchestrator '{Name.Name}' (instance '{InstanceId}') is not deterministic: as number {action.TaskId} its history holds {recorded.Description}, "
                + $"but on replay the orchestrator asked for {action.Description}.");
        }
    }

    private static bool AsksForTheSame(ActionEvent asked, ActionEvent recorded) => (asked, recorded) switch
    {
        (TaskScheduled a, TaskScheduled b) => string.Equals(a.Name, b.Name, StringComparison.OrdinalIgnoreCase),
        (SubOrchestrationCreated a, SubOrchestrationCreated b) =>
            string.Equals(a.Name, b.Name, StringComparison.OrdinalIgnoreCase) && a.InstanceId == b.InstanceId,
        (EventSent a, EventSent b) => a.Name == b.Name && a.InstanceId == b.InstanceId,
        (TimerCreated, TimerCreated) => true,
        _ => false,
    };

    private void Apply(HistoryEvent historyEvent)
    {
        switch (historyEvent)
        {
            case TaskCompleted e:
                Close(e.TaskId)?.Complete(e.Result);
                break;
            case SubOrchestrationCompleted e:
                Close(e.TaskId)?.Complete(e.Result);
                break;
            case TimerFired e:
                _timers.Remove(e.TaskId);
                Close(e.TaskId)?.Complete(Payload.None);
                break;
            case TaskFailed e when Close(e.TaskId) is { } task:
                task.Fail(new TaskFailedException(task.Name, e.TaskId, e.Failure));
                break;
            case SubOrchestrationFailed e when Close(e.TaskId) is { } task:
                task.Fail(new TaskFailedException(task.Name, e.TaskId, e.Failure));
                break;
            case EventRaised e:
                _externalEvents.Raise(e);
                break;
        }
    }

    private IOpenTask? Close(int taskId)
    {
        if (_open.Remove(taskId, out var task))
        {
            return task;
        }

        if (taskId >= _nextTaskId && _nonDeterminism is null)
        {
            _nonDeterminism = new NonDeterminismException(
                $"Orchestrator '{Name.Name}' (instance '{InstanceId}') is not deterministic: its history holds a result for number {taskId}"
                + (_expected?.GetValueOrDefault(taskId) is { } recorded ? $", {recorded.Description}," : "")
                + $" but on replay the orchestrator has asked for {_nextTaskId} things only.");
        }

        return null; // a timer that was cancelled, or a second delivery
    }

    private async Task<TResult> RetryAsync<TResult>(Func<Task<TResult>> call, TaskRetryOptions retry)
    {
        var firstAttempt = CurrentUtcDateTime;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (TaskFailedException e)
            {
                var elapsed = CurrentUtcDateTime - firstAttempt;
                if (retry.Handler is { } handler)
                {
                    if (!await handler(new RetryContext(this, attempt, e.FailureDetails, elapsed, CancellationToken.None)))
                    {
                        throw;
                    }
                }
                else if (RetryDelay.After(attempt, elapsed, retry.Policy!, e.FailureDetails) is { } delay) // one of the two is set
                {
                    await CreateTimer(delay, CancellationToken.None);
                }
                else
                {
                    throw;
                }
            }
        }
    }
}
