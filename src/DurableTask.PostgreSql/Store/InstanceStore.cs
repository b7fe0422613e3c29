#pragma warning disable VSTHRD103 // rows are read whole before their columns: a getter never waits
using DurableTask.Core;
using Npgsql;
using NpgsqlTypes;
using Quorum.DurableTask.PostgreSql.History;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>The statements of clients that change instances: send messages, start later, rewind and delete. They work the same whichever
/// process has the instances in memory.</summary>
internal sealed class InstanceStore(NpgsqlDataSource database, HubSql sql)
{
    private const int PurgeBatch = 500;
    private readonly TurnStatements _statements = new(sql);
    private readonly string _purge = sql.File("purge");
    private readonly string _terminatePending = sql.File("terminate_pending");

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
            var (historyEvent, executionId) = HistoryEventReader.Read(reader.GetFieldValue<byte[]>(2), instanceId);
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
        InstanceQueries.AddNullable(command.Parameters, reason, NpgsqlDbType.Text);
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
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
            InstanceQueries.AddNullable(command.Parameters, InstanceQueries.Utc(createdFrom), NpgsqlDbType.TimestampTz);
            InstanceQueries.AddNullable(command.Parameters, InstanceQueries.Utc(createdTo), NpgsqlDbType.TimestampTz);
            InstanceQueries.AddNullable(
                command.Parameters,
                statuses is { Count: > 0 } ? InstanceQueries.StatusNames(statuses) : null,
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
}
