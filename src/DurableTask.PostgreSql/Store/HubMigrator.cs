using Npgsql;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>Brings the hub's schema to this version: numbered files, each applied once, under an advisory lock.</summary>
internal sealed class HubMigrator(NpgsqlDataSource database, HubSql sql)
{
    private const long LockKey = 0x7461736b68756200; // "taskhub"

    /// <exception cref="InvalidOperationException">The schema holds a hub of another name.</exception>
    public async Task MigrateAsync(string hubName, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync($"select pg_advisory_xact_lock({LockKey})");
        await using (var exists = new NpgsqlCommand(sql.Of("select to_regclass('taskhub.migrations') is not null"), connection, transaction))
        {
            if (await exists.ExecuteScalarAsync(cancellationToken) is not true) // checked first: later a role without the right to create is enough
            {
                await ExecuteAsync("create schema if not exists " + sql.Schema);
                await ExecuteAsync(sql.Of("create table taskhub.migrations (name text primary key, applied_at timestamptz not null default now())"));
            }
        }

        var applied = await AppliedAsync(connection, transaction, cancellationToken);
        foreach (var name in HubSql.Migrations().Where(applied.Add))
        {
            await ExecuteAsync(sql.File("Migrations." + name));
            await using var record = new NpgsqlCommand(sql.Of("insert into taskhub.migrations (name) values ($1)"), connection, transaction);
            record.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
            await record.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var command = new NpgsqlCommand(
            sql.Of("insert into taskhub.hub (name) select $1 where not exists (select from taskhub.hub)"), connection, transaction))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = hubName });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var command = new NpgsqlCommand(sql.Of("select name from taskhub.hub"), connection, transaction))
        {
            var name = await command.ExecuteScalarAsync(cancellationToken) as string;
            if (!string.Equals(name, hubName, StringComparison.Ordinal))
            {
                throw new InvalidOperationException(
                    $"Schema '{sql.Schema}' holds the task hub '{name}', but the settings name '{hubName}'. Use the same name, or another schema or database.");
            }
        }

        await transaction.CommitAsync(cancellationToken);

        async Task ExecuteAsync(string statement)
        {
            await using var command = new NpgsqlCommand(statement, connection, transaction);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Drops the hub's schema with everything in it.</summary>
    public async Task DropAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"drop schema if exists {sql.Schema} cascade");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<HashSet<string>> AppliedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var applied = new HashSet<string>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(sql.Of("select name from taskhub.migrations"), connection, transaction);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add(reader.GetString(0));
        }

        return applied;
    }
}
