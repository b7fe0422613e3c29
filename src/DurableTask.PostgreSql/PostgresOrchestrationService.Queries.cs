using DurableTask.Core;
using DurableTask.Core.History;
using DurableTask.Core.Query;
using DurableTask.Core.Serializing;
using Quorum.DurableTask.PostgreSql.Store;

namespace Quorum.DurableTask.PostgreSql;

// The states and histories of instances, and their deletion.
public sealed partial class PostgresOrchestrationService
{
    /// <summary>True if the text is a continuation token of a query.</summary>
    public static bool IsContinuationToken(string token) => InstanceQueries.TryParseToken(token, out _);

    public async Task<IList<OrchestrationState>> GetOrchestrationStateAsync(string instanceId, bool allExecutions) =>
        await GetStateAsync(instanceId, withPayloads: true, CancellationToken.None) is { } state ? [state] : [];

    public async Task<OrchestrationState> GetOrchestrationStateAsync(string instanceId, string? executionId)
    {
        var state = await GetStateAsync(instanceId, withPayloads: true, CancellationToken.None);
        return string.IsNullOrEmpty(executionId) || state?.OrchestrationInstance.ExecutionId == executionId ? state! : null!; // Core's interface is not annotated
    }

    /// <summary>The instance's current state; <see langword="null"/> if there is none.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="withPayloads">True to read input and output too.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public Task<OrchestrationState?> GetStateAsync(string instanceId, bool withPayloads, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return _queries.FindAsync(instanceId, withPayloads, cancellationToken);
    }

    /// <summary>The history as JSON, as other providers of DurableTask.Core write it.</summary>
    public async Task<string> GetOrchestrationHistoryAsync(string instanceId, string executionId) =>
        JsonDataConverter.Default.Serialize(await GetHistoryAsync(instanceId, CancellationToken.None));

    /// <summary>The history of the instance's current generation, oldest first; empty if there is no such instance.</summary>
    public async Task<IReadOnlyList<HistoryEvent>> GetHistoryAsync(string instanceId, CancellationToken cancellationToken) =>
        await _queries.LoadHistoryAsync(instanceId, cancellationToken);

    public Task<OrchestrationQueryResult> GetOrchestrationWithQueryAsync(OrchestrationQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return _queries.ListAsync(query, cancellationToken);
    }

    /// <summary>Deletes finished instances that were created (or, for another filter type, last updated or completed) before a
    /// time.</summary>
    public Task PurgeOrchestrationHistoryAsync(DateTime thresholdDateTimeUtc, OrchestrationStateTimeRangeFilterType timeRangeFilterType) =>
        timeRangeFilterType == OrchestrationStateTimeRangeFilterType.OrchestrationCreatedTimeFilter
            ? _instances.PurgeAsync(null, thresholdDateTimeUtc, null, null, CancellationToken.None)
            : throw new NotSupportedException(
                $"Purging by {timeRangeFilterType} is not supported; use {OrchestrationStateTimeRangeFilterType.OrchestrationCreatedTimeFilter}."
            );

    public async Task<PurgeResult> PurgeInstanceStateAsync(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        return new PurgeResult(await _instances.PurgeAsync(instanceId, CancellationToken.None) ? 1 : 0);
    }

    public async Task<PurgeResult> PurgeInstanceStateAsync(PurgeInstanceFilter purgeInstanceFilter)
    {
        ArgumentNullException.ThrowIfNull(purgeInstanceFilter);
        var (count, isComplete) = await _instances.PurgeAsync(
            purgeInstanceFilter.CreatedTimeFrom == default ? null : purgeInstanceFilter.CreatedTimeFrom,
            purgeInstanceFilter.CreatedTimeTo,
            purgeInstanceFilter.RuntimeStatus?.ToArray(),
            purgeInstanceFilter.Timeout,
            CancellationToken.None
        );
        return new PurgeResult(count, isComplete);
    }

    /// <summary>Counts the unfinished work of the hub, for scaling decisions.</summary>
    public Task<TaskHubBacklog> CountBacklogAsync(CancellationToken cancellationToken) => _queries.CountBacklogAsync(cancellationToken);
}
