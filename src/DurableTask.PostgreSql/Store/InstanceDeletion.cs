using Npgsql;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>Deletes instances with everything that belongs to them. The caller has locked their rows and knows that they have
/// ended.</summary>
internal static class InstanceDeletion
{
    public static async Task DeleteAsync(NpgsqlConnection connection, HubSql sql, string[] instanceIds, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        foreach (
            var statement in (ReadOnlySpan<string>)
                [
                    "delete from taskhub.inbox where instance_id = any($1)",
                    "delete from taskhub.history where instance_id = any($1)",
                    "delete from taskhub.instances where instance_id = any($1)",
                ]
        )
        {
            var delete = new NpgsqlBatchCommand(sql.Of(statement));
            delete.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = instanceIds });
            batch.BatchCommands.Add(delete);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
