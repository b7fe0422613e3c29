#pragma warning disable VSTHRD103 // rows are read whole before their columns: a getter never waits
using System.Reflection;
using System.Text;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Npgsql;
using NpgsqlTypes;
using Quorum.EmbeddedRuntime.DurableTask.History;

namespace Quorum.EmbeddedRuntime.DurableTask.Hub;

/// <summary>The task hub's statements. The tables and their life are described in <c>Migrations/0001_task_hub.sql</c>.</summary>
internal sealed class TaskHubStore(NpgsqlDataSource database, string workerId)
{
    public const string Channel = "taskhub";

    private static readonly string InsertInstances = Sql("insert_instances");
    private static readonly string InsertHistory = Sql("insert_history");
    private static readonly string UpdateInstances = Sql("update_instances");
    private static readonly string InsertInbox = Sql("insert_inbox");
    private static readonly string Claim = Sql("claim");
    private static readonly string Purge = Sql("purge");

    /// <summary>The text of an embedded <c>.sql</c> file of this folder.</summary>
    internal static string Sql(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Quorum.EmbeddedRuntime.DurableTask.Hub.{name}.sql")
            ?? throw new InvalidOperationException($"The assembly holds no {name}.sql.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => database.OpenConnectionAsync(cancellationToken);

    /// <summary>Writes the turns in one transaction and one round trip.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, IReadOnlyList<TurnCommit> turns, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch(); // sent with one Sync, so the server runs it as one transaction
        AddInstances(batch, NewInstances(turns));
        AddHistory(batch, HistoryRows(turns));
        AddUpdates(batch, turns);
        AddMessages(batch, turns);
        AddNotifications(batch, turns);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Whether a turn's history row stands exactly as it would be written.</summary>
    public async Task<bool> StandsAsync(TurnCommit turn, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select events = $4 from taskhub.history where instance_id = $1 and generation = $2 and sequence = $3");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = turn.InstanceId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = turn.Generation });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = turn.Sequence });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Encoding.UTF8.GetString(turn.Events) });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Registers the worker, or prolongs its lease.</summary>
    public async Task RenewLeaseAsync(TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            insert into taskhub.workers (worker_id, started_at, lease_until) values ($1, now(), now() + $2)
            on conflict (worker_id) do update set lease_until = excluded.lease_until
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workerId });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Gives up the lease, and with it all instances still owned.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("delete from taskhub.workers where worker_id = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workerId });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Forgets workers whose lease ran out long ago and who own nothing any more.</summary>
    public async Task ForgetWorkersAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            delete from taskhub.workers as w
             where w.lease_until < now() - interval '1 hour'
               and not exists (select from taskhub.instances as i where i.owner = w.worker_id and i.completed_at is null)
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes over unfinished instances that nobody holds, with their history and inbox.</summary>
    public Task<IReadOnlyList<ClaimedInstance>> ClaimAsync(int limit, CancellationToken cancellationToken) =>
        ClaimAsync(Claim, new NpgsqlParameter<int> { TypedValue = limit }, cancellationToken);

    /// <summary>Reads an instance again that this worker owns, after another process has written to its history.</summary>
    public async Task<ClaimedInstance?> ReloadAsync(string instanceId, CancellationToken cancellationToken) =>
        (await ClaimAsync(
            "select instance_id, generation, start_at, input, created_at from taskhub.instances where owner = $1 and instance_id = $2 and completed_at is null for update",
            new NpgsqlParameter<string> { TypedValue = instanceId },
            cancellationToken)).SingleOrDefault();

    private async Task<IReadOnlyList<ClaimedInstance>> ClaimAsync(string statement, NpgsqlParameter which, CancellationToken cancellationToken)
    {
        // The rows stay locked until their history is read: an owner who believes to be one cannot end the instance or begin its next
        // generation in between. What it writes afterwards meets our key in history.
        var claimed = new Dictionary<string, ClaimedInstance>(StringComparer.Ordinal);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(statement, connection, transaction))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workerId });
            command.Parameters.Add(which);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var instance = new ClaimedInstance
                {
                    InstanceId = reader.GetString(0),
                    Generation = reader.GetInt32(1),
                    StartAt = reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2),
                    Input = Payload.FromJson(reader.IsDBNull(3) ? null : reader.GetString(3)),
                    CreatedAt = reader.GetFieldValue<DateTimeOffset>(4),
                };
                claimed.Add(instance.InstanceId, instance);
            }
        }

        if (claimed.Count > 0)
        {
            await LoadHistoryAsync(connection, claimed, cancellationToken);
            foreach (var message in await LoadInboxAsync(connection, [.. claimed.Keys], cancellationToken))
            {
                claimed[message.InstanceId].Inbox.Add(message);
            }
        }

        await transaction.CommitAsync(cancellationToken);
        return [.. claimed.Values];
    }

    /// <summary>The unfinished instances that this worker owns.</summary>
    public Task<string[]> ListOwnAsync(CancellationToken cancellationToken) =>
        ListIdsAsync("select instance_id from taskhub.instances where owner = $1 and completed_at is null", cancellationToken);

    /// <summary>Those of them for which messages wait.</summary>
    public Task<string[]> ListOwnWithMessagesAsync(CancellationToken cancellationToken) =>
        ListIdsAsync(
            """
            select distinct m.instance_id from taskhub.inbox as m join taskhub.instances as i using (instance_id)
             where i.owner = $1 and i.completed_at is null
            """,
            cancellationToken);

    /// <summary>Ends an instance whose turn cannot be written, so that nobody waits for it.</summary>
    public async Task FailAsync(string instanceId, TaskFailureDetails failure, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            update taskhub.instances set status = 'Failed', completed_at = now(), updated_at = now(), failure = $3
             where instance_id = $1 and owner = $2 and completed_at is null
            """);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workerId });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = FailureCodec.Write(failure), NpgsqlDbType = NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The messages that wait for these instances, in the order in which they came.</summary>
    public async Task<IReadOnlyList<InboxMessage>> LoadInboxAsync(string[] instanceIds, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await LoadInboxAsync(connection, instanceIds, cancellationToken);
    }

    /// <summary>Puts a message into an instance's inbox. When this returns it is durable.</summary>
    /// <returns><see langword="null"/> when there is no such instance, or it has ended.</returns>
    public async Task<InboxMessage?> SendAsync(OutgoingMessage message, bool notify, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        AddInsertInbox(batch, [message.InstanceId], [HistoryCodec.Write(message.Event)]);
        if (notify)
        {
            AddNotify(batch, [HubNotification.Message(message.InstanceId)]);
        }

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new InboxMessage(reader.GetInt64(0), message.InstanceId, message.Event) : null;
    }

    /// <summary>Inserts an instance that starts later; a worker claims it then.</summary>
    public async Task InsertPendingAsync(NewInstance instance, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        AddInstances(batch, [instance]);
        AddHistory(batch, [(instance.InstanceId, 0, 0, HistoryCodec.WriteAll([instance.Start]))]);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task NotifyAsync(string notification, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        AddNotify(batch, [notification]);
        await batch.ExecuteNonQueryAsync(cancellationToken);
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

    private async Task<string[]> ListIdsAsync(string statement, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(statement);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workerId });
        var ids = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetString(0));
        }

        return [.. ids];
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

    private static async Task LoadHistoryAsync(
        NpgsqlConnection connection, Dictionary<string, ClaimedInstance> claimed, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select h.instance_id, h.sequence, h.events
              from taskhub.history as h join taskhub.instances as i using (instance_id, generation)
             where h.instance_id = any($1)
             order by h.instance_id, h.sequence
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. claimed.Keys] });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            claimed[reader.GetString(0)].History.AddRange(HistoryCodec.ReadAll(reader.GetFieldValue<byte[]>(2)));
        }
    }

    private static async Task<IReadOnlyList<InboxMessage>> LoadInboxAsync(
        NpgsqlConnection connection, string[] instanceIds, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select message_id, instance_id, event from taskhub.inbox where instance_id = any($1) order by message_id", connection);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = instanceIds });
        var messages = new List<InboxMessage>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            messages.Add(new InboxMessage(reader.GetInt64(0), reader.GetString(1), HistoryCodec.Read(reader.GetFieldValue<byte[]>(2))));
        }

        return messages;
    }

    private static List<NewInstance> NewInstances(IReadOnlyList<TurnCommit> turns)
    {
        var rows = new List<NewInstance>(turns.Count);
        foreach (var turn in turns)
        {
            if (turn.Insert is { } insert)
            {
                rows.Add(insert);
            }

            rows.AddRange(turn.Children);
        }

        return rows;
    }

    private static void AddInstances(NpgsqlBatch batch, List<NewInstance> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(InsertInstances);
        Add(command, rows, NpgsqlDbType.Text, static r => r.InstanceId);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Start.Name);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Start.Version);
        Add(command, rows, NpgsqlDbType.Text, static r => StatusName(r.Status));
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.Start.At.UtcDateTime);
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.CompletedAt?.UtcDateTime);
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.StartAt?.UtcDateTime);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Owner);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Start.Parent?.InstanceId);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Start.TraceParent);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Tags);
        Add(command, rows, NpgsqlDbType.Text, static r => Utf8(r.Start.Input));
        Add(command, rows, NpgsqlDbType.Text, static r => Utf8(r.Output));
        Add(command, rows, NpgsqlDbType.Text, static r => Utf8(r.CustomStatus));
        Add(command, rows, NpgsqlDbType.Text, static r => r.Failure);
        batch.BatchCommands.Add(command);
    }

    private static List<(string InstanceId, int Generation, int Sequence, byte[] Events)> HistoryRows(IReadOnlyList<TurnCommit> turns)
    {
        var rows = new List<(string InstanceId, int Generation, int Sequence, byte[] Events)>(turns.Count);
        foreach (var turn in turns)
        {
            if (turn.Events.Length > 0)
            {
                rows.Add((turn.InstanceId, turn.Generation, turn.Sequence, turn.Events));
            }

            foreach (var child in turn.Children)
            {
                rows.Add((child.InstanceId, 0, 0, HistoryCodec.WriteAll([child.Start])));
            }
        }

        return rows;
    }

    private static void AddHistory(NpgsqlBatch batch, List<(string InstanceId, int Generation, int Sequence, byte[] Events)> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(InsertHistory);
        Add(command, rows, NpgsqlDbType.Text, static r => r.InstanceId);
        Add(command, rows, NpgsqlDbType.Integer, static r => r.Generation);
        Add(command, rows, NpgsqlDbType.Integer, static r => r.Sequence);
        Add(command, rows, NpgsqlDbType.Text, static r => r.Events);
        batch.BatchCommands.Add(command);
    }

    private void AddUpdates(NpgsqlBatch batch, IReadOnlyList<TurnCommit> turns)
    {
        List<(string InstanceId, InstanceUpdate Update)>? rows = null;
        List<(string InstanceId, int Generation)>? continued = null;
        foreach (var turn in turns)
        {
            if (turn.Update is { } update)
            {
                (rows ??= new List<(string, InstanceUpdate)>(turns.Count)).Add((turn.InstanceId, update));
                if (turn is { Sequence: 0, Generation: > 0 })
                {
                    (continued ??= []).Add((turn.InstanceId, turn.Generation));
                }
            }
        }

        if (rows is null)
        {
            return;
        }

        var command = new NpgsqlBatchCommand(UpdateInstances);
        Add(command, rows, NpgsqlDbType.Text, static r => r.InstanceId);
        Add(command, rows, NpgsqlDbType.Integer, static r => r.Update.Generation);
        Add(command, rows, NpgsqlDbType.Text, static r => StatusName(r.Update.Status));
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.Update.UpdatedAt.UtcDateTime);
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.Update.CompletedAt?.UtcDateTime);
        Add(command, rows, NpgsqlDbType.TimestampTz, static r => r.Update.WakeAt?.UtcDateTime);
        Add(command, rows, NpgsqlDbType.Boolean, static r => r.Update.Keep);
        Add(command, rows, NpgsqlDbType.Text, static r => Utf8(r.Update.Input));
        Add(command, rows, NpgsqlDbType.Text, static r => Utf8(r.Update.Output));
        Add(command, rows, NpgsqlDbType.Text, static r => Utf8(r.Update.CustomStatus));
        Add(command, rows, NpgsqlDbType.Text, static r => r.Update.Failure);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workerId });
        batch.BatchCommands.Add(command);
        if (continued is not null)
        {
            var forget = new NpgsqlBatchCommand(
                """
                delete from taskhub.history as h using unnest($1::text[], $2::int[]) as u (instance_id, generation)
                 where h.instance_id = u.instance_id and h.generation < u.generation
                """);
            Add(forget, continued, NpgsqlDbType.Text, static r => r.InstanceId);
            Add(forget, continued, NpgsqlDbType.Integer, static r => r.Generation);
            batch.BatchCommands.Add(forget);
        }
    }

    private static void AddMessages(NpgsqlBatch batch, IReadOnlyList<TurnCommit> turns)
    {
        List<long>? consumed = null;
        List<OutgoingMessage>? messages = null;
        foreach (var turn in turns)
        {
            if (turn.ConsumedMessages.Count > 0)
            {
                (consumed ??= []).AddRange(turn.ConsumedMessages);
            }

            if (turn.Messages.Count > 0)
            {
                (messages ??= []).AddRange(turn.Messages);
            }
        }

        if (consumed is not null)
        {
            var delete = new NpgsqlBatchCommand("delete from taskhub.inbox where message_id = any($1)");
            delete.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. consumed] });
            batch.BatchCommands.Add(delete);
        }

        if (messages is not null)
        {
            AddInsertInbox(batch, [.. messages.Select(message => message.InstanceId)], [.. messages.Select(message => HistoryCodec.Write(message.Event))]);
        }
    }

    private static void AddNotifications(NpgsqlBatch batch, IReadOnlyList<TurnCommit> turns)
    {
        List<string>? texts = null;
        foreach (var turn in turns)
        {
            if (turn.Notifications.Count > 0)
            {
                (texts ??= []).AddRange(turn.Notifications);
            }
        }

        if (texts is not null)
        {
            AddNotify(batch, [.. texts]);
        }
    }

    private static void AddNotify(NpgsqlBatch batch, string[] texts)
    {
        var notify = new NpgsqlBatchCommand("select pg_notify('" + Channel + "', text) from unnest($1::text[]) as text");
        notify.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = texts });
        batch.BatchCommands.Add(notify);
    }

    private static void AddInsertInbox(NpgsqlBatch batch, string[] instanceIds, byte[][] events)
    {
        var insert = new NpgsqlBatchCommand(InsertInbox);
        insert.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = instanceIds });
        insert.Parameters.Add(new NpgsqlParameter<byte[][]> { TypedValue = events, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        batch.BatchCommands.Add(insert);
    }

    private static void Add<TRow, TValue>(NpgsqlBatchCommand command, List<TRow> rows, NpgsqlDbType type, Func<TRow, TValue> column)
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = column(rows[i]);
        }

        command.Parameters.Add(new NpgsqlParameter<TValue[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }

    private static void AddNullable(NpgsqlParameterCollection parameters, object? value, NpgsqlDbType type) =>
        parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });

    private static byte[]? Utf8(Payload payload) => payload.IsNone ? null : payload.Utf8.ToArray();

    private static string StatusName(InstanceStatus status) => status switch
    {
        InstanceStatus.Running => nameof(InstanceStatus.Running),
        InstanceStatus.Completed => nameof(InstanceStatus.Completed),
        _ => status.ToString(),
    };
}
