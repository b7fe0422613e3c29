using DurableTask.Core;
using DurableTask.Core.History;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>The result of a sub-orchestration call whose instance id belongs to an unfinished instance.</summary>
internal static class ChildRejection
{
    /// <returns><see langword="null"/> if no caller waits for the child.</returns>
    public static OutgoingMessage? MessageFor(NewInstance child)
    {
        if (child.Start.ParentInstance is not { } parent)
        {
            return null;
        }

        var failure = new FailureDetails(
            "DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException",
            $"An unfinished orchestration with the id '{child.InstanceId}' exists already.",
            null,
            null,
            isNonRetriable: true
        );
        return new OutgoingMessage(
            parent.OrchestrationInstance.InstanceId,
            parent.OrchestrationInstance.ExecutionId,
            new SubOrchestrationInstanceFailedEvent(-1, parent.TaskScheduleId, failure.ErrorMessage, null, failure)
        );
    }
}
