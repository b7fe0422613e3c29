namespace Quorum.Storage.Tests.Quotas;

public sealed class QuotaStoreTests : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1),
        Day = TimeSpan.FromDays(1),
        Hold = TimeSpan.FromSeconds(15);

    private TestDatabase _database = null!; // Set before each test.

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await using var storage = await StorageOnDatabase.MigratedAsync(_database);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    private static QuotaRequest Request(long interactive, long background = 0, params IReadOnlyList<QuotaSettled> settled) =>
        new(
            "finnhub",
            [new QuotaWindow(Minute, 60, 18), new QuotaWindow(Day, 1000, 300)],
            settled,
            interactive,
            background,
            Hold,
            TimeSpan.Zero
        );

    [Fact]
    public async Task Processes_that_ask_at_once_never_get_more_than_the_limit_together()
    {
        await using var one = StorageOnDatabase.Over(_database);
        await using var other = StorageOnDatabase.Over(_database);
        await using var first = new QuotaStore(one.Database);
        await using var second = new QuotaStore(other.Database);

        var grants = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(i => (i % 2 == 0 ? first : second).ExchangeAsync(Request(interactive: 2, background: 1), CancellationToken.None))
        );

        Assert.Equal(60, grants.Sum(grant => grant.Interactive + grant.Background));
        Assert.InRange(grants.Sum(grant => grant.Background), 1, 42);
    }

    [Fact]
    public async Task What_was_granted_outlives_every_process()
    {
        await using (var storage = StorageOnDatabase.Over(_database))
        await using (var store = new QuotaStore(storage.Database))
        {
            Assert.Equal(50, (await store.ExchangeAsync(Request(50), CancellationToken.None)).Interactive);
        }

        await using var later = StorageOnDatabase.Over(_database);
        await using var next = new QuotaStore(later.Database);
        var grant = await next.ExchangeAsync(Request(50), CancellationToken.None);

        Assert.Equal((10, 60), (grant.Interactive, grant.Used[0]));
        Assert.InRange(grant.NextInteractive, TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(61));
    }

    [Fact]
    public async Task Exchanges_about_several_providers_share_a_round_trip_and_keep_their_answers_apart()
    {
        await using var storage = StorageOnDatabase.Over(_database);
        await using var store = new QuotaStore(storage.Database);

        var grants = await Task.WhenAll(
            Enumerable
                .Range(1, 6)
                .Select(i =>
                    store.ExchangeAsync(
                        new QuotaRequest($"provider-{7 - i}", [new QuotaWindow(Minute, i, 0)], [], 10, 0, Hold, TimeSpan.Zero),
                        CancellationToken.None
                    )
                )
        );

        Assert.Equal([1, 2, 3, 4, 5, 6], grants.Select(grant => grant.Interactive));
    }

    [Fact]
    public async Task A_provider_that_is_closed_grants_nothing_until_then()
    {
        var now = 1_800_000_000_000_000L;
        await using var storage = StorageOnDatabase.Over(_database);
        await using var store = new QuotaStore(storage.Database) { Clock = () => now };

        var closed = await store.ExchangeAsync(Request(1) with { CloseFor = Minute }, CancellationToken.None);
        now += 59_000_000;
        var still = await store.ExchangeAsync(Request(1), CancellationToken.None);
        now += 1_000_000;
        var open = await store.ExchangeAsync(Request(1), CancellationToken.None);

        Assert.Equal((0, Minute), (closed.Interactive, closed.ClosedFor));
        Assert.Equal((0, TimeSpan.FromSeconds(1)), (still.Interactive, still.ClosedFor));
        Assert.Equal((1, TimeSpan.Zero), (open.Interactive, open.ClosedFor));
    }

    [Fact]
    public async Task A_busy_window_keeps_at_most_some_hundred_rows()
    {
        var now = 1_800_000_000_000_000L;
        await using var storage = StorageOnDatabase.Over(_database);
        await using var store = new QuotaStore(storage.Database) { Clock = () => now };
        QuotaSettled[] settled = [];
        for (var i = 0; i < 500; i++)
        {
            var grant = await store.ExchangeAsync(Request(1, 0, settled), CancellationToken.None);
            settled = grant.Interactive == 0 ? [] : [new QuotaSettled(grant.Booking, 1, 1, TimeSpan.FromMilliseconds(5))];
            now += 1_700_000;
        }

        Assert.InRange(await _database.QueryAsync<long>("select count(*) from quorum.quota_slots"), 50, 150);
    }
}
