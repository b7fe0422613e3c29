#pragma warning disable VSTHRD103 // rows are read whole before their columns: a getter never waits
using Microsoft.DurableTask.Client;
using Npgsql;
using NpgsqlTypes;
using Quorum.Shared.Postgres;
using Quorum.StandaloneHost.DurableTask.History;

namespace Quorum.StandaloneHost.DurableTask.Hub;

/// <summary>What clients ask of PostgreSQL: instances to look at, to send something to, to start later and to delete. It is the same whichever
/// process has them in memory.</summary>
internal sealed class InstanceStore(NpgsqlDataSource database)
{
    private static readonly string Purge = EmbeddedText.Read(".Hub.purge.sql");

    /// <summary>Inserts an instance that starts later; a worker claims it then.</summary>
    public async Task InsertPendingAsync(NewInstance instance, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        TurnStatements.AddInstance(batch, instance);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Puts a message into an instance's inbox. When this returns it is durable.</summary>
    /// <returns><see langword="null"/> when there is no such instance, or it has ended.</returns>
    public async Task<InboxMessage?> SendAsync(OutgoingMessage message, bool notify, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        TurnStatements.AddToInbox(batch, [message.InstanceId], [HistoryCodec.Write(message.Event)]);
        if (notify)
        {
            TurnStatements.AddNotify(batch, [HubNotification.Message(message.InstanceId)]);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new InboxMessage(reader.GetInt64(0), message.InstanceId, message.Event) : null;
    }

    /// <summary>The instance as it stands; <see langword="null"/> when there is none. Its payloads come with it when there is a serializer for them.</summary>
    public async Task<OrchestrationMetadata?> FindAsync(string instanceId, PayloadSerializer? payloads, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(InstanceRow.Select(payloads is not null) + " where instance_id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? InstanceRow.Read(reader, payloads) : null;
    }

    /// <summary>A page of instances by creation time, newest last.</summary>
    /// <param name="after">The last instance of the page before.</param>
    public async Task<List<OrchestrationMetadata>> ListAsync(
        OrchestrationQuery query, (DateTimeOffset CreatedAt, string InstanceId)? after, int limit, PayloadSerializer? payloads, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(InstanceRow.Select(payloads is not null) +
            """
             where created_at >= coalesce($1::timestamptz, '-infinity')
               and created_at <= coalesce($2::timestamptz, 'infinity')
               and ($3::text[] is null or status = any($3))
               and ($4::text is null or starts_with(instance_id, $4))
               and (created_at, instance_id) > (coalesce($5::timestamptz, '-infinity'), coalesce($6::text, ''))
             order by created_at, instance_id
             limit $7
            """);
        AddNullable(command.Parameters, query.CreatedFrom?.ToUniversalTime(), NpgsqlDbType.TimestampTz);
        AddNullable(command.Parameters, query.CreatedTo?.ToUniversalTime(), NpgsqlDbType.TimestampTz);
        AddNullable(command.Parameters, query.Statuses?.Select(status => status.ToString()).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
        AddNullable(command.Parameters, query.InstanceIdPrefix, NpgsqlDbType.Text);
        AddNullable(command.Parameters, after?.CreatedAt.ToUniversalTime(), NpgsqlDbType.TimestampTz);
        AddNullable(command.Parameters, after?.InstanceId, NpgsqlDbType.Text);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        var page = new List<OrchestrationMetadata>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add(InstanceRow.Read(reader, payloads));
        }

        return page;
    }

    /// <summary>The instance's history, oldest first; empty when there is no such instance.</summary>
    public async Task<IReadOnlyList<HistoryEvent>> LoadHistoryAsync(string instanceId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select h.events from taskhub.history as h join taskhub.instances as i using (instance_id, generation)
             where h.instance_id = $1 order by h.sequence
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
        var history = new List<HistoryEvent>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            history.AddRange(HistoryCodec.ReadAll(reader.GetFieldValue<byte[]>(0)));
        }

        return history;
    }

    /// <summary>Makes an id free for a new instance.</summary>
    /// <returns>The status that refuses it; <see langword="null"/> when the id is free now.</returns>
    public async Task<OrchestrationRuntimeStatus?> FreeIdAsync(
        string instanceId, IReadOnlyCollection<string>? dedupeStatuses, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        OrchestrationRuntimeStatus status;
        await using (var command = new NpgsqlCommand("select status from taskhub.instances where instance_id = $1 for update", connection, transaction))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
            if (await command.ExecuteScalarAsync(cancellationToken) is not string text)
            {
                return null;
            }

            status = Enum.Parse<OrchestrationRuntimeStatus>(text);
        }

        if (!status.HasEnded() || dedupeStatuses?.Contains(status.ToString(), StringComparer.OrdinalIgnoreCase) == true)
        {
            return status; // an unfinished instance is never replaced: end it first
        }

        await DeleteAsync(connection, [instanceId], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>Deletes an instance, if it is finished, with all that belongs to it.</summary>
    public async Task<bool> PurgeAsync(string instanceId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(
            "select instance_id from taskhub.instances where instance_id = $1 and completed_at is not null for update", connection, transaction))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
            if (await command.ExecuteScalarAsync(cancellationToken) is null)
            {
                return false;
            }
        }

        await DeleteAsync(connection, [instanceId], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Deletes a batch of finished instances that match, oldest first, with all that belongs to them.</summary>
    /// <returns>How many, fewer than the limit when none are left, and when the last of them was created.</returns>
    public async Task<(int Count, DateTimeOffset? Last)> PurgeAsync(PurgeInstancesFilter filter, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Purge);
        AddNullable(command.Parameters, filter.CreatedFrom?.ToUniversalTime(), NpgsqlDbType.TimestampTz);
        AddNullable(command.Parameters, filter.CreatedTo?.ToUniversalTime(), NpgsqlDbType.TimestampTz);
        AddNullable(command.Parameters, filter.Statuses?.Select(status => status.ToString()).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1));
    }

    private static async Task DeleteAsync(NpgsqlConnection connection, string[] instanceIds, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        foreach (var table in (ReadOnlySpan<string>)
            [
                "delete from taskhub.inbox where instance_id = any($1)",
                "delete from taskhub.history where instance_id = any($1)",
                "delete from taskhub.instances where instance_id = any($1)",
            ])
        {
            var delete = new NpgsqlBatchCommand(table);
            delete.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = instanceIds });
            batch.BatchCommands.Add(delete);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static void AddNullable(NpgsqlParameterCollection parameters, object? value, NpgsqlDbType type) =>
        parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
}
