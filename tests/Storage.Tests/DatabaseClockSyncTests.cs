using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Npgsql;
using Quorum.Testing.Time;

namespace Quorum.Storage.Tests;

public sealed class DatabaseClockSyncTests : IAsyncLifetime
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private TestDatabase _database = null!; // Set before each test.

    private string Missing => _database.Name + "_missing";

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync()
    {
        await _database.ExecuteAsync($"drop database if exists {Missing} with (force)");
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task An_error_is_logged_and_the_next_measurement_sets_the_clock()
    {
        var machine = new ManualTimeProvider();
        var clock = new DatabaseClock(machine);
        var connection = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Database = Missing }.ConnectionString;
        await using var pool = new QuorumDatabase(Options.Create(new StorageOptions { ConnectionString = connection }));
        var log = new FakeLogger<DatabaseClockSync>();
        using var sync = new DatabaseClockSync(clock, pool, log);
        await sync.StartAsync(CancellationToken.None);
        await machine.WhenArmedAsync();

        machine.Advance(Period);
        Assert.Equal(1508, (await log.Collector.FirstAsync()).Id);
        Assert.Equal(machine.GetUtcNow(), clock.GetUtcNow());

        await _database.ExecuteAsync($"create database {Missing}");
        machine.Advance(Period);
        using var expired = new CancellationTokenSource(SignalTasks.Deadline);
        while (clock.GetUtcNow() == machine.GetUtcNow()) // its time is that of PostgreSQL once it is measured
        {
            await _database.ExecuteAsync("select pg_sleep(0.01)", expired.Token);
        }

        await sync.StopAsync(CancellationToken.None);
    }
}
