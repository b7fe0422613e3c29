using Npgsql;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>The statements about the workers of a hub and their leases, by the clock of the database.</summary>
internal sealed class LeaseStore(NpgsqlDataSource database, HubSql sql, string workerId)
{
    private readonly TurnStatements _statements = new(sql);

    /// <summary>Registers the worker, or renews its lease.</summary>
    /// <returns>True if the lease had expired before, so that other processes may have taken over what this one held.</returns>
    public async Task<bool> RenewLeaseAsync(TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            sql.Of(
                """
                with before as (select lease_until < now() as expired from taskhub.workers where worker_id = $1)
                insert into taskhub.workers (worker_id, started_at, lease_until) values ($1, now(), now() + $2)
                on conflict (worker_id) do update set lease_until = excluded.lease_until
                returning coalesce((select expired from before), true)
                """
            )
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workerId });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    /// <summary>Gives up the lease, and with it all instances still held.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var batch = connection.CreateBatch();
        var leave = new NpgsqlBatchCommand(sql.Of("delete from taskhub.workers where worker_id = $1"));
        leave.Parameters.Add(new NpgsqlParameter<string> { TypedValue = workerId });
        batch.BatchCommands.Add(leave);
        _statements.AddNotify(batch, [HubNotification.Message("")]); // the other processes claim at once
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Deletes workers whose lease expired long ago and that own nothing.</summary>
    public async Task ForgetWorkersAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            sql.Of(
                """
                delete from taskhub.workers as w
                 where w.lease_until < now() - interval '1 hour'
                   and not exists (select from taskhub.instances as i where i.owner = w.worker_id and i.completed_at is null)
                """
            )
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
