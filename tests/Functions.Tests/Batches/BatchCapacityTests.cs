using Microsoft.Extensions.Options;
using Quorum.Functions.Batches;
using Quorum.Storage;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Batches;

public sealed class BatchCapacityTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private TestDatabase _database = null!; // set by xunit before each test
    private QuorumDatabase _pool = null!; // likewise
    private BatchStore _store = null!; // likewise

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        var options = Options.Create(new StorageOptions { ConnectionString = _database.ConnectionString });
        _pool = new QuorumDatabase(options);
        _store = new BatchStore(_pool, options);
        await new DatabaseMigrator(_pool).MigrateAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        await _pool.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Stored_items_are_counted_again_after_30_seconds()
    {
        using var capacity = Capacity(all: 2000, ofConsumer: 2000);
        await StoreAsync("first", 1500);
        Assert.Null(await TakeAsync(capacity, 500));
        Assert.Equal(new BatchLimit(Owner: null, 2000), await TakeAsync(capacity, 1));

        await _database.ExecuteAsync("delete from quorum.batches");
        _time.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        Assert.NotNull(await TakeAsync(capacity, 1));
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Null(await TakeAsync(capacity, 2000));
    }

    [Fact]
    public async Task What_other_processes_have_stored_counts_after_the_next_count()
    {
        using var capacity = Capacity(all: 5000, ofConsumer: 1000);
        Assert.Null(await TakeAsync(capacity, 400, "desk"));

        await StoreAsync("elsewhere", 700, "desk");
        Assert.Null(await TakeAsync(capacity, 400, "desk"));
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(new BatchLimit("desk", 1000), await TakeAsync(capacity, 400, "desk"));
        Assert.Null(await TakeAsync(capacity, 400, "fund"));
    }

    private BatchCapacity Capacity(int all, int ofConsumer) =>
        new(_store, _time, Options.Create(new BatchOptions { StoredItems = all, StoredConsumerItems = ofConsumer }));

    private static Task<BatchLimit?> TakeAsync(BatchCapacity capacity, int items, string? owner = null) =>
        capacity.TakeAsync(owner, items, CancellationToken.None);

    private Task StoreAsync(string id, int items, string? owner = null) =>
        _database.ExecuteAsync(
            $"insert into quorum.batches (id, content, total, created_at, owner) values ('{id}', '', {items}, now(), {(owner is null ? "null" : $"'{owner}'")})"
        );
}
