using Microsoft.Extensions.Options;
using Npgsql;
using Quorum.Functions.Consumers;
using Quorum.Storage;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Consumers;

public sealed class ConsumerDirectoryTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2026, 11, 20, 23, 59, 59, TimeSpan.Zero));
    private TestDatabase _database = null!; // set by xunit before each test
    private QuorumDatabase _pool = null!; // likewise
    private ConsumerDirectory _directory = null!; // likewise

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _pool = new QuorumDatabase(Options.Create(new StorageOptions { ConnectionString = _database.ConnectionString }));
        await new DatabaseMigrator(_pool).MigrateAsync(CancellationToken.None);
        var store = new ConsumerStore(_pool);
        foreach (var name in (string[])["after", "before"])
        {
            await store.CreateAsync(
                new Consumer
                {
                    Name = name,
                    KeyHash = ConsumerKey.HashOf(name),
                    CreatedAt = _time.GetUtcNow(),
                },
                CancellationToken.None
            );
        }

        _directory = new ConsumerDirectory(store, _time, Options.Create(new ConsumerOptions()));
        await _directory.RefreshAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        _directory.Dispose();
        await _pool.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("2026-11-20")]
    [InlineData("2026-11-21")]
    public async Task Usage_of_two_days_is_stored_once_if_one_day_cannot_be_stored_at_first(string rejected)
    {
        Account("before").CountCall();
        _time.Advance(TimeSpan.FromSeconds(2));
        Account("after").CountCall();
        await _database.ExecuteAsync($"alter table quorum.consumer_usage add constraint rejected check (day <> '{rejected}')");

        await Assert.ThrowsAsync<PostgresException>(() => _directory.RefreshAsync(CancellationToken.None));
        await _database.ExecuteAsync("alter table quorum.consumer_usage drop constraint rejected");
        await _directory.RefreshAsync(CancellationToken.None);

        Assert.Equal(
            "after 2026-11-21 1, before 2026-11-20 1",
            await _database.QueryAsync<string>(
                "select string_agg(format('%s %s %s', consumer, day, calls), ', ' order by consumer) from quorum.consumer_usage"
            )
        );
    }

    private ConsumerAccount Account(string name) => _directory.Accounts.Single(account => account.Name == name);
}
