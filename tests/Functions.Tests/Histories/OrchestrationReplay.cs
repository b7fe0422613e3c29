using DurableTask.Core;
using DurableTask.Core.Command;
using DurableTask.Core.History;

namespace Quorum.Functions.Tests.Histories;

/// <summary>Runs orchestrators by the replay of DurableTask.Core, which both hosts use.</summary>
internal static class OrchestrationReplay
{
    /// <summary>Replays a history.</summary>
    /// <returns>The steps that the orchestrator takes next, in order.</returns>
    public static IReadOnlyList<OrchestratorAction> Run(List<HistoryEvent> history, TaskOrchestration orchestration) =>
        [
            .. new TaskOrchestrationExecutor(
                new OrchestrationRuntimeState(history),
                orchestration,
                BehaviorOnContinueAsNew.Carryover,
                ErrorPropagationMode.UseFailureDetails
            )
                .Execute()
                .Actions,
        ];
}
