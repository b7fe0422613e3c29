using System.Diagnostics;
using DurableTask.Core;
using DurableTask.Core.Exceptions;
using DurableTask.Core.History;
using DurableTask.Core.Tracing;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Quorum.DurableTask.PostgreSql;
using Quorum.StandaloneHost.Telemetry;
using CorePurgeFilter = DurableTask.Core.PurgeInstanceFilter;
using CoreQuery = DurableTask.Core.Query.OrchestrationQuery;
using OrchestrationQuery = Microsoft.DurableTask.Client.OrchestrationQuery;
using PurgeResult = Microsoft.DurableTask.Client.PurgeResult;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>The client of the task hub in this process. Completion is pushed, not polled.</summary>
internal sealed class HubDurableTaskClient(
    PostgresOrchestrationService service,
    PayloadConverter converter,
    TimeProvider time,
    DurableTaskOptions options
) : DurableTaskClient(options.HubName)
{
    public override async Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName,
        object? input = null,
        StartOrchestrationOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(orchestratorName.Name, nameof(orchestratorName));
        cancellation.ThrowIfCancellationRequested();
        if (options?.InstanceId is { } given && !PostgresOrchestrationService.IsInstanceId(given))
        {
            throw new ArgumentException(
                $"An instance id must have 1 to {PostgresOrchestrationService.MaxInstanceIdLength} characters, none of them a control character; "
                    + $"this one has {given.Length}.",
                nameof(options)
            );
        }

        var start = new ExecutionStartedEvent(-1, converter.Serialize(input))
        {
            Name = orchestratorName.Name,
            Version = options?.Version?.Version ?? "",
            ScheduledStartTime = options?.StartAt?.UtcDateTime,
            Tags = options?.Tags is { Count: > 0 } tags ? tags.ToDictionary(StringComparer.Ordinal) : null,
        };
        var instanceId = options?.InstanceId ?? Guid.CreateVersion7().ToString("N"); // ids grow with time, so their index stays dense
        await CreateAsync(instanceId, start, DedupeStatuses(options), cancellation);
        return instanceId;
    }

    public override Task RaiseEventAsync(
        string instanceId,
        string eventName,
        object? eventPayload = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return SendAsync(instanceId, new EventRaisedEvent(-1, converter.Serialize(eventPayload)) { Name = eventName }, cancellation);
    }

    public override Task TerminateInstanceAsync(
        string instanceId,
        TerminateInstanceOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        RejectRecursion(options is { Recursive: true }, nameof(TerminateInstanceOptions));
        return SendAsync(instanceId, new ExecutionTerminatedEvent(-1, converter.Serialize(options?.Output)), cancellation);
    }

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new ExecutionSuspendedEvent(-1, reason), cancellation);

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) =>
        SendAsync(instanceId, new ExecutionResumedEvent(-1, reason), cancellation);

    public override async Task<OrchestrationMetadata?> GetInstanceAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default
    ) =>
        await service.GetStateAsync(instanceId, getInputsAndOutputs, cancellation) is { } state
            ? StateConversion.Metadata(state, getInputsAndOutputs ? converter : null)
            : null;

    /// <summary>An older name of <see cref="GetInstanceAsync"/>, which the package keeps abstract.</summary>
    public override Task<OrchestrationMetadata?> GetInstancesAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default
    ) => GetInstanceAsync(instanceId, getInputsAndOutputs, cancellation);

    public override async Task<OrchestrationMetadata> WaitForInstanceStartAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default
    ) =>
        StateConversion.Metadata(
            await service.WaitForStartAsync(instanceId, cancellation) ?? throw Unknown(instanceId),
            getInputsAndOutputs ? converter : null
        );

    public override async Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(
        string instanceId,
        bool getInputsAndOutputs = false,
        CancellationToken cancellation = default
    )
    {
        OrchestrationState? state = await service.WaitForOrchestrationAsync(instanceId, "", Timeout.InfiniteTimeSpan, cancellation);
        return StateConversion.Metadata(state ?? throw Unknown(instanceId), getInputsAndOutputs ? converter : null);
    }

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null)
    {
        var query = filter ?? new OrchestrationQuery();
        return Pageable.Create<OrchestrationMetadata>(
            async (token, pageSize, cancellation) =>
            {
                var page = await service.GetOrchestrationWithQueryAsync(
                    new CoreQuery
                    {
                        RuntimeStatus = query.Statuses?.Select(Core).ToList(),
                        CreatedTimeFrom = query.CreatedFrom?.UtcDateTime,
                        CreatedTimeTo = query.CreatedTo?.UtcDateTime,
                        PageSize = pageSize ?? query.PageSize,
                        ContinuationToken = token ?? query.ContinuationToken,
                        InstanceIdPrefix = query.InstanceIdPrefix,
                        FetchInputsAndOutputs = query.FetchInputsAndOutputs,
                    },
                    cancellation
                );
                return new Page<OrchestrationMetadata>(
                    [
                        .. page.OrchestrationState.Select(state =>
                            StateConversion.Metadata(state, query.FetchInputsAndOutputs ? converter : null)
                        ),
                    ],
                    page.ContinuationToken
                );
            }
        );
    }

    public override async Task<PurgeResult> PurgeInstanceAsync(
        string instanceId,
        PurgeInstanceOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        RejectRecursion(options is { Recursive: true }, nameof(PurgeInstanceOptions));
        cancellation.ThrowIfCancellationRequested();
        return new PurgeResult((await service.PurgeInstanceStateAsync(instanceId)).DeletedInstanceCount);
    }

    public override async Task<PurgeResult> PurgeAllInstancesAsync(
        PurgeInstancesFilter filter,
        PurgeInstanceOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        RejectRecursion(options is { Recursive: true }, nameof(PurgeInstanceOptions));
        ArgumentNullException.ThrowIfNull(filter);
        cancellation.ThrowIfCancellationRequested();
        var purged = await service.PurgeInstanceStateAsync(
            new CorePurgeFilter(filter.CreatedFrom?.UtcDateTime ?? default, filter.CreatedTo?.UtcDateTime, filter.Statuses?.Select(Core))
        );
        return new PurgeResult(purged.DeletedInstanceCount);
    }

    /// <summary>Starts the orchestration of an instance again, with the same input. An instance that runs must be terminated first, unless
    /// the new one gets a new id.</summary>
    public override async Task<string> RestartAsync(
        string instanceId,
        bool restartWithNewInstanceId = false,
        CancellationToken cancellation = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var state =
            await service.GetStateAsync(instanceId, withPayloads: true, cancellation)
            ?? throw new ArgumentException($"There is no orchestration with the id '{instanceId}'.", nameof(instanceId));
        var newId = restartWithNewInstanceId ? Guid.CreateVersion7().ToString("N") : instanceId;
        try
        {
            await CreateAsync(
                newId,
                new ExecutionStartedEvent(-1, state.Input)
                {
                    Name = state.Name,
                    Version = state.Version ?? "",
                    Tags = state.Tags is { Count: > 0 } tags ? new Dictionary<string, string>(tags, StringComparer.Ordinal) : null,
                },
                dedupeStatuses: null,
                cancellation
            );
        }
        catch (OrchestrationAlreadyExistsException e)
        {
            throw new InvalidOperationException($"Instance '{instanceId}' must have ended before it is restarted under its id.", e);
        }

        return newId;
    }

    public override Task RewindInstanceAsync(string instanceId, string reason, CancellationToken cancellation = default) =>
        service.RewindTaskOrchestrationAsync(instanceId, reason, cancellation);

    /// <summary>Returns the history of the instance's current generation, oldest first.</summary>
    public override async Task<IList<HistoryEvent>> GetOrchestrationHistoryAsync(
        string instanceId,
        CancellationToken cancellation = default
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return await service.GetHistoryAsync(instanceId, cancellation) is { Count: > 0 } history
            ? [.. history]
            : throw new ArgumentException($"There is no orchestration with the id '{instanceId}'.", nameof(instanceId));
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static InvalidOperationException Unknown(string instanceId) => new($"There is no orchestration with the id '{instanceId}'.");

    private static void RejectRecursion(bool isRecursive, string optionsName)
    {
        if (isRecursive)
        {
            throw new NotSupportedException(
                $"{optionsName}.Recursive must be false: sub-orchestrations are terminated and purged one by one."
            );
        }
    }

    private static OrchestrationStatus[]? DedupeStatuses(StartOrchestrationOptions? options) =>
        options?.DedupeStatuses is { Count: > 0 } statuses
            ? [.. statuses.Select(status => Enum.Parse<OrchestrationStatus>(status, ignoreCase: true))]
            : null;

    // A start outside of a trace begins one.
    private static Activity? StartSpan(string name) =>
        Activity.Current is null && StandaloneTelemetry.Source.HasListeners()
            ? StandaloneTelemetry.Source.StartActivity($"create_orchestration:{name}", ActivityKind.Producer)
            : null;

    // The two enumerations have the same values.
    private static OrchestrationStatus Core(OrchestrationRuntimeStatus status) => (OrchestrationStatus)(int)status;

    private async Task CreateAsync(
        string instanceId,
        ExecutionStartedEvent start,
        OrchestrationStatus[]? dedupeStatuses,
        CancellationToken cancellation
    )
    {
        using var span = StartSpan(start.Name);
        var instance = new OrchestrationInstance { InstanceId = instanceId, ExecutionId = Guid.NewGuid().ToString("N") };
        start.OrchestrationInstance = instance;
        start.Timestamp = time.GetUtcNow().UtcDateTime;
        if (Activity.Current is { Id: { } traceParent } caller)
        {
            start.ParentTraceContext = new DistributedTraceContext(traceParent, caller.TraceStateString);
        }

        await service.CreateTaskOrchestrationAsync(
            new TaskMessage { OrchestrationInstance = instance, Event = start },
            dedupeStatuses,
            cancellation
        );
    }

    private Task SendAsync(string instanceId, HistoryEvent message, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        cancellation.ThrowIfCancellationRequested();
        return service.SendAsync(
            [
                new TaskMessage
                {
                    OrchestrationInstance = new OrchestrationInstance { InstanceId = instanceId },
                    Event = message,
                },
            ],
            cancellation
        );
    }
}
