#pragma warning disable VSTHRD103 // rows are read whole before their columns: a getter never waits
using System.Globalization;
using System.Text.Json;
using DurableTask.Core;
using Npgsql;
using NpgsqlTypes;
using Quorum.DurableTask.PostgreSql.History;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>A worker's statements about the instances that it claims and holds, and their inboxes. The tables are described in
/// <c>Sql/Migrations</c>.</summary>
internal sealed class WorkerStore(NpgsqlDataSource database, HubSql sql, string workerId)
{
    private readonly TurnStatements _statements = new(sql);
    private readonly string _claim = sql.File("claim");
    private readonly string _reload = sql.File("reload");
    private readonly string _fail = sql.File("fail_instance");
    private readonly string _loadHistory = sql.Of(
        """
        select h.instance_id, h.events
          from taskhub.history as h join taskhub.instances as i using (instance_id, generation)
         where h.instance_id = any($1)
         order by h.instance_id, h.sequence
        """
    );

    private readonly string _loadInbox = sql.Of(
        "select message_id, instance_id, event from taskhub.inbox where instance_id = any($1) order by message_id"
    );

    public string WorkerId => workerId;

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => database.OpenConnectionAsync(cancellationToken);

    /// <summary>Takes over unfinished instances that no live worker holds, with their history and inbox.</summary>
    /// <param name="limit">The maximum number of instances.</param>
    /// <param name="fromExpired">False to leave out those of workers whose lease has expired.</param>
    /// <param name="cancellationToken">Ends the claim.</param>
    public Task<IReadOnlyList<ClaimedInstance>> ClaimAsync(int limit, bool fromExpired, CancellationToken cancellationToken) =>
        ClaimAsync(
            _claim,
            [new NpgsqlParameter<int> { TypedValue = limit }, new NpgsqlParameter<bool> { TypedValue = fromExpired }],
            cancellationToken
        );

    /// <summary>Reads instances again that this worker owns but does not have in memory. Those that it does not own are left out.</summary>
    public Task<IReadOnlyList<ClaimedInstance>> ReloadAsync(string[] instanceIds, CancellationToken cancellationToken) =>
        ClaimAsync(_reload, [new NpgsqlParameter<string[]> { TypedValue = instanceIds }], cancellationToken);

    /// <summary>The unfinished instances that this worker owns, each with the fence and incarnation under which it does.</summary>
    public async Task<Dictionary<string, (long Incarnation, long Fence)>> ListOwnAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            sql.Of("select instance_id, incarnation, fence from taskhub.instances where owner = $1 and completed_at is null")
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workerId });
        var own = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            own.Add(reader.GetString(0), (reader.GetInt64(1), reader.GetInt64(2)));
        }

        return own;
    }

    /// <summary>Returns this worker's instances that have messages in their inbox.</summary>
    public async Task<string[]> ListOwnWithMessagesAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            sql.Of(
                """
                select distinct m.instance_id from taskhub.inbox as m join taskhub.instances as i using (instance_id)
                 where i.owner = $1 and i.completed_at is null
                """
            )
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workerId });
        var ids = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetString(0));
        }

        return [.. ids];
    }

    /// <summary>The messages in the inboxes of these instances, in the order in which they were stored. Unreadable ones are left
    /// out.</summary>
    public async Task<IReadOnlyList<StoredMessage>> LoadInboxAsync(string[] instanceIds, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        var messages = new List<StoredMessage>();
        await LoadInboxAsync(connection, instanceIds, messages.Add, static (_, _) => { }, cancellationToken);
        return messages;
    }

    /// <summary>Ends an instance that cannot continue, and reports the failure to its parent.</summary>
    /// <returns>The parent that got a message; <see langword="null"/> if there is none.</returns>
    public async Task<string?> FailAsync(
        string instanceId,
        long incarnation,
        long fence,
        FailureDetails failure,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await OpenAsync(cancellationToken);
        string? parent = null;
        await using var command = new NpgsqlCommand(_fail, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workerId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = incarnation });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = fence });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = FailureCodec.Write(failure), NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = sql.Schema }); // the channel
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            parent = reader.IsDBNull(1) ? null : reader.GetString(1);
        }

        return parent;
    }

    /// <summary>Notifies the other processes.</summary>
    public async Task NotifyAsync(string notification, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        _statements.AddNotify(batch, [notification]);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<ClaimedInstance>> ClaimAsync(
        string statement,
        NpgsqlParameter[] which,
        CancellationToken cancellationToken
    )
    {
        // The rows stay locked until history and inbox are read, so that both belong to the same state.
        var claimed = new Dictionary<string, ClaimedInstance>(StringComparer.Ordinal);
        await using var connection = await OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(statement, connection, transaction))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workerId });
            command.Parameters.AddRange(which);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var instance = ReadClaimed(reader);
                claimed.Add(instance.InstanceId, instance);
            }
        }

        if (claimed.Count > 0)
        {
            string[] ids = [.. claimed.Keys];
            await LoadHistoryAsync(connection, ids, claimed, cancellationToken);
            await LoadInboxAsync(
                connection,
                ids,
                message => claimed[message.InstanceId].Inbox.Add(message),
                (id, fault) => claimed[id].Fault = fault,
                cancellationToken
            );
        }

        await transaction.CommitAsync(cancellationToken);
        return [.. claimed.Values];
    }

    private static ClaimedInstance ReadClaimed(NpgsqlDataReader reader)
    {
        var instanceId = reader.GetString(0);
        var generation = reader.GetInt32(3);
        IDictionary<string, string>? tags = null;
        Exception? fault = null;
        try
        {
            tags = InstanceRow.ReadTags(Text(reader, 6));
        }
        catch (JsonException e)
        {
            fault = e;
        }

        return new ClaimedInstance
        {
            Fault = fault,
            InstanceId = instanceId,
            Incarnation = reader.GetInt64(1),
            Fence = reader.GetInt64(2),
            Generation = generation,
            ExecutionId = Text(reader, 4) ?? LegacyHistory.ExecutionId(instanceId, generation),
            Input = Text(reader, 5),
            Tags = tags,
            Status = reader.GetString(7),
            CustomStatus = Text(reader, 8),
            ParentExecutionId = Text(reader, 9),
        };
    }

    private async Task LoadHistoryAsync(
        NpgsqlConnection connection,
        string[] ids,
        Dictionary<string, ClaimedInstance> claimed,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(_loadHistory, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = ids });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var instance = claimed[reader.GetString(0)];
            try
            {
                HistoryEventReader.ReadAll(reader.GetFieldValue<byte[]>(1), instance.Stored);
            }
            catch (Exception e) when (e is JsonException or FormatException)
            {
                instance.Fault = e;
            }
        }
    }

    private async Task LoadInboxAsync(
        NpgsqlConnection connection,
        string[] instanceIds,
        Action<StoredMessage> add,
        Action<string, Exception> fault,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(_loadInbox, connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = instanceIds });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var instanceId = reader.GetString(1);
            try
            {
                var (historyEvent, executionId) = HistoryEventReader.Read(reader.GetFieldValue<byte[]>(2), instanceId);
                add(new StoredMessage(reader.GetInt64(0), instanceId, executionId, historyEvent));
            }
            catch (Exception e) when (e is JsonException or FormatException)
            {
                fault(
                    instanceId,
                    new FormatException(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"Message {reader.GetInt64(0)} of instance '{instanceId}' cannot be read: {e.Message}"
                        ),
                        e
                    )
                );
            }
        }
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
