using Quorum.DurableTask.PostgreSql.Store;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests;

/// <summary>Migrations of the hub's schema.</summary>
public sealed class HubMigratorTests : IAsyncLifetime
{
    private TestDatabase _database = null!; // Set before each test.

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_hub_whose_migrations_were_recorded_by_name_only_is_upgraded_and_keeps_its_rows()
    {
        await _database.ExecuteAsync(
            $"""
            create schema taskhub;
            create table taskhub.migrations (name text primary key, applied_at timestamptz not null default now());
            {HubMigrator.Migrations[0].Sql}
            insert into taskhub.migrations (name) values ('0001_task_hub');
            insert into taskhub.hub (name) values ('Tests');
            insert into taskhub.workers (worker_id, started_at, lease_until) values ('old', now(), now());
            """
        );

        await MigrateAsync();
        await MigrateAsync(); // The second start finds nothing to do.

        Assert.Equal("old", await _database.QueryAsync<string>("select worker_id from taskhub.workers"));
        Assert.Equal(
            HubMigrator.Migrations.Select(migration => $"{migration.Number} {migration.Checksum}"),
            await _database.QueryAsync<string[]>("select array_agg(number || ' ' || checksum order by number) from taskhub.migrations")
        );
    }

    [Fact]
    public async Task A_hub_of_another_name_is_rejected()
    {
        await MigrateAsync();

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => Migrator().MigrateAsync("Other", CancellationToken.None));

        Assert.Contains("'Tests'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'Other'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migrated_hub_leaves_no_lock_on_the_pooled_connection()
    {
        await MigrateAsync();

        Assert.Equal(
            0,
            await _database.QueryAsync<long>(
                "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"
            )
        );
    }

    [Fact]
    public void Published_migrations_never_change()
    {
        // A line is added with each migration that is published, and never edited.
        string[] published =
        [
            "0001_task_hub.sql aa4715e18dc956463b9e02738c99018b57c8a7098bb842e8496d9dd1387d7821",
            "0002_timers.sql 30a3afaf0adb80249c131c2c4a89499470d381b4bc13acf559d800acef6b3795",
            "0003_fencing.sql 251ec85dd3c27cff4f1ed276f9340e36f6a8b456840bd46aea258fe5522591b2",
            "0004_lost_turns.sql df812998d1c8029fa075a905652875199acf53e54d27454b3c07bfd61c9bd9eb",
            "0005_hold_by_id.sql 48eb89b4b7007e701af45ae9d1801c65bdebbb0f0ae69c7b435a2d79aec58b75",
        ];

        Assert.Equal(published, HubMigrator.Migrations.Select(migration => $"{migration.Name} {migration.Checksum}"));
    }

    private Task MigrateAsync() => Migrator().MigrateAsync("Tests", CancellationToken.None);

    private HubMigrator Migrator() => new(_database.DataSource, new HubSql(PostgresOrchestrationOptions.DefaultSchema));
}
