using DurableTask.Core;
using Microsoft.DurableTask;

namespace Quorum.StandaloneHost.DurableTask.Orchestrations;

/// <summary>
/// One orchestration in memory: the official shim, and the failure of an instance whose code awaited a task that is not durable. The
/// failure is an event, so that it happens within a turn and is the same in each replay.
/// </summary>
internal sealed class RegisteredOrchestration(OrchestrationFactory factory, string name) : TaskOrchestration
{
    /// <summary>The name of the event that fails the instance.</summary>
    public const string IllegalAwaitEvent = "quorum:illegal-await";

    private readonly TaskCompletionSource<string?> _illegalAwait = new();
    private TaskOrchestration? _shim;
    private int _leftTurn;

    /// <summary>The orchestration that called this one; <see langword="null"/> if a client started it. Set before the first turn.</summary>
    public ParentInstance? Parent { get; set; }

    /// <summary>The clock of its turns.</summary>
    public TurnClock Clock { get; } = new();

    public override async Task<string?> Execute(OrchestrationContext context, string input)
    {
        var instance = context.OrchestrationInstance;
        var parent = Parent is { } caller ? new ParentOrchestrationInstance(caller.Name, caller.OrchestrationInstance.InstanceId) : null;
        _shim = factory.Shim(
            name,
            parent,
            () =>
            {
                if (Interlocked.Exchange(ref _leftTurn, 1) == 0)
                {
                    factory.FailForIllegalAwait(instance);
                }
            }
        );
        return await await Task.WhenAny(_shim.Execute(context, input), _illegalAwait.Task);
    }

    public override string? GetStatus() => _shim?.GetStatus();

    public override void RaiseEvent(OrchestrationContext context, string eventName, string input)
    {
        if (eventName == IllegalAwaitEvent)
        {
            _illegalAwait.TrySetException(
                new InvalidOperationException(
                    $"Orchestrator '{name}' (instance '{context.OrchestrationInstance.InstanceId}') awaited a task that is not durable. An orchestrator may "
                        + "await only tasks of its context; everything else belongs in an activity."
                )
            );
            return;
        }

        _shim?.RaiseEvent(context, eventName, input);
    }
}
