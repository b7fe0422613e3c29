using DurableTask.Core;
using DurableTask.Core.Query;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Host.Scale;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Quorum.DurableTask.PostgreSql.Functions.Scaling;

namespace Quorum.DurableTask.PostgreSql.Functions;

/// <summary>Adapts the service to the Durable Task extension of the Functions host.</summary>
internal sealed class PostgresDurabilityProvider(
    PostgresOrchestrationService service,
    PostgresOrchestrationOptions options,
    string connectionName
) : DurabilityProvider(ProviderName, service, service, connectionName), IOrchestrationService
{
    /// <summary>The <c>storageProvider.type</c> in host.json.</summary>
    public const string ProviderName = "postgresql";

    private readonly BacklogTarget _target = new(service.CountBacklogAsync, options.MaxConcurrentOrchestrations);

    /// <summary>True: the service notifies <see cref="DurabilityProvider.WaitForOrchestrationAsync"/> when an instance ends.</summary>
    public override bool SupportsPollFreeWait => true;

    public override bool SupportsEntities => false;

    public override bool GuaranteesOrderedDelivery => true;

    public override TimeSpan MaximumDelayTime { get; set; } = TimeSpan.MaxValue;

    public override string EventSourceName { get; set; } = "DurableTask-PostgreSql";

    /// <summary>The settings that the host logs at its start; none of them can hold a secret.</summary>
    public override JObject ConfigurationJson =>
        new()
        {
            ["connectionName"] = ConnectionName,
            ["hubName"] = options.HubName,
            ["schema"] = options.Schema,
            ["lease"] = options.Lease,
            ["maxConcurrentActivities"] = options.MaxConcurrentActivities,
            ["maxConcurrentOrchestrations"] = options.MaxConcurrentOrchestrations,
        };

    /// <summary>Starts the service, and collects the garbage of the host's start before the first orchestration comes. The host collects
    /// rarely (server GC): its first collection, which finds all that the start has left alive, stops it for 50 ms.</summary>
    async Task IOrchestrationService.StartAsync()
    {
        await StartAsync();
        GC.Collect();
    }

    public override async Task<IList<OrchestrationState>> GetOrchestrationStateWithInputsAsync(string instanceId, bool showInput = true)
    {
        if (await service.GetOrchestrationStateAsync(instanceId, executionId: null) is not { } state)
        {
            return [];
        }

        if (!showInput)
        {
            state.Input = null;
        }

        return [state];
    }

    public override async Task<IList<OrchestrationState>> GetAllOrchestrationStates(CancellationToken cancellationToken) =>
        await ListAsync(new OrchestrationQuery { FetchInputsAndOutputs = true }, cancellationToken);

    public override async Task<OrchestrationStatusQueryResult> GetOrchestrationStateWithPagination(
        OrchestrationStatusQueryCondition condition,
        CancellationToken cancellationToken
    )
    {
        var page = await service.GetOrchestrationWithQueryAsync(
            new OrchestrationQuery
            {
                CreatedTimeFrom = Given(condition.CreatedTimeFrom),
                CreatedTimeTo = Given(condition.CreatedTimeTo),
                RuntimeStatus = StatusesOf(condition.RuntimeStatus),
                InstanceIdPrefix = condition.InstanceIdPrefix,
                PageSize = condition.PageSize,
                ContinuationToken = condition.ContinuationToken,
                FetchInputsAndOutputs = true,
            },
            cancellationToken
        );
        return new OrchestrationStatusQueryResult
        {
            DurableOrchestrationState = page.OrchestrationState.Select(state => StatusOf(state, condition.ShowInput)).ToList(),
            ContinuationToken = page.ContinuationToken,
        };
    }

    public override async Task<PurgeHistoryResult> PurgeInstanceHistoryByInstanceId(string instanceId) =>
        new((await service.PurgeInstanceStateAsync(instanceId)).DeletedInstanceCount);

    public override async Task<int> PurgeHistoryByFilters(
        DateTime createdTimeFrom,
        DateTime? createdTimeTo,
        IEnumerable<OrchestrationStatus> runtimeStatus
    ) =>
        (
            await service.PurgeInstanceStateAsync(new PurgeInstanceFilter(createdTimeFrom, createdTimeTo, runtimeStatus))
        ).DeletedInstanceCount;

    public override Task RewindAsync(string instanceId, string reason) =>
        service.RewindTaskOrchestrationAsync(instanceId, reason, CancellationToken.None);

    /// <summary>Returns null: entities are not supported.</summary>
    public override Task<string> RetrieveSerializedEntityState(EntityId entityId, JsonSerializerSettings serializierSettings) =>
        Task.FromResult<string>(null!); // The extension's contract for an entity that does not exist.

    public override bool TryGetScaleMonitor(
        string functionId,
        string functionName,
        string hubName,
        string connectionName,
        out IScaleMonitor scaleMonitor
    )
    {
        scaleMonitor = new BacklogScaleMonitor(functionId, hubName, _target);
        return true;
    }

    public override bool TryGetTargetScaler(
        string functionId,
        string functionName,
        string hubName,
        string connectionName,
        out ITargetScaler targetScaler
    )
    {
        targetScaler = new BacklogTargetScaler(functionId, _target);
        return true;
    }

    /// <summary>Does nothing: entities are not supported.</summary>
    public override void SetUseSeparateQueueForEntityWorkItems(bool newValue) { }

    private async Task<List<OrchestrationState>> ListAsync(OrchestrationQuery query, CancellationToken cancellationToken)
    {
        var states = new List<OrchestrationState>();
        do
        {
            var page = await service.GetOrchestrationWithQueryAsync(query, cancellationToken);
            states.AddRange(page.OrchestrationState);
            query.ContinuationToken = page.ContinuationToken;
        } while (query.ContinuationToken is not null);

        return states;
    }

    /// <summary>Returns null for the default value, which the extension passes when no time is given.</summary>
    private static DateTime? Given(DateTime? time) => time is null || time == default(DateTime) || time == DateTime.MaxValue ? null : time;

    private static List<OrchestrationStatus>? StatusesOf(IEnumerable<OrchestrationRuntimeStatus>? statuses) =>
        statuses?.Select(status => (OrchestrationStatus)status).ToList() is { Count: > 0 } given ? given : null;

    private static DurableOrchestrationStatus StatusOf(OrchestrationState state, bool showInput) =>
        new()
        {
            Name = state.Name,
            Version = state.Version,
            InstanceId = state.OrchestrationInstance.InstanceId,
            ParentInstanceId = state.ParentInstance?.OrchestrationInstance.InstanceId,
            RuntimeStatus = (OrchestrationRuntimeStatus)state.OrchestrationStatus,
            CreatedTime = state.CreatedTime,
            LastUpdatedTime = state.LastUpdatedTime,
            CustomStatus = JsonOf(state.Status),
            Input = showInput ? JsonOf(state.Input) : JValue.CreateNull(),
            Output = JsonOf(state.Output),
        };

    /// <summary>Returns the value as JSON; as a string if it is not JSON, such as the reason of a termination.</summary>
    private static JToken JsonOf(string? value)
    {
        if (value is null)
        {
            return JValue.CreateNull();
        }

        try
        {
            using var reader = new JsonTextReader(new StringReader(value)) { DateParseHandling = DateParseHandling.None };
            return JToken.ReadFrom(reader);
        }
        catch (JsonReaderException)
        {
            return value;
        }
    }
}
