#pragma warning disable VSTHRD103 // rows are read whole before their columns: a getter never waits
using System.Text;
using Microsoft.DurableTask;
using Npgsql;
using NpgsqlTypes;
using Quorum.Shared.Postgres;
using Quorum.StandaloneHost.DurableTask.History;

namespace Quorum.StandaloneHost.DurableTask.Hub;

/// <summary>What a worker asks of PostgreSQL: its lease, the instances that it takes over and holds, their turns and their inboxes. The tables and
/// their life are described in <c>Migrations/0001_task_hub.sql</c>.</summary>
internal sealed class TaskHubStore(NpgsqlDataSource database, string workerId)
{
    private static readonly string Claim = EmbeddedText.Read(".Hub.claim.sql");

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => database.OpenConnectionAsync(cancellationToken);

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

    /// <summary>The messages that wait for these instances, in the order in which they came.</summary>
    public async Task<IReadOnlyList<InboxMessage>> LoadInboxAsync(string[] instanceIds, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await LoadInboxAsync(connection, instanceIds, cancellationToken);
    }

    /// <summary>Writes the turns in one transaction and one round trip.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, IReadOnlyList<TurnCommit> turns, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch(); // sent with one Sync, so the server runs it as one transaction
        TurnStatements.AddTurns(batch, turns, workerId);
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

    /// <summary>Tells the other processes.</summary>
    public async Task NotifyAsync(string notification, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        TurnStatements.AddNotify(batch, [notification]);
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

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
}
