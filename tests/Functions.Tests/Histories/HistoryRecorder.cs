using DurableTask.Core;
using DurableTask.Core.Command;
using DurableTask.Core.History;

namespace Quorum.Functions.Tests.Histories;

/// <summary>Runs an instance of an orchestrator turn by turn, with results that the caller chooses, and keeps its history. The clock moves
/// by a millisecond a turn, and to the due time of a timer.</summary>
internal sealed class HistoryRecorder
{
    private readonly string _name;
    private readonly List<HistoryEvent> _history = [];
    private readonly List<HistoryEvent> _incoming = [];
    private readonly List<TaskScheduledEvent> _openActivities = [];
    private readonly List<TimerCreatedEvent> _openTimers = [];
    private DateTime _now;

    public HistoryRecorder(string name, string instanceId, object input, DateTimeOffset start)
    {
        _name = name;
        _now = start.UtcDateTime;
        _incoming.Add(
            new ExecutionStartedEvent(-1, ReleasedOrchestrators.Converter.Serialize(input))
            {
                Name = name,
                Version = "1.0",
                OrchestrationInstance = new OrchestrationInstance { InstanceId = instanceId, ExecutionId = instanceId + "-1" },
            }
        );
        Turn();
    }

    public IReadOnlyList<HistoryEvent> History => _history;

    /// <summary>Runs a turn with what has arrived.</summary>
    public HistoryRecorder Turn()
    {
        _now = _now.AddMilliseconds(1);
        _history.Add(new OrchestratorStartedEvent(-1) { Timestamp = _now });
        foreach (var arrived in _incoming)
        {
            arrived.Timestamp = _now;
            _history.Add(arrived);
        }

        _incoming.Clear();
        foreach (var action in OrchestrationReplay.Run([.. _history], ReleasedOrchestrators.Create(_name)))
        {
            var step = StepOf(action);
            step.Timestamp = _now;
            _history.Add(step);
            if (step is TaskScheduledEvent scheduled)
            {
                _openActivities.Add(scheduled);
            }
            else if (step is TimerCreatedEvent timer)
            {
                _openTimers.Add(timer);
            }
        }

        return this;
    }

    /// <summary>Completes the first open call of an activity.</summary>
    /// <param name="activity">Its name.</param>
    /// <param name="result">An object, or its JSON as a string; <see langword="null"/> for an activity without a result.</param>
    /// <param name="inputContains">A text in the input, to choose one of several calls.</param>
    public HistoryRecorder Complete(string activity, object? result = null, string inputContains = "")
    {
        var json = result as string ?? ReleasedOrchestrators.Converter.Serialize(result);
        _incoming.Add(new TaskCompletedEvent(-1, Take(activity, inputContains).EventId, json));
        return this;
    }

    /// <summary>Fails the first open call of an activity.</summary>
    public HistoryRecorder Fail(string activity)
    {
        var failure = new FailureDetails("Npgsql.NpgsqlException", "PostgreSQL is unavailable.", null, null, false);
        _incoming.Add(new TaskFailedEvent(-1, Take(activity, "").EventId, failure.ErrorMessage, null, failure));
        return this;
    }

    /// <summary>Fires the open timer that was created last.</summary>
    public HistoryRecorder FireTimer()
    {
        var timer = _openTimers[^1];
        _openTimers.Remove(timer);
        _now = timer.FireAt;
        _incoming.Add(new TimerFiredEvent(-1, timer.FireAt) { TimerId = timer.EventId });
        return this;
    }

    /// <summary>Raises an event.</summary>
    public HistoryRecorder Raise(string name, object? payload)
    {
        _incoming.Add(new EventRaisedEvent(-1, ReleasedOrchestrators.Converter.Serialize(payload)) { Name = name });
        return this;
    }

    /// <summary>Terminates the instance.</summary>
    public HistoryRecorder Terminate()
    {
        _incoming.Add(new ExecutionTerminatedEvent(-1, "\"by an operator\""));
        return this;
    }

    private TaskScheduledEvent Take(string activity, string inputContains)
    {
        var open = _openActivities.First(scheduled =>
            scheduled.Name == activity && scheduled.Input?.Contains(inputContains, StringComparison.Ordinal) is true
        );
        _openActivities.Remove(open);
        return open;
    }

    private static HistoryEvent StepOf(OrchestratorAction action) =>
        action switch
        {
            ScheduleTaskOrchestratorAction a => new TaskScheduledEvent(a.Id, a.Name ?? "", a.Version, a.Input),
            CreateTimerOrchestratorAction a => new TimerCreatedEvent(a.Id, a.FireAt),
            OrchestrationCompleteOrchestratorAction a => new ExecutionCompletedEvent(
                a.Id,
                a.Result,
                a.OrchestrationStatus,
                a.FailureDetails
            ),
            _ => throw new NotSupportedException($"A recording of {action.OrchestratorActionType} is not written yet."),
        };
}
