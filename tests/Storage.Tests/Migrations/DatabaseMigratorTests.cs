using Npgsql;

namespace Quorum.Storage.Tests.Migrations;

public sealed class DatabaseMigratorTests : IAsyncLifetime
{
    private TestDatabase _database = null!; // Set before each test.

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task An_empty_database_gets_every_migration_and_the_instruments()
    {
        await using var storage = await StorageOnDatabase.MigratedAsync(_database);

        Assert.Equal(DatabaseMigrator.Migrations.Count, await _database.QueryAsync<long>("select count(*) from quorum.migrations"));
        Assert.Equal(
            ReferenceFile.BuiltIn.Instruments.Count(),
            await _database.QueryAsync<long>("select count(*) from quorum.instruments")
        );
        Assert.Equal(
            ReferenceFile.BuiltIn.Listings.Count(),
            await _database.QueryAsync<long>("select count(*) from quorum.provider_symbols")
        );
    }

    [Fact]
    public async Task Migrating_again_changes_nothing()
    {
        await using var storage = await StorageOnDatabase.MigratedAsync(_database);
        const string state = "select max(applied_at)::text || (select version from quorum.reference_version) from quorum.migrations";
        var before = await _database.QueryAsync<string>(state);

        await storage.Migrator.MigrateAsync(CancellationToken.None);

        Assert.Equal(before, await _database.QueryAsync<string>(state));
    }

