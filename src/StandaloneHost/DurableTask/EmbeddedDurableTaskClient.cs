using System.Diagnostics;
using System.Text.Json;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Npgsql;
using Quorum.Shared.Postgres;
using Quorum.StandaloneHost.DurableTask.History;
using Quorum.StandaloneHost.DurableTask.Hub;
using Quorum.StandaloneHost.DurableTask.Instances;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>The client of the embedded hub. An instance that it starts lives in this process, so that start, end and answer need no other.</summary>
internal sealed class EmbeddedDurableTaskClient(
    OrchestrationHub hub, InstanceStore store, InstanceWaiters waiters, PayloadSerializer serializer, TimeProvider time, DurableTaskOptions options)
    : DurableTaskClient(options.HubName)
{
    /// <summary>As in Azure: https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-instance-management.</summary>
    public const int LongestInstanceId = 100;

    // The safety net under the notifications.
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(2);

    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName.Name, nameof(orchestratorName));
        if (!hub.HasOrchestrator(orchestratorName.Name))
        {
            throw new ArgumentException($"There is no orchestrator '{orchestratorName.Name}'.", nameof(orchestratorName));
        }

        if (options?.InstanceId is { } given && !IsInstanceId(given))
        {
            throw new ArgumentException(
                $"An instance id has 1 to {LongestInstanceId} characters, none of them a control character; this one has {given.Length}.", nameof(options));
        }

        using var span = StartSpan(orchestratorName.Name);
        var instanceId = options?.InstanceId ?? Guid.CreateVersion7().ToString("N"); // grows with time: its index stays dense
        var now = time.GetUtcNow();
        var startAt = options?.StartAt?.ToUniversalTime();
        var instance = new NewInstance
        {
            InstanceId = instanceId,
            Start = new ExecutionStarted(
                now, orchestratorName.Name, serializer.Serialize(input), options?.Version?.Version, Activity.Current?.Id, Parent: null),
            Status = InstanceStatus.Running,
            Tags = options?.Tags is { Count: > 0 } tags ? JsonSerializer.Serialize(tags) : null,
            IsMeasured = options?.Tags?.ContainsKey(StandaloneTelemetry.UnmeasuredTag) is not true,
        };
        if (startAt > now)
        {
            if (options?.InstanceId is not null)
            {
                await FreeIdAsync(instanceId, options, cancellation);
            }

            await store.InsertPendingAsync(instance with { Status = InstanceStatus.Pending, StartAt = startAt }, cancellation);
            hub.ClaimAt(startAt.Value);
            return instanceId;
        }

        try
        {
            await hub.StartAsync(instance, cancellation);
        }
        catch (OrchestrationAlreadyExistsException) when (options?.InstanceId is not null)
        {
            // Seldom: the insert finds out, so that an id that is free costs no question beforehand.
            await FreeIdAsync(instanceId, options, cancellation);
            await hub.StartAsync(instance, cancellation);
        }

        return instanceId;
    }

    // Within a trace the orchestration's own span says it all; outside of one this begins it.
    private static Activity? StartSpan(string name) => Activity.Current is null && StandaloneTelemetry.Source.HasListeners()
        ? StandaloneTelemetry.Source.StartActivity($"create_orchestration:{name}", ActivityKind.Producer)
        : null;

    /// <summary>Whether a caller may give a new instance this id.</summary>
    public static bool IsInstanceId(string text) => text.Length is > 0 and <= LongestInstanceId && !text.Any(c => char.IsControl(c) || char.IsSurrogate(c));

    /// <summary>Whether a page of a query came with this token.</summary>
    public static bool IsContinuationToken(string token) => InstancePages.TryParse(token, out _);

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return SendAsync(instanceId, new EventRaised(time.GetUtcNow(), eventName, serializer.Serialize(eventPayload)), cancellation);
    }

    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new ExecutionTerminated(time.GetUtcNow(), serializer.Serialize(options?.Output)), cancellation);

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new ExecutionSuspended(time.GetUtcNow(), reason), cancellation);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new ExecutionResumed(time.GetUtcNow(), reason), cancellation);

    public override Task<OrchestrationMetadata?> GetInstanceAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return store.FindAsync(instanceId, getInputsAndOutputs ? serializer : null, cancellation);
    }

    /// <summary>An older name of <see cref="GetInstanceAsync"/>, which the package keeps abstract.</summary>
    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        GetInstanceAsync(instanceId, getInputsAndOutputs, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, getInputsAndOutputs, instance => instance.Started, metadata => metadata.RuntimeStatus != OrchestrationRuntimeStatus.Pending, cancellation);

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        WaitAsync(instanceId, getInputsAndOutputs, instance => instance.Ended, metadata => metadata.IsCompleted, cancellation);

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) =>
        new InstancePages(store, serializer, filter ?? new OrchestrationQuery());

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        RefuseRecursion(options);
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return new PurgeResult(await store.PurgeAsync(instanceId, cancellation) ? 1 : 0);
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        RefuseRecursion(options);
        ArgumentNullException.ThrowIfNull(filter);
        const int limit = 500;
        var total = 0;
        while (true)
        {
            var (purged, last) = await store.PurgeAsync(filter, limit, cancellation);
            total += purged;
            if (purged < limit)
            {
                return new PurgeResult(total);
            }

            filter = filter with { CreatedFrom = last }; // past what is gone
        }
    }

    /// <summary>The instance's history, oldest first, for the management API.</summary>
    public Task<IReadOnlyList<HistoryEvent>> LoadHistoryAsync(string instanceId, CancellationToken cancellation) =>
        store.LoadHistoryAsync(instanceId, cancellation);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void RefuseRecursion(PurgeInstanceOptions? options)
    {
        if (options is { Recursive: true })
        {
            throw new NotSupportedException("Sub-orchestrations are purged one by one; PurgeInstanceOptions.Recursive must be false.");
        }
    }

    /// <summary>Makes room for a new instance under a caller's id.</summary>
    /// <exception cref="OrchestrationAlreadyExistsException">The instance there may not be replaced.</exception>
    private async Task FreeIdAsync(string instanceId, StartOrchestrationOptions options, CancellationToken cancellation)
    {
        if (await store.FreeIdAsync(instanceId, options.DedupeStatuses, cancellation) is { } status)
        {
            throw new OrchestrationAlreadyExistsException($"An orchestration with the id '{instanceId}' exists already, in status {status}.");
        }
    }

    private async Task SendAsync(string instanceId, HistoryEvent historyEvent, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var isHere = hub.Find(instanceId) is not null;
        var message = await store.SendAsync(new OutgoingMessage(instanceId, historyEvent), notify: !isHere, cancellation);
        if (message is not null && !hub.Deliver(message))
        {
            await hub.ClaimOrAnnounceAsync(instanceId, announced: !isHere, cancellation);
        }
    }

    private async Task<OrchestrationMetadata> WaitAsync(
        string instanceId,
        bool getInputsAndOutputs,
        Func<OrchestrationInstance, Task> here,
        Func<OrchestrationMetadata, bool> isDone,
        CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        while (true)
        {
            if (hub.Find(instanceId) is { } instance)
            {
                await here(instance).WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellation.ThrowIfCancellationRequested();
            }

            try
            {
                if (await LookAsync(instanceId, getInputsAndOutputs ? serializer : null, isDone, cancellation) is { } metadata)
                {
                    return metadata;
                }
            }
            catch (NpgsqlException e) when (e.IsTemporary())
            {
                await Task.Delay(LookAgainAfter / 10, time, cancellation); // the hub's own loops tell of the outage
            }
        }
    }

    /// <returns><see langword="null"/> when it is time to look again.</returns>
    private async Task<OrchestrationMetadata?> LookAsync(
        string instanceId, PayloadSerializer? payloads, Func<OrchestrationMetadata, bool> isDone, CancellationToken cancellation)
    {
        var signal = waiters.SignalFor(instanceId);
        try
        {
            var found = await store.FindAsync(instanceId, payloads, cancellation);
            if (found is not null && isDone(found))
            {
                waiters.Ended(instanceId);
                return found;
            }

            if (hub.Find(instanceId) is null)
            {
                if (found is null)
                {
                    throw new InvalidOperationException($"There is no orchestration with the id '{instanceId}'.");
                }

                await hub.WatchAsync(instanceId, cancellation);
                await Task.WhenAny(signal, Task.Delay(LookAgainAfter, time, cancellation));
                cancellation.ThrowIfCancellationRequested();
            }

            return null;
        }
        catch
        {
            waiters.Ended(instanceId); // others who wait look again, and nothing is left behind
            throw;
        }
    }
}
