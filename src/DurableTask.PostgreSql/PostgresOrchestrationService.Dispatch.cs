using DurableTask.Core;
using Quorum.DurableTask.PostgreSql.Sessions;

namespace Quorum.DurableTask.PostgreSql;

// Turns and activities for the dispatchers of a worker. An item belongs to this process as long as its lease, so none is renewed by itself.
public sealed partial class PostgresOrchestrationService
{
    public int TaskOrchestrationDispatcherCount => 2;

    public int MaxConcurrentTaskOrchestrationWorkItems => _options.MaxConcurrentOrchestrations;

    public int TaskActivityDispatcherCount => _options.RunActivity is null ? 2 : 1;

    public int MaxConcurrentTaskActivityWorkItems => _options.RunActivity is null ? _options.MaxConcurrentActivities : 1;

    public BehaviorOnContinueAsNew EventBehaviourForContinueAsNew => BehaviorOnContinueAsNew.Carryover;

    public bool IsMaxMessageCountExceeded(int currentMessageCount, OrchestrationRuntimeState runtimeState) => false;

    /// <inheritdoc/>
    /// <remarks>The dispatcher calls it before it abandons the item, in the same asynchronous flow.</remarks>
    public int GetDelayInSecondsAfterOnProcessException(Exception exception)
    {
        _processFault.Value = exception;
        return 0; // the instance that failed is delayed, not the dispatcher
    }

    public int GetDelayInSecondsAfterOnFetchException(Exception exception) => exception is OperationCanceledException ? 0 : 1;

    public Task<TaskOrchestrationWorkItem> LockNextTaskOrchestrationWorkItemAsync(
        TimeSpan receiveTimeout,
        CancellationToken cancellationToken
    ) => _hub.TakeAsync(cancellationToken);

    public Task RenewTaskOrchestrationWorkItemLockAsync(TaskOrchestrationWorkItem workItem) => Task.CompletedTask;

    public Task CompleteTaskOrchestrationWorkItemAsync(
        TaskOrchestrationWorkItem workItem,
        OrchestrationRuntimeState newOrchestrationRuntimeState,
        IList<TaskMessage> outboundMessages,
        IList<TaskMessage> orchestratorMessages,
        IList<TaskMessage> timerMessages,
        TaskMessage? continuedAsNewMessage,
        OrchestrationState? orchestrationState
    ) =>
        Session(workItem)
            .CompleteAsync(newOrchestrationRuntimeState, outboundMessages, orchestratorMessages, timerMessages, orchestrationState);

    public Task AbandonTaskOrchestrationWorkItemAsync(TaskOrchestrationWorkItem workItem)
    {
        Session(workItem).AbandonTurn(_processFault.Value);
        return Task.CompletedTask;
    }

    public Task ReleaseTaskOrchestrationWorkItemAsync(TaskOrchestrationWorkItem workItem)
    {
        Session(workItem).Release();
        return Task.CompletedTask;
    }

    public Task<TaskActivityWorkItem> LockNextTaskActivityWorkItem(TimeSpan receiveTimeout, CancellationToken cancellationToken) =>
        _activities.TakeAsync(cancellationToken);

    public Task<TaskActivityWorkItem> RenewTaskActivityWorkItemLockAsync(TaskActivityWorkItem workItem) => Task.FromResult(workItem);

    public Task CompleteTaskActivityWorkItemAsync(TaskActivityWorkItem workItem, TaskMessage responseMessage)
    {
        _activities.Complete((ActivityWorkItem)workItem, responseMessage);
        return Task.CompletedTask;
    }

    public Task AbandonTaskActivityWorkItemAsync(TaskActivityWorkItem workItem)
    {
        _activities.Abandon((ActivityWorkItem)workItem);
        return Task.CompletedTask;
    }

    private static OrchestrationSession Session(TaskOrchestrationWorkItem workItem) => ((SessionWorkItem)workItem).OrchestrationSession;
}
