using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Quorum.EmbeddedRuntime.Hosting.Management;

/// <summary>One event of an instance's history, as it is shown from outside. What an event of its kind does not have is null.</summary>
internal sealed record HistoryEventView
{
    public required HistoryEventKind Kind { get; init; }

    /// <summary>When it was recorded, UTC.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The number of the call or timer that this event is about: of a scheduling event its own,
    /// of its completion, failure or firing the one of the event that scheduled it.</summary>
    public int? TaskId { get; init; }

    /// <summary>The orchestrator, activity or external event.</summary>
    public string? Name { get; init; }

    /// <summary>The other instance: a sub-orchestration's, or the receiver of an event.</summary>
    public string? InstanceId { get; init; }

    /// <summary>JSON.</summary>
    public string? Input { get; init; }

    /// <summary>JSON.</summary>
    public string? Result { get; init; }

    /// <summary>Why it was suspended, resumed or terminated.</summary>
    public string? Reason { get; init; }

    /// <summary>Why it failed.</summary>
    public TaskFailureDetails? Failure { get; init; }

    /// <summary>When a timer is due.</summary>
    public DateTimeOffset? FireAt { get; init; }

    /// <summary>How the orchestration ended.</summary>
    public OrchestrationRuntimeStatus? Status { get; init; }
}

/// <summary>What happened. The names are the ones that the management API shows as <c>EventType</c>.</summary>
internal enum HistoryEventKind
{
    ExecutionStarted,
    ExecutionCompleted,
    ExecutionTerminated,
    ExecutionSuspended,
    ExecutionResumed,
    TaskScheduled,
    TaskCompleted,
    TaskFailed,
    SubOrchestrationInstanceCreated,
    SubOrchestrationInstanceCompleted,
    SubOrchestrationInstanceFailed,
    TimerCreated,
    TimerFired,
    EventSent,
    EventRaised,
    ContinueAsNew,
}