    [Fact]
    public async Task Several_processes_may_migrate_at_once()
    {
        var processes = Enumerable.Range(0, 4).Select(_ => StorageOnDatabase.Over(_database)).ToArray();

        await Task.WhenAll(processes.Select(process => process.Migrator.MigrateAsync(CancellationToken.None))).WithinAsync();

        Assert.Equal(DatabaseMigrator.Migrations.Count, await _database.QueryAsync<long>("select count(*) from quorum.migrations"));
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_process_waits_for_the_one_that_migrates()
    {
        await using var storage = StorageOnDatabase.Over(_database);
        await using var other = await _database.DataSource.OpenConnectionAsync();
        await ExecuteAsync(other, $"select pg_advisory_lock({DatabaseMigrator.LockKey})");

        var migrating = storage.Migrator.MigrateAsync(CancellationToken.None);
        await _database.WaitUntilAsync("select exists (select from pg_locks where locktype = 'advisory' and not granted)");
        Assert.False(await _database.QueryAsync<bool>("select to_regclass('quorum.migrations') is not null"));

        await ExecuteAsync(other, $"select pg_advisory_unlock({DatabaseMigrator.LockKey})");
        await migrating.WithinAsync();
        Assert.True(await _database.QueryAsync<bool>("select to_regclass('quorum.quotes') is not null"));
    }

    [Fact]
    public async Task A_database_of_the_first_migration_is_upgraded_and_keeps_what_it_holds()
    {
        await using var storage = StorageOnDatabase.Over(_database);
        await storage.Migrator.MigrateAsync([DatabaseMigrator.Migrations[0]], CancellationToken.None);
        await _database.ExecuteAsync(
            "insert into quorum.instruments (symbol, name, venue, currency) values ('ZZZ:XLON', 'Of an operator', 'XLON', 'GBP')"
        );

        await storage.Migrator.MigrateAsync(CancellationToken.None);

        Assert.Equal(DatabaseMigrator.Migrations.Count, await _database.QueryAsync<long>("select count(*) from quorum.migrations"));
        Assert.Equal("Of an operator", await _database.QueryAsync<string>("select name from quorum.instruments where symbol = 'ZZZ:XLON'"));
        await storage.Quotes.PublishAsync(
            SampleQuotes.Published("one", "AAPL", SampleQuotes.Afternoon),
            announce: false,
            CancellationToken.None
        );
        Assert.NotNull(await storage.Quotes.FindAsync("one", CancellationToken.None));
    }

    [Fact]
    public async Task A_migration_that_differs_from_the_applied_one_is_refused_by_name()
    {
        await using var storage = await StorageOnDatabase.MigratedAsync(_database);
        await _database.ExecuteAsync("update quorum.migrations set checksum = 'other' where number = 1");

        var refusal = await Assert.ThrowsAsync<MigrationException>(() => storage.Migrator.MigrateAsync(CancellationToken.None));

        Assert.Contains("0001_instruments.sql", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("other", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(DatabaseMigrator.Migrations[0].Checksum, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_that_fails_leaves_nothing_behind()
    {
        await using var storage = await StorageOnDatabase.MigratedAsync(_database);
        var broken = new Migration(9999, "9999_broken.sql", "create table quorum.half (); select 1 / 0;");

        await Assert.ThrowsAsync<PostgresException>(() =>
            storage.Migrator.MigrateAsync([.. DatabaseMigrator.Migrations, broken], CancellationToken.None)
        );

        Assert.False(await _database.QueryAsync<bool>("select to_regclass('quorum.half') is not null"));
        Assert.False(await _database.QueryAsync<bool>("select exists (select from quorum.migrations where number = 9999)"));
    }

    [Fact]
    public async Task A_database_that_a_newer_build_migrated_is_accepted()
    {
        await using var storage = await StorageOnDatabase.MigratedAsync(_database);
        await _database.ExecuteAsync("insert into quorum.migrations (number, name, checksum) values (9999, '9999_later.sql', 'x')");

        await storage.Migrator.MigrateAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_role_that_may_only_read_and_write_rows_can_start_and_work_on_a_migrated_database()
    {
        await using (await StorageOnDatabase.MigratedAsync(_database)) { }

        var role = $"app_{_database.Name}";
        await _database.ExecuteAsync(
            $"""
            create role {role};
            grant usage on schema quorum to {role};
            grant select, insert, update, delete on all tables in schema quorum to {role};
            """
        );
        try
        {
            await using var storage = StorageOnDatabase.Over(
                _database,
                options =>
                    options.ConnectionString = new NpgsqlConnectionStringBuilder(options.ConnectionString)
                    {
                        Options = $"-c role={role}",
                    }.ConnectionString
            );
            await storage.Migrator.MigrateAsync(CancellationToken.None);
            await storage.Catalogue.RefreshAsync(CancellationToken.None);
            await storage.Quotes.PublishAsync(
                SampleQuotes.Published("one", "AAPL", SampleQuotes.Afternoon),
                announce: true,
                CancellationToken.None
            );

            Assert.NotNull(await storage.Quotes.FindAsync("one", CancellationToken.None));
        }
        finally
        {
            await _database.ExecuteAsync($"drop owned by {role}; drop role {role}");
        }
    }

    [Fact]
    public void Published_migrations_never_change()
    {
        // A line is added with each migration that is published, and never edited.
        string[] published =
        [
            "0001_instruments.sql 1e0403b53f39aaa3c3e7750e586643d6282497d3160e5513ff76aeed399f96ce",
            "0002_quotes.sql 705d002bcfa69745d0f92b10007c1e4e96fb4121ae56b20483a3ca0b3fe61267",
            "0003_quotas.sql a4be3d73b81a7d4f7b8ed3afa5101a9059e8cc6bccc69e7a1bc5869922121b18",
            "0004_batches.sql 0e81c6435145c26388df3f410757a9f74c4f05d7d08724a3bc7b971417747a55",
            "0005_prefetch.sql 695b175088491b44e209f68fdca70b5fa05aa4a051b5e6b1c784a40477e4e226",
            "0006_refresh_reasons.sql f73b7dac94418ec18694ec1f57eb7497cadfa2bc985371e28cf82f9b49c67643",
            "0007_agreed_quotes.sql 15c9397d930df406b71baf952a3bc22f49f08c9f1916f581895ee72ceee28168",
            "0008_quote_merges.sql b414844e787ccac3ca08a9e0cfe2d85a6f6caddeaab58f21f300f63d08185e04",
            "0009_dead_letter_messages.sql c9c5f8a8b6daac87e306c84e3bda5ba5d4d49e5f80d024a34c5fa58b5cad433b",
            "0010_fetch_claims.sql 77d629ee652e7e65b17e012bfa224af04f3219f6d5b6db4aff2b75db7fd2070d",
            "0011_traces.sql dc37e7c9b2e9a3a3184704932c4d5abbcd10f65d2d58e1d6b082595f50b47ebd",
            "0012_consumers.sql dfa3c3999555fdacebd33d4a23f6d1b2bd4a43a9a358aa4bba1e541dc61a9cde",
            "0013_owners.sql 2499a1723db215a6ad60d497811e2fc807e5d6f700c98170bb84e33c99c77353",
            "0014_watchlist_owners.sql a54af184d0ba901ba7ea97bd0c62d9ca929e850caf34e156567f5cef6ba0f22f",
            "0015_unfinished_batches.sql d24a8e20ba274381f33b304122b4538c21791d9427c960c393d0244f80d04b71",
            "0016_batch_hubs.sql bde0169ded0807526192a58b2159b25eff3f74f3ae9a9cb00cb8ad5c0cad3fdb",
            "0017_watchlist_of_revoked_keys.sql e75be5f77ba378cea4c107d5fa5d991cf0df858ae8fe5149159b643172ad40c1",
        ];

        Assert.Equal(published, DatabaseMigrator.Migrations.Select(migration => $"{migration.Name} {migration.Checksum}"));
        Assert.Equal(
            DatabaseMigrator.Migrations.Select(migration => migration.Number).Distinct().Order(),
            DatabaseMigrator.Migrations.Select(migration => migration.Number)
        );
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
