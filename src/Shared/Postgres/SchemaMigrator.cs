using System.Data;
using Npgsql;

namespace Quorum.Shared.Postgres;

/// <summary>
/// Applies the numbered migrations that a schema lacks, each in a transaction of its own, and records them with their checksums in the
/// schema's table <c>migrations</c>. When several processes migrate at once, one applies the migrations; the others wait for it and then
/// have nothing to do.
/// </summary>
/// <param name="schema">The schema's name: a constant of the code or a validated identifier, since it becomes part of statements.</param>
/// <param name="lockKey">The key of the advisory lock that is held meanwhile. Advisory locks are per database.</param>
/// <remarks>Needs the right to create the schema, or its ownership, only while a migration is missing. After that it only reads.</remarks>
internal sealed class SchemaMigrator(string schema, long lockKey)
{
    private const int NoTimeout = 0; // Another process's migration, or a large table's, may take long; the token ends the wait.

    /// <summary>Applies the missing migrations, then runs <paramref name="afterwards"/> under the same lock.</summary>
    /// <param name="connection">An open connection, returned without the lock.</param>
    /// <param name="migrations">All migrations of this build, in order.</param>
    /// <param name="afterwards">Further work that one process at a time must do.</param>
    /// <exception cref="MigrationException">A migration that was applied differs from this build's.</exception>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer, or rejects a statement.</exception>
    public async Task<MigrationResult> MigrateAsync(
        NpgsqlConnection connection,
        IReadOnlyList<Migration> migrations,
        Func<NpgsqlConnection, CancellationToken, Task>? afterwards,
        CancellationToken cancellationToken
    )
    {
        await ExecuteAsync(connection, $"select pg_advisory_lock({lockKey})", cancellationToken);
        try
        {
            await PrepareTableAsync(connection, migrations, cancellationToken);
            var recorded = await LoadRecordedAsync(connection, cancellationToken);
            var applied = new List<string>();
            foreach (var migration in migrations)
            {
                if (!recorded.TryGetValue(migration.Number, out var row))
                {
                    await ApplyAsync(connection, migration, cancellationToken);
                    applied.Add(migration.Name);
                }
                else if (row.Checksum != migration.Checksum)
                {
                    throw new MigrationException(
                        $"Migration {migration.Name} was applied to schema {schema} as {row.Name} with checksum {row.Checksum}, but this build has it "
                            + $"with checksum {migration.Checksum}. A published migration must not change: restore the file and put the change into a new one."
                    );
                }
            }

            if (afterwards is not null)
            {
                await afterwards(connection, cancellationToken);
            }

            var newest = migrations.Count == 0 ? 0 : migrations[^1].Number;
            return new MigrationResult(applied, [.. recorded.Where(row => row.Key > newest).Select(row => row.Value.Name)]);
        }
        finally
        {
            if (connection.FullState.HasFlag(ConnectionState.Open)) // otherwise the session has ended, and the lock with it
            {
                await ExecuteAsync(connection, $"select pg_advisory_unlock({lockKey})", CancellationToken.None);
            }
        }
    }

    private async Task PrepareTableAsync(
        NpgsqlConnection connection,
        IReadOnlyList<Migration> migrations,
        CancellationToken cancellationToken
    )
    {
        // Checked first: CREATE ... IF NOT EXISTS needs the right to create even when there is nothing to create.
        await using var columns = new NpgsqlCommand(
            $"select array_agg(attname::text) from pg_attribute where attrelid = to_regclass('{schema}.migrations') and attnum > 0",
            connection
        );
        var existing = await columns.ExecuteScalarAsync(cancellationToken) as string[];
        if (existing is null)
        {
            await ExecuteAsync(
                connection,
                $"""
                create schema if not exists {schema};
                create table {schema}.migrations (
                  number      integer primary key,
                  name        text not null,
                  checksum    text not null,
                  applied_at  timestamptz not null default now()
                );
                """,
                cancellationToken
            );
        }
        else if (!existing.Contains("checksum"))
        {
            await UpgradeTableAsync(connection, migrations, cancellationToken);
        }
    }

    /// <summary>Completes a table of names only, as builds before version 0.2 recorded the task hub's migrations. It stays readable for
    /// them.</summary>
    private async Task UpgradeTableAsync(
        NpgsqlConnection connection,
        IReadOnlyList<Migration> migrations,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(
            connection,
            $"""
            alter table {schema}.migrations add column number integer, add column checksum text not null default '';
            update {schema}.migrations set number = left(name, 4)::integer;
            alter table {schema}.migrations drop constraint migrations_pkey, add primary key (number), alter column checksum drop default;
            """,
            cancellationToken
        );
        foreach (var migration in migrations)
        {
            await using var adopt = new NpgsqlCommand($"update {schema}.migrations set checksum = $2 where number = $1", connection);
            adopt.Parameters.Add(new NpgsqlParameter<int> { TypedValue = migration.Number });
            adopt.Parameters.Add(new NpgsqlParameter<string> { TypedValue = migration.Checksum });
            await adopt.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<Dictionary<int, (string Name, string Checksum)>> LoadRecordedAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var recorded = new Dictionary<int, (string, string)>();
        await using var command = new NpgsqlCommand($"select number, name, checksum from {schema}.migrations order by number", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            recorded.Add(reader.GetInt32(0), (reader.GetString(1), reader.GetString(2)));
        }

        return recorded;
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, migration.Sql, cancellationToken);
        await using (
            var record = new NpgsqlCommand($"insert into {schema}.migrations (number, name, checksum) values ($1, $2, $3)", connection)
        )
        {
            record.Parameters.Add(new NpgsqlParameter<int> { TypedValue = migration.Number });
            record.Parameters.Add(new NpgsqlParameter<string> { TypedValue = migration.Name });
            record.Parameters.Add(new NpgsqlParameter<string> { TypedValue = migration.Checksum });
            await record.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = NoTimeout };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <param name="Applied">The migrations that were applied now.</param>
/// <param name="Unknown">Migrations in the database that are newer than this build's: a newer build has run on it.</param>
internal sealed record MigrationResult(IReadOnlyList<string> Applied, IReadOnlyList<string> Unknown);
