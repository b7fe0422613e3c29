using Microsoft.DurableTask;

namespace Quorum.StandaloneHost.DurableTask.History;

/// <summary>One thing that happened to an instance. Its history is the list of them, in order; running the orchestrator over it gives its state.</summary>
/// <param name="At">When, by the clock of the process that recorded it. The orchestration's clock is that of the event it reacts to.</param>
internal abstract record HistoryEvent(DateTimeOffset At);

/// <summary>Something an orchestrator asked for. The n-th thing it asks for has number n; on replay it must ask for the same.</summary>
internal abstract record ActionEvent(DateTimeOffset At, int TaskId) : HistoryEvent(At)
{
    /// <summary>How a non-determinism error names it: <c>activity 'FetchQuote'</c>.</summary>
    public abstract string Description { get; }
}

/// <summary>What something that an orchestrator asked for came to.</summary>
/// <param name="At">When.</param>
/// <param name="TaskId">The number of what was asked for.</param>
internal abstract record ActionResult(DateTimeOffset At, int TaskId) : HistoryEvent(At);

/// <param name="Parent">Where the result goes; <see langword="null"/> when a client started it.</param>
internal sealed record ExecutionStarted(
    DateTimeOffset At, string Name, Payload Input, string? Version, string? TraceParent, ParentCall? Parent) : HistoryEvent(At);

/// <summary>The call of a parent orchestration that started this one.</summary>
/// <param name="InstanceId">The parent.</param>
/// <param name="Name">The parent's orchestrator.</param>
/// <param name="TaskId">The call's number.</param>
/// <param name="Generation">Which of the parent's generations called; <see langword="null"/> where history does not say, as it once did not.</param>
internal sealed record ParentCall(string InstanceId, string Name, int TaskId, int? Generation);

internal sealed record TaskScheduled(DateTimeOffset At, int TaskId, string Name, Payload Input) : ActionEvent(At, TaskId)
{
    public override string Description => $"activity '{Name}'";
}

internal sealed record TaskCompleted(DateTimeOffset At, int TaskId, Payload Result) : ActionResult(At, TaskId);

internal sealed record TaskFailed(DateTimeOffset At, int TaskId, TaskFailureDetails Failure) : ActionResult(At, TaskId);

internal sealed record TimerCreated(DateTimeOffset At, int TaskId, DateTimeOffset FireAt) : ActionEvent(At, TaskId)
{
    public override string Description => "a timer";
}

internal sealed record TimerFired(DateTimeOffset At, int TaskId) : ActionResult(At, TaskId);

internal sealed record SubOrchestrationCreated(DateTimeOffset At, int TaskId, string Name, string InstanceId, Payload Input) : ActionEvent(At, TaskId)
{
    public override string Description => $"sub-orchestration '{Name}'";
}

/// <param name="At">When.</param>
/// <param name="TaskId">The number of the call.</param>
/// <param name="Generation">As in <see cref="ParentCall"/>.</param>
internal abstract record SubOrchestrationResult(DateTimeOffset At, int TaskId, int? Generation) : ActionResult(At, TaskId);

internal sealed record SubOrchestrationCompleted(DateTimeOffset At, int TaskId, int? Generation, Payload Result)
    : SubOrchestrationResult(At, TaskId, Generation);

internal sealed record SubOrchestrationFailed(DateTimeOffset At, int TaskId, int? Generation, TaskFailureDetails Failure)
    : SubOrchestrationResult(At, TaskId, Generation);

internal sealed record EventSent(DateTimeOffset At, int TaskId, string InstanceId, string Name, Payload Input) : ActionEvent(At, TaskId)
{
    public override string Description => $"event '{Name}' to instance '{InstanceId}'";
}

internal sealed record EventRaised(DateTimeOffset At, string Name, Payload Input) : HistoryEvent(At);

internal sealed record ExecutionSuspended(DateTimeOffset At, string? Reason) : HistoryEvent(At);

internal sealed record ExecutionResumed(DateTimeOffset At, string? Reason) : HistoryEvent(At);

internal sealed record ExecutionTerminated(DateTimeOffset At, Payload Output) : HistoryEvent(At);

internal sealed record ExecutionCompleted(DateTimeOffset At, InstanceStatus Status, Payload Result, TaskFailureDetails? Failure) : HistoryEvent(At);

/// <summary>The runtime status as the database writes it.</summary>
internal enum InstanceStatus
{
    Pending,
    Running,
    Suspended,
    Completed,
    Failed,
    Terminated,
}
