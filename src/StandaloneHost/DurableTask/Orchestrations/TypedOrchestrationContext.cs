using Microsoft.DurableTask;
using Microsoft.DurableTask.Entities;
using Microsoft.Extensions.Logging;

namespace Quorum.StandaloneHost.DurableTask.Orchestrations;

/// <summary>The context of an orchestrator: that of the official shims, with an input of any type.</summary>
/// <remarks>
/// DurableTask.Core ends a generation when none of its tasks is open, but an orchestrator in memory loses its request to continue as new
/// when a later turn begins. So the request is made in the turn in which the last task completes.
/// </remarks>
internal sealed class TypedOrchestrationContext(
    TaskOrchestrationContext inner,
    string? input,
    PayloadConverter converter,
    TurnSynchronizationContext turns,
    ILoggerFactory loggerFactory
) : TaskOrchestrationContext
{
    private readonly List<Task> _tasks = [];
    private ContinueAsNewOptions? _next;

    public override TaskName Name => inner.Name;

    public override string InstanceId => inner.InstanceId;

    public override ParentOrchestrationInstance? Parent => inner.Parent;

    public override DateTime CurrentUtcDateTime => inner.CurrentUtcDateTime;

    public override bool IsReplaying => inner.IsReplaying;

    public override string Version => inner.Version;

    public override IReadOnlyDictionary<string, object?> Properties => inner.Properties;

    public override TaskOrchestrationEntityFeature Entities => inner.Entities;

    protected override ILoggerFactory LoggerFactory => loggerFactory;

    private TaskOrchestrationContext Inner
    {
        get
        {
            turns.EnsureInTurn();
            return inner;
        }
    }

    public override T? GetInput<T>()
        where T : default => converter.Read<T>(input);

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null) =>
        Opened(Inner.CallActivityAsync<TResult>(name, input, options));

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken) =>
        Opened(Inner.CreateTimer(fireAt, cancellationToken));

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default) =>
        Inner.WaitForExternalEvent<T>(eventName, cancellationToken);

    public override void SendEvent(string instanceId, string eventName, object payload) => Inner.SendEvent(instanceId, eventName, payload);

    public override void SetCustomStatus(object? customStatus) => Inner.SetCustomStatus(customStatus);

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(
        TaskName orchestratorName,
        object? input = null,
        TaskOptions? options = null
    ) => Opened(Inner.CallSubOrchestratorAsync<TResult>(orchestratorName, input, options));

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true) =>
        ContinueAsNew(new ContinueAsNewOptions { NewInput = newInput, PreserveUnprocessedEvents = preserveUnprocessedEvents });

    public override void ContinueAsNew(ContinueAsNewOptions options)
    {
        turns.EnsureInTurn();
        _next = options;
    }

    public override Guid NewGuid() => Inner.NewGuid();

    /// <summary>Ends the generation, if the orchestrator asked for it, once its open tasks have completed.</summary>
    public async Task EndGenerationAsync()
    {
        if (_next is null)
        {
            return;
        }

        while (_tasks.Find(task => !task.IsCompleted) is { } open)
        {
            await open.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }

        inner.ContinueAsNew(_next);
    }

    private T Opened<T>(T task)
        where T : Task
    {
        _tasks.Add(task);
        return task;
    }
}
