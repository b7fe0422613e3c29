using Microsoft.DurableTask;
using Quorum.StandaloneHost.DurableTask.History;
using Quorum.StandaloneHost.DurableTask.Hub;

namespace Quorum.StandaloneHost.DurableTask.Instances;

/// <summary>What a turn came to, and how that is written: into the instance's row, and to other instances.</summary>
/// <param name="Actions">What the code asked for.</param>
/// <param name="Completion">How it ended; <see langword="null"/> when it has not.</param>
/// <param name="Status">The instance's, now.</param>
/// <param name="CustomStatus">The last that the code has set.</param>
/// <param name="IsContinued">The instance has continued as new, once or more often.</param>
/// <param name="IsRelease">The instance leaves memory, and waits in the store for a timer or a message.</param>
internal readonly record struct TurnOutcome(
    IReadOnlyList<ActionEvent> Actions,
    ExecutionCompleted? Completion,
    InstanceStatus Status,
    Payload CustomStatus,
    bool IsContinued,
    bool IsRelease)
{
    /// <summary>Adds the events that the code sent.</summary>
    public static void AddMessages(IReadOnlyList<ActionEvent> actions, ref List<OutgoingMessage>? messages)
    {
        foreach (var action in actions)
        {
            if (action is EventSent sent)
            {
                (messages ??= []).Add(new OutgoingMessage(sent.InstanceId, new EventRaised(sent.At, sent.Name, sent.Input)));
            }
        }
    }

    /// <summary>Adds the events that the code sent and, at its end, the result for its parent.</summary>
    public void AddMessages(ExecutionStarted start, ref List<OutgoingMessage>? messages)
    {
        AddMessages(Actions, ref messages);
        if (Completion is not null && start.Parent is { } parent)
        {
            (messages ??= []).Add(new OutgoingMessage(parent.InstanceId, ResultFor(parent, Completion)));
        }
    }

    /// <summary>The row of an instance whose first turn this is.</summary>
    public NewInstance Insert(NewInstance row, ExecutionStarted start) => row with
    {
        Status = Status,
        CompletedAt = Completion?.At,
        Output = Completion?.Result ?? Payload.None,
        CustomStatus = CustomStatus,
        Failure = Failure,
        Start = start,
    };

    /// <summary>What changes in the row of an instance whose first turn this is not.</summary>
    /// <param name="generation">The one that the turn ended in.</param>
    /// <param name="start">Of that generation.</param>
    /// <param name="at">When the last thing happened that the turn took.</param>
    /// <param name="wakeAt">When the instance must be looked at again, if it is released.</param>
    public InstanceUpdate Update(int generation, ExecutionStarted start, DateTimeOffset at, DateTimeOffset? wakeAt) => new()
    {
        Generation = generation,
        Status = Status,
        UpdatedAt = at,
        CompletedAt = Completion?.At,
        WakeAt = IsRelease ? wakeAt : null,
        Keep = !IsRelease,
        Input = IsContinued ? start.Input : Payload.None,
        Output = Completion?.Result ?? Payload.None,
        CustomStatus = CustomStatus,
        Failure = Failure,
    };

    private byte[]? Failure => Completion?.Failure is { } details ? FailureCodec.Write(details) : null;

    private static HistoryEvent ResultFor(ParentCall parent, ExecutionCompleted completion) => completion switch
    {
        { Failure: { } failure } => new SubOrchestrationFailed(completion.At, parent.TaskId, parent.Generation, failure),
        { Status: InstanceStatus.Terminated } => new SubOrchestrationFailed(
            completion.At, parent.TaskId, parent.Generation, new TaskFailureDetails("Terminated", "The sub-orchestration was terminated.", null, null, null)),
        _ => new SubOrchestrationCompleted(completion.At, parent.TaskId, parent.Generation, completion.Result),
    };
}
