using Quorum.StandaloneHost.DurableTask.History;
using Quorum.StandaloneHost.DurableTask.Hub;

namespace Quorum.StandaloneHost.DurableTask.Instances;

/// <summary>The commit of one turn of an instance in this worker's memory, which hears how it went.</summary>
internal sealed class InstanceCommit(OrchestrationInstance instance) : TurnCommit, IThreadPoolWorkItem
{
    /// <summary>What the turn asked for, to be done once that is durable.</summary>
    public required IReadOnlyList<ActionEvent> Actions { get; init; }

    /// <summary>How the instance ended; <see langword="null"/> when it has not.</summary>
    public required ExecutionCompleted? Completion { get; init; }

    /// <summary>The instance leaves memory.</summary>
    public required bool IsRelease { get; init; }

    public override bool IsAbandoned => instance.IsAbandoned && Insert is not null && !MayStandAlready;

    // The writer goes on with the next group at once.
    public override void OnCommitted() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    public void Execute() => instance.Committed(this);

    public override void OnLost() => instance.Lost();

    public override void OnStopped() => instance.Stopped();

    public override void OnFailed(Exception exception) => instance.Failed(this, exception);
}
