#pragma warning disable VSTHRD103 // rows are read whole before their columns: a getter never waits
using System.Globalization;
using DurableTask.Core;
using DurableTask.Core.History;
using DurableTask.Core.Query;
using Npgsql;
using NpgsqlTypes;
using Quorum.DurableTask.PostgreSql.History;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>The statements of clients that read instances.</summary>
internal sealed class InstanceQueries(NpgsqlDataSource database, HubSql sql)
{
    private readonly string _select = sql.Of(InstanceRow.Select(withPayloads: false));
    private readonly string _selectWithPayloads = sql.Of(InstanceRow.Select(withPayloads: true));

    /// <summary>The instance's current state; <see langword="null"/> if there is none.</summary>
    public async Task<OrchestrationState?> FindAsync(string instanceId, bool withPayloads, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand((withPayloads ? _selectWithPayloads : _select) + " where instance_id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? InstanceRow.Read(reader, withPayloads) : null;
    }

    /// <summary>A page of instances by creation time, oldest first. The continuation token names its last instance, so that it is valid in
    /// any process and whatever is added or deleted meanwhile.</summary>
    /// <exception cref="ArgumentException">The continuation token is not one of a query.</exception>
    public async Task<OrchestrationQueryResult> ListAsync(OrchestrationQuery query, CancellationToken cancellationToken)
    {
        var limit = Math.Clamp(query.PageSize, 1, 1000);
        (DateTime CreatedAt, string InstanceId)? after = null;
        if (!string.IsNullOrEmpty(query.ContinuationToken))
        {
            after = TryParseToken(query.ContinuationToken, out var last)
                ? last
                : throw new ArgumentException("The continuation token must come from an earlier page of this query.", nameof(query));
        }

        await using var command = database.CreateCommand(
            (query.FetchInputsAndOutputs ? _selectWithPayloads : _select)
                + """
                 where created_at >= coalesce($1::timestamptz, '-infinity')
                   and created_at <= coalesce($2::timestamptz, 'infinity')
                   and ($3::text[] is null or status = any($3))
                   and ($4::text is null or starts_with(instance_id, $4))
                   and (created_at, instance_id) > (coalesce($5::timestamptz, '-infinity'), coalesce($6::text, ''))
                 order by created_at, instance_id
                 limit $7
                """
        );
        AddNullable(command.Parameters, Utc(query.CreatedTimeFrom), NpgsqlDbType.TimestampTz);
        AddNullable(command.Parameters, Utc(query.CreatedTimeTo), NpgsqlDbType.TimestampTz);
        AddNullable(
            command.Parameters,
            query.RuntimeStatus is { Count: > 0 } statuses ? StatusNames(statuses) : null,
            NpgsqlDbType.Array | NpgsqlDbType.Text
        );
        AddNullable(command.Parameters, query.InstanceIdPrefix, NpgsqlDbType.Text);
        AddNullable(command.Parameters, after?.CreatedAt, NpgsqlDbType.TimestampTz);
        AddNullable(command.Parameters, after?.InstanceId, NpgsqlDbType.Text);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        var page = new List<OrchestrationState>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add(InstanceRow.Read(reader, query.FetchInputsAndOutputs));
        }

        return new OrchestrationQueryResult(page, page.Count < limit ? null : TokenOf(page[^1]));
    }

    /// <summary>True if the text is a continuation token.</summary>
    public static bool TryParseToken(string token, out (DateTime CreatedAt, string InstanceId) last)
    {
        var at = token.IndexOf('_', StringComparison.Ordinal);
        if (
            at > 0
            && long.TryParse(token.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            && ticks <= DateTime.MaxValue.Ticks
        )
        {
            last = (new DateTime(ticks, DateTimeKind.Utc), token[(at + 1)..]);
            return true;
        }

        last = default;
        return false;
    }

    /// <summary>The instance's history, oldest first; empty if there is no such instance.</summary>
    public async Task<List<HistoryEvent>> LoadHistoryAsync(string instanceId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            sql.Of(
                """
                select h.events, i.input, i.output, i.execution_id, i.generation
                  from taskhub.history as h join taskhub.instances as i using (instance_id, generation)
                 where h.instance_id = $1 order by h.sequence
                """
            )
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
        var stored = new List<HistoryEvent>();
        string? input = null;
        string? output = null;
        var executionId = "";
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                HistoryEventReader.ReadAll(reader.GetFieldValue<byte[]>(0), stored);
                input = reader.IsDBNull(1) ? null : reader.GetString(1);
                output = reader.IsDBNull(2) ? null : reader.GetString(2);
                executionId = reader.IsDBNull(3) ? LegacyHistory.ExecutionId(instanceId, reader.GetInt32(4)) : reader.GetString(3);
            }
        }

        var history = LegacyHistory.Replayable(stored);
        for (var i = 0; i < history.Count; i++)
        {
            if (history[i] is ExecutionStartedEvent start)
            {
                start.Input = input;
                start.OrchestrationInstance = new OrchestrationInstance { InstanceId = instanceId, ExecutionId = executionId };
            }
            else if (history[i] is ExecutionCompletedEvent { Result: null } end)
            {
                history[i] = new ExecutionCompletedEvent(end.EventId, output, end.OrchestrationStatus, end.FailureDetails)
                {
                    Timestamp = end.Timestamp,
                };
            }
        }

        return history;
    }

    /// <summary>The number of unfinished instances that could run now, and of those that some worker holds.</summary>
    public async Task<TaskHubBacklog> CountBacklogAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            sql.Of(
                """
                select count(*) filter (where i.owner is null and (i.wake_at <= now() or exists (select from taskhub.inbox as m where m.instance_id = i.instance_id))),
                       count(*) filter (where i.owner is not null),
                       (select count(*) from taskhub.workers as w where w.lease_until > now())
                  from taskhub.instances as i
                 where i.completed_at is null
                """
            )
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new TaskHubBacklog(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    private static string TokenOf(OrchestrationState last) =>
        string.Create(CultureInfo.InvariantCulture, $"{last.CreatedTime.Ticks}_{last.OrchestrationInstance.InstanceId}");

    internal static string[] StatusNames(IEnumerable<OrchestrationStatus> statuses) => [.. statuses.Select(status => status.ToString())];

    internal static DateTime? Utc(DateTime? time) =>
        time switch
        {
            null => null,
            { Kind: DateTimeKind.Local } local => local.ToUniversalTime(),
            { } other => DateTime.SpecifyKind(other, DateTimeKind.Utc),
        };

    internal static void AddNullable(NpgsqlParameterCollection parameters, object? value, NpgsqlDbType type) =>
        parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
}
