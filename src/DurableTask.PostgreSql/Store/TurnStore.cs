#pragma warning disable VSTHRD103 // rows are read whole before their columns: a getter never waits
using System.Text;
using Npgsql;
using Quorum.DurableTask.PostgreSql.History;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>The statements that write the turns of a worker.</summary>
internal sealed class TurnStore(NpgsqlDataSource database, HubSql sql, string workerId)
{
    private readonly TurnStatements _statements = new(sql);

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => database.OpenConnectionAsync(cancellationToken);

    /// <summary>Writes the turns in one transaction and one round trip.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, IReadOnlyList<TurnCommit> turns, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch(); // sent with one Sync, so the server runs it as one transaction
        _statements.AddTurns(batch, turns, workerId);
        var stored = new Queue<StoredMessage>();
        await using (var reader = await batch.ExecuteReaderAsync(cancellationToken))
        {
            do
            {
                while (reader.FieldCount == 3 && await reader.ReadAsync(cancellationToken))
                {
                    var instanceId = reader.GetString(1);
                    var (historyEvent, executionId) = HistoryEventReader.Read(reader.GetFieldValue<byte[]>(2), instanceId);
                    stored.Enqueue(new StoredMessage(reader.GetInt64(0), instanceId, executionId, historyEvent));
                }
            } while (await reader.NextResultAsync(cancellationToken));
        }

        // In the order of insertion, less those whose receiver does not exist or has ended.
        foreach (var turn in turns)
        {
            turn.StoredMessages.Clear();
            foreach (var message in turn.Messages)
            {
                if (stored.TryPeek(out var next) && next.InstanceId == message.InstanceId)
                {
                    turn.StoredMessages.Add(stored.Dequeue());
                }
            }
        }
    }

    /// <summary>Finds out if a turn is stored: if its history row is exactly as the turn would write it.</summary>
    /// <returns><see langword="null"/> if it is not; else true if this worker still holds the instance as it did, or the turn itself has
    /// given it up.</returns>
    public async Task<bool?> IsHeldAfterAsync(TurnCommit turn, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            sql.Of(
                """
                select $8 or i.owner = $6 and i.fence = $7
                  from taskhub.history as h join taskhub.instances as i using (instance_id)
                 where h.instance_id = $1 and i.incarnation = $2 and h.generation = $3 and h.sequence = $4 and h.events = $5
                """
            )
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = turn.InstanceId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = turn.Incarnation });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = turn.Generation });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = turn.Sequence });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Encoding.UTF8.GetString(turn.Events) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workerId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = turn.Fence });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = turn.GivesUpInstance });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? !reader.IsDBNull(0) && reader.GetBoolean(0) : null;
    }

    /// <summary>True if there is an instance of this id, finished or not.</summary>
    public async Task<bool> ExistsAsync(string instanceId, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql.Of("select exists (select from taskhub.instances where instance_id = $1)"));
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = instanceId });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Returns those of these ids that an unfinished instance has, and the number of finished instances that it deleted.</summary>
    public async Task<(HashSet<string> Taken, int Freed)> FreeIdsAsync(string[] instanceIds, CancellationToken cancellationToken)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        await using var connection = await OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var ended = new List<string>();
        await using (
            var command = new NpgsqlCommand(
                sql.Of(
                    "select instance_id, completed_at is not null from taskhub.instances where instance_id = any($1) order by instance_id for update"
                ),
                connection,
                transaction
            )
        )
        {
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = instanceIds });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                if (reader.GetBoolean(1))
                {
                    ended.Add(reader.GetString(0));
                }
                else
                {
                    taken.Add(reader.GetString(0));
                }
            }
        }

        if (ended.Count > 0)
        {
            await InstanceDeletion.DeleteAsync(connection, sql, [.. ended], cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return (taken, ended.Count);
    }
}
