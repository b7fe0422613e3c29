using DurableTask.Core;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>A turn of an instance for the orchestration dispatcher. While the orchestrator stays in memory, each turn has the same work
/// item.</summary>
internal sealed class SessionWorkItem(OrchestrationSession session) : TaskOrchestrationWorkItem
{
    public OrchestrationSession OrchestrationSession => session;

    public override bool RestoreOriginalRuntimeStateDuringCompletion => false;
}

/// <summary>A run of an activity for the activity dispatcher.</summary>
internal sealed class ActivityWorkItem(OrchestrationSession session) : TaskActivityWorkItem
{
    public OrchestrationSession OrchestrationSession => session;
}
