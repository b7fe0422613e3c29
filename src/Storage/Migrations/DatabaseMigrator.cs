using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Quorum.Storage;

/// <summary>Brings schema <c>quorum</c> and the reference data up to this build: applies the numbered migrations that are missing, each in a
/// transaction of its own, and loads the reference CSV when it changed. Several processes may do so at once; one works, the others wait and then
/// find nothing left to do.</summary>
/// <remarks>Needs the right to create the schema, or to own it, only while something is missing. After that it only reads, and the app's role needs
/// no more than USAGE on schema <c>quorum</c> and SELECT, INSERT, UPDATE and DELETE on its tables.</remarks>
public sealed partial class DatabaseMigrator(QuorumDatabase database, ILogger<DatabaseMigrator>? logger = null)
{
    /// <summary>The key of the advisory lock: "quorum" in ASCII. Locks are per database.</summary>
    internal const long LockKey = 0x71756f72756d;

    private readonly ILogger _logger = logger ?? NullLogger<DatabaseMigrator>.Instance;

    /// <exception cref="MigrationException">A migration that was applied differs from this build's.</exception>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer, or refuses.</exception>
    public Task MigrateAsync(CancellationToken cancellationToken) => MigrateAsync(Migration.All, cancellationToken);

    internal async Task MigrateAsync(IReadOnlyList<Migration> migrations, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenDedicatedAsync(cancellationToken);
        await LockAsync(connection, cancellationToken);
        await CreateBookAsync(connection, cancellationToken);

        var applied = await LoadAppliedAsync(connection, cancellationToken);
        Verify(migrations, applied);
        foreach (var migration in migrations)
        {
            if (!applied.ContainsKey(migration.Number))
            {
                await ApplyAsync(connection, migration, cancellationToken);
            }
        }

        await ReferenceLoader.LoadIfChangedAsync(connection, ReferenceFile.BuiltIn, _logger, cancellationToken);
    }

    /// <summary>Held until the connection closes.</summary>
    private static async Task LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_lock($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = LockKey });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task CreateBookAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Asked first: CREATE ... IF NOT EXISTS needs the right to create also where there is nothing to do.
        await using var exists = new NpgsqlCommand("select to_regclass('quorum.migrations') is not null", connection);
        if (await exists.ExecuteScalarAsync(cancellationToken) is true)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            """
            create schema if not exists quorum;
            create table quorum.migrations (
              number      integer primary key,
              name        text not null,
              checksum    text not null,
              applied_at  timestamptz not null default now()
            );
            """,
            connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<Dictionary<int, (string Name, string Checksum)>> LoadAppliedAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new Dictionary<int, (string, string)>();
        await using var command = new NpgsqlCommand("select number, name, checksum from quorum.migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add(reader.GetInt32(0), (reader.GetString(1), reader.GetString(2)));
        }

        return applied;
    }

    private void Verify(IReadOnlyList<Migration> migrations, Dictionary<int, (string Name, string Checksum)> applied)
    {
        foreach (var migration in migrations)
        {
            if (applied.TryGetValue(migration.Number, out var was) && was.Checksum != migration.Checksum)
            {
                throw new MigrationException(
                    $"Migration {migration.Name} was applied to this database as {was.Name} with checksum {was.Checksum}, and this build has it with "
                    + $"{migration.Checksum}. A published migration never changes: restore the file, and put the change into a new one.");
            }
        }

        var newest = migrations.Count == 0 ? 0 : migrations[^1].Number;
        foreach (var (number, was) in applied)
        {
            if (number > newest)
            {
                LogNewer(was.Name);
            }
        }
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(migration.Sql, connection, transaction))
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var record = new NpgsqlCommand(
            "insert into quorum.migrations (number, name, checksum) values ($1, $2, $3)", connection, transaction))
        {
            record.Parameters.Add(new NpgsqlParameter<int> { TypedValue = migration.Number });
            record.Parameters.Add(new NpgsqlParameter<string> { TypedValue = migration.Name });
            record.Parameters.Add(new NpgsqlParameter<string> { TypedValue = migration.Checksum });
            await record.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        LogApplied(migration.Name);
    }

    [LoggerMessage(EventId = 1502, Level = LogLevel.Information, Message = "Applied migration {Migration}.")]
    private partial void LogApplied(string migration);

    [LoggerMessage(EventId = 1503, Level = LogLevel.Warning, Message = "The database has migration {Migration}, which this build does not know: a newer build was here. Going on.")]
    private partial void LogNewer(string migration);
}
