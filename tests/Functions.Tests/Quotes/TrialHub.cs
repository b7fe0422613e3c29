using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Quorum.Functions.Tests.Quotes;

/// <summary>A hub that accepts orchestrations and ends them when a test says so.</summary>
internal sealed class TrialHub() : DurableTaskClient("trial")
{
    public TaskCompletionSource<string> Scheduled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource<string> FirstPurged { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<string> Purged { get; } = new();

    /// <summary>True if it accepts no orchestrations.</summary>
    public bool Refuses { get; set; }

    /// <summary>The number of orchestrations that it was given.</summary>
    public int Given { get; private set; }

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName,
        object? input = null,
        StartOrchestrationOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        Given++;
        if (Refuses)
        {
            throw new InvalidOperationException("The hub accepts no orchestrations.");
        }

        var instanceId = options?.InstanceId ?? throw new ArgumentException("The trial has an id of its own.", nameof(options));
        Scheduled.TrySetResult(instanceId);
        return Task.FromResult(instanceId);
    }

    public override async Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default
    )
    {
        await Ended.Task.WaitAsync(cancellation);
        return new OrchestrationMetadata("AggregateQuote", instanceId);
    }

    public override Task<PurgeResult> PurgeInstanceAsync(
        string instanceId,
        PurgeInstanceOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        Purged.Enqueue(instanceId);
        FirstPurged.TrySetResult(instanceId);
        return Task.FromResult(new PurgeResult(1));
    }

    public override Task RaiseEventAsync(
        string instanceId,
        string eventName,
        object? eventPayload = null,
        CancellationToken cancellation = default
    ) => throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default
    ) => throw new NotSupportedException();

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default
    ) => throw new NotSupportedException();

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) =>
        throw new NotSupportedException();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
