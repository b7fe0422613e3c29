using Npgsql;
using Quorum.Shared.Postgres;

namespace Quorum.DurableTask.PostgreSql.Store;

/// <summary>Migrates the hub's schema to this version, and rejects a hub of another name.</summary>
internal sealed class HubMigrator(NpgsqlDataSource database, HubSql sql)
{
    private const long LockKey = 0x7461736b68756200; // "taskhub"

    private readonly SchemaMigrator _schema = new(sql.Schema, LockKey);

    /// <summary>All migrations of this version, in order, for schema <c>taskhub</c>.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } = Migration.ReadAll(".Sql.Migrations.");

    /// <exception cref="InvalidOperationException">The schema holds a hub of another name.</exception>
    /// <exception cref="MigrationException">A migration that was applied differs from this version's.</exception>
    public async Task MigrateAsync(string hubName, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await _schema.MigrateAsync(
            connection,
            [.. Migrations.Select(migration => migration with { Sql = sql.Of(migration.Sql) })], // its checksum stays that of the file
            (locked, cancellation) => NameHubAsync(locked, hubName, cancellation),
            cancellationToken
        );
    }

    /// <summary>Drops the hub's schema with everything in it.</summary>
    public async Task DropAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"drop schema if exists {sql.Schema} cascade");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task NameHubAsync(NpgsqlConnection connection, string hubName, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand(sql.Of("select name from taskhub.hub"), connection);
        if (await find.ExecuteScalarAsync(cancellationToken) is not string name)
        {
            await using var insert = new NpgsqlCommand(sql.Of("insert into taskhub.hub (name) values ($1)"), connection);
            insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = hubName });
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
        else if (!string.Equals(name, hubName, StringComparison.Ordinal))
        {
            throw new InvalidOperationException(
                $"Schema '{sql.Schema}' holds the task hub '{name}', but the settings name '{hubName}'. Use the same name, or another schema or database."
            );
        }
    }
}
