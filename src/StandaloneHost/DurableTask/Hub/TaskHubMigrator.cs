using System.Reflection;
using Npgsql;

namespace Quorum.StandaloneHost.DurableTask.Hub;

/// <summary>Brings schema <c>taskhub</c> to this version: numbered files, each applied once, under an advisory lock.</summary>
internal sealed class TaskHubMigrator(NpgsqlDataSource database)
{
    private const string Folder = "Quorum.StandaloneHost.DurableTask.Hub.Migrations.";
    private const long LockKey = 0x7461736b68756200; // "taskhub"

    /// <exception cref="InvalidOperationException">The database holds a hub of another name.</exception>
    public async Task MigrateAsync(string hubName, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync($"select pg_advisory_xact_lock({LockKey})");
        await using (var exists = new NpgsqlCommand("select to_regclass('taskhub.migrations') is not null", connection, transaction))
        {
            if (await exists.ExecuteScalarAsync(cancellationToken) is not true) // asked first: a role that may only read and write rows is enough later
            {
                await ExecuteAsync("create schema if not exists taskhub");
                await ExecuteAsync("create table taskhub.migrations (name text primary key, applied_at timestamptz not null default now())");
            }
        }

        var applied = new HashSet<string>(StringComparer.Ordinal);
        await using (var command = new NpgsqlCommand("select name from taskhub.migrations", connection, transaction))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                applied.Add(reader.GetString(0));
            }
        }

        foreach (var resource in Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order())
        {
            var name = resource[Folder.Length..^".sql".Length];
            if (applied.Add(name))
            {
                await ExecuteAsync(SqlFile.Read("Migrations." + name));
                await using var record = new NpgsqlCommand("insert into taskhub.migrations (name) values ($1)", connection, transaction);
                record.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
                await record.ExecuteNonQueryAsync(cancellationToken);
            }
        }

        await using (var command = new NpgsqlCommand("insert into taskhub.hub (name) select $1 where not exists (select from taskhub.hub)", connection, transaction))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = hubName });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await using (var command = new NpgsqlCommand("select name from taskhub.hub", connection, transaction))
        {
            var name = await command.ExecuteScalarAsync(cancellationToken) as string;
            if (!string.Equals(name, hubName, StringComparison.Ordinal))
            {
                throw new InvalidOperationException(
                    $"The database holds the task hub '{name}', but host.json names '{hubName}'. One database holds one hub: use another database, or the same name.");
            }
        }

        await transaction.CommitAsync(cancellationToken);

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
