#pragma warning disable VSTHRD103 // rows are read whole before their columns: a getter never waits
using System.Globalization;
using DurableTask.Core;
using DurableTask.Core.History;
using DurableTask.Core.Query;
using Npgsql;
using NpgsqlTypes;
using Quorum.DurableTask.PostgreSql.History;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>The statements of clients: instances to read, to send messages to, to start later and to delete. They work the same whichever
/// process has the instances in memory.</summary>
internal sealed class InstanceStore(NpgsqlDataSource database, HubSql sql)
{
    private const int PurgeBatch = 500;
    private readonly TurnStatements _statements = new(sql);
    private readonly string _purge = sql.File("purge");
    private readonly string _terminatePending = sql.File("terminate_pending");
    private readonly string _select = sql.Of(InstanceRow.Select(withPayloads: false));
    private readonly string _selectWithPayloads = sql.Of(InstanceRow.Select(withPayloads: true));

    /// <summary>Inserts an instance that a worker claims at its start time.</summary>
    public async Task InsertPendingAsync(NewInstance instance, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        _statements.AddInstance(batch, instance);
        _statements.AddNotify(batch, [HubNotification.Message(instance.InstanceId)]);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Stores messages in their receivers' inboxes. When this returns they are durable.</summary>
    /// <returns>The stored messages; those to instances that do not exist or have ended are left out.</returns>
    public async Task<List<StoredMessage>> SendAsync(
        IReadOnlyList<OutgoingMessage> messages,
        IReadOnlyList<string> notifications,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        _statements.AddToInbox(batch, messages);
        if (notifications.Count > 0)
        {
            _statements.AddNotify(batch, [.. notifications]);
        }

        var stored = new List<StoredMessage>(messages.Count);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var instanceId = reader.GetString(1);
            var (historyEvent, executionId) = HistoryCodec.Read(reader.GetFieldValue<byte[]>(2), instanceId);
            stored.Add(new StoredMessage(reader.GetInt64(0), instanceId, executionId, historyEvent));
        }

        return stored;
    }

    /// <summary>Opens a failed instance again, with a rewind as its only message.</summary>
    /// <returns>False if there is no failed instance of this id.</returns>
    public async Task<bool> RewindAsync(OutgoingMessage rewind, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            _statements.AddReopen(batch, [rewind], nameof(OrchestrationStatus.Failed));
            if (await batch.ExecuteScalarAsync(cancellationToken) is null)
            {
                return false;
            }
        }

        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            _statements.AddToInbox(batch, [rewind]);
            _statements.AddNotify(batch, [HubNotification.Message(rewind.InstanceId)]);
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Ends an instance whose first turn has not run and that no worker holds.</summary>
    /// <returns>False if there is no such instance.</returns>
    public async Task<bool> TerminatePendingAsync(string instanceId, string? reason, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(_terminatePending);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
        AddNullable(command.Parameters, reason, NpgsqlDbType.Text);
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

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
                HistoryCodec.ReadAll(reader.GetFieldValue<byte[]>(0), stored);
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

    /// <summary>Makes an id available for a new instance by deleting a finished one.</summary>
    /// <returns>The status of an instance that must stay; <see langword="null"/> if the id is available.</returns>
    public async Task<OrchestrationStatus?> FreeIdAsync(
        string instanceId,
        IReadOnlyCollection<OrchestrationStatus>? dedupeStatuses,
        CancellationToken cancellationToken
    )
    {
        // Without a lock first: many starts of one id must not hold up the turns of the instance that has it.
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var status = await ReadAsync("", null);
        if (status is null || MustStay(status.Value))
        {
            return status;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        status = await ReadAsync(" for update", transaction);
        if (status is null || MustStay(status.Value))
        {
            return status;
        }

        await InstanceDeletion.DeleteAsync(connection, sql, [instanceId], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;

        // An unfinished instance is never replaced: it must be terminated first.
        bool MustStay(OrchestrationStatus found) => !found.HasEnded() || dedupeStatuses?.Contains(found) == true;

        async Task<OrchestrationStatus?> ReadAsync(string locking, NpgsqlTransaction? within)
        {
            await using var command = new NpgsqlCommand(
                sql.Of("select status from taskhub.instances where instance_id = $1" + locking),
                connection,
                within
            );
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
            return await command.ExecuteScalarAsync(cancellationToken) is string text ? Enum.Parse<OrchestrationStatus>(text) : null;
        }
    }

    /// <summary>Deletes an instance, if it has ended, with everything that belongs to it.</summary>
    public async Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (
            var command = new NpgsqlCommand(
                sql.Of("select instance_id from taskhub.instances where instance_id = $1 and completed_at is not null for update"),
                connection,
                transaction
            )
        )
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
            if (await command.ExecuteScalarAsync(cancellationToken) is null)
            {
                return false;
            }
        }

        await InstanceDeletion.DeleteAsync(connection, sql, [instanceId], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Deletes the finished instances that match, oldest first, with everything that belongs to them.</summary>
    /// <returns>Their number, and false if the time ended first.</returns>
    public async Task<(int Count, bool IsComplete)> PurgeAsync(
        DateTime? createdFrom,
        DateTime? createdTo,
        IReadOnlyCollection<OrchestrationStatus>? statuses,
        TimeSpan? atMost,
        CancellationToken cancellationToken
    )
    {
        var begun = TimeProvider.System.GetTimestamp();
        var total = 0;
        while (true)
        {
            await using var command = database.CreateCommand(_purge);
            AddNullable(command.Parameters, Utc(createdFrom), NpgsqlDbType.TimestampTz);
            AddNullable(command.Parameters, Utc(createdTo), NpgsqlDbType.TimestampTz);
            AddNullable(
                command.Parameters,
                statuses is { Count: > 0 } ? StatusNames(statuses) : null,
                NpgsqlDbType.Array | NpgsqlDbType.Text
            );
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = PurgeBatch });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            var count = reader.GetInt32(0);
            total += count;
            if (count < PurgeBatch)
            {
                return (total, true);
            }

            createdFrom = reader.GetDateTime(1); // past what is deleted
            if (atMost is { } limit && TimeProvider.System.GetElapsedTime(begun) >= limit)
            {
                return (total, false);
            }
        }
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

    private static string[] StatusNames(IEnumerable<OrchestrationStatus> statuses) => [.. statuses.Select(status => status.ToString())];

    private static DateTime? Utc(DateTime? time) =>
        time switch
        {
            null => null,
            { Kind: DateTimeKind.Local } local => local.ToUniversalTime(),
            { } other => DateTime.SpecifyKind(other, DateTimeKind.Utc),
        };

    private static void AddNullable(NpgsqlParameterCollection parameters, object? value, NpgsqlDbType type) =>
        parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
}
