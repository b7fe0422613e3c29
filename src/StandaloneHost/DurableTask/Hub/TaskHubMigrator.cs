using Npgsql;
using Quorum.Shared.Postgres;

namespace Quorum.StandaloneHost.DurableTask.Hub;

/// <summary>Brings schema <c>taskhub</c> to this build's version.</summary>
internal sealed class TaskHubMigrator(NpgsqlDataSource database)
{
    private const long LockKey = 0x7461736b68756200; // "taskhub"

    private static readonly SchemaMigrator Schema = new("taskhub", LockKey);

    /// <summary>All migrations of this build, in order.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } = Migration.ReadAll(".Hub.Migrations.");

    /// <exception cref="InvalidOperationException">The database holds a hub of another name.</exception>
    /// <exception cref="MigrationException">A migration that was applied differs from this build's.</exception>
    public async Task MigrateAsync(string hubName, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await Schema.MigrateAsync(connection, Migrations, (locked, cancellation) => NameHubAsync(locked, hubName, cancellation), cancellationToken);
    }

    private static async Task NameHubAsync(NpgsqlConnection connection, string hubName, CancellationToken cancellationToken)
    {
        await using (var command = new NpgsqlCommand("insert into taskhub.hub (name) select $1 where not exists (select from taskhub.hub)", connection))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = hubName });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var command = new NpgsqlCommand("select name from taskhub.hub", connection))
        {
            var name = await command.ExecuteScalarAsync(cancellationToken) as string;
            if (!string.Equals(name, hubName, StringComparison.Ordinal))
            {
                throw new InvalidOperationException(
                    $"The database holds the task hub '{name}', but host.json names '{hubName}'. One database holds one hub: use another database, or the same name.");
            }
        }
    }
}
