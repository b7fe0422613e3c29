using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Quorum.Functions.Quotes;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Quotes;

public sealed class InstanceStarterTests
{
    [Fact]
    public async Task The_trial_with_which_a_hub_that_is_back_was_found_is_purged_when_it_has_ended()
    {
        var time = new ManualTimeProvider();
        var health = new HubHealth(time);
        var hub = new TrialHub();
        var starter = new InstanceStarter(health, time, NullLogger<InstanceStarter>.Instance);
        health.Begin();
        health.End(taken: false);

        starter.TestIfUnavailable(hub);
        var trial = await hub.Scheduled.Task.WithinAsync();
        Assert.Empty(hub.Purged);
        hub.Ended.SetResult();

        Assert.Equal(trial, await hub.FirstPurged.Task.WithinAsync());
        Assert.False(health.IsUnavailable);
    }

    /// <summary>A hub that accepts orchestrations and ends them when a test says so.</summary>
    private sealed class TrialHub() : DurableTaskClient("trial")
    {
        public TaskCompletionSource<string> Scheduled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<string> FirstPurged { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<string> Purged { get; } = new();

        public override Task<string> ScheduleNewOrchestrationInstanceAsync(
            TaskName orchestratorName,
            object? input = null,
            StartOrchestrationOptions? options = null,
            CancellationToken cancellation = default
        )
        {
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
}
