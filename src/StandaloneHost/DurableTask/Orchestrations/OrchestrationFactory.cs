using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Worker;
using Microsoft.DurableTask.Worker.Shims;
using Microsoft.Extensions.Logging;
using Quorum.DurableTask.PostgreSql;

namespace Quorum.StandaloneHost.DurableTask.Orchestrations;

/// <summary>Creates orchestrations for DurableTask.Core from the registered orchestrators, through the official shims.</summary>
internal sealed partial class OrchestrationFactory(
    TaskRegistry registry,
    PayloadConverter converter,
    PostgresOrchestrationService service,
    ILoggerFactory loggerFactory,
    ILogger<OrchestrationFactory> logger
) : INameVersionObjectManager<TaskOrchestration>
{
    private readonly DurableTaskShimFactory _shims = new(new DurableTaskWorkerOptions { DataConverter = converter });

    /// <inheritdoc />
    public void Add(ObjectCreator<TaskOrchestration> creator) =>
        throw new NotSupportedException($"Orchestrators are added to the {nameof(TaskRegistry)}.");

    /// <inheritdoc />
    public TaskOrchestration GetObject(string name, string? version) => new RegisteredOrchestration(this, name);

    /// <summary>Creates the shim around one run of an orchestrator.</summary>
    /// <param name="name">The orchestrator's name.</param>
    /// <param name="parent">The orchestration that called it; <see langword="null"/> if a client started it.</param>
    /// <param name="leftTurn">Called on any thread when the code continues outside of a turn.</param>
    public TaskOrchestration Shim(string name, ParentOrchestrationInstance? parent, Action leftTurn) =>
        _shims.CreateOrchestration(
            name,
            new OrchestratorCall(registry.FindOrchestrator(name) ?? Missing, converter, leftTurn, loggerFactory),
            parent
        );

    /// <summary>Sends the event that fails an instance whose code awaited a task that is not durable.</summary>
    public void FailForIllegalAwait(OrchestrationInstance instance) => _ = SendIllegalAwaitAsync(instance);

    private Task<object?> Missing(TaskOrchestrationContext context) =>
        throw new InvalidOperationException(
            $"There is no orchestrator '{context.Name.Name}' in this process. It has: {string.Join(", ", registry.Orchestrators.Order())}."
        );

    private async Task SendIllegalAwaitAsync(OrchestrationInstance instance)
    {
        try
        {
            await service.SendTaskOrchestrationMessageAsync(
                new TaskMessage
                {
                    OrchestrationInstance = instance,
                    Event = new EventRaisedEvent(-1, null) { Name = RegisteredOrchestration.IllegalAwaitEvent },
                }
            );
        }
        catch (Exception e) // not awaited; after a takeover the same fault is detected again
        {
            LogNotFailed(logger, e, instance.InstanceId);
        }
    }

    [LoggerMessage(2203, LogLevel.Error, "Instance {InstanceId} awaited a task that is not durable, and could not be failed for it")]
    private static partial void LogNotFailed(ILogger logger, Exception exception, string instanceId);

    /// <summary>The orchestrator's code in the form that the shims call.</summary>
    private sealed class OrchestratorCall(
        Func<TaskOrchestrationContext, Task<object?>> run,
        PayloadConverter converter,
        Action leftTurn,
        ILoggerFactory loggerFactory
    ) : ITaskOrchestrator
    {
        public Type InputType => typeof(Payload);

        public Type OutputType => typeof(object);

        public async Task<object?> RunAsync(TaskOrchestrationContext context, object? input)
        {
            var outer = SynchronizationContext.Current ?? throw new InvalidOperationException("An orchestrator runs within a turn only.");
            var turns = new TurnSynchronizationContext(outer, leftTurn);
            SynchronizationContext.SetSynchronizationContext(turns); // until this async method first returns
            var typed = new TypedOrchestrationContext(context, (input as Payload)?.Json, converter, turns, loggerFactory);
            var result = await run(typed);
            await typed.EndGenerationAsync();
            return result;
        }
    }
}
