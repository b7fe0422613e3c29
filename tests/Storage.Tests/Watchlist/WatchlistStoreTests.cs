using Quorum.MarketData;

namespace Quorum.Storage.Tests.Watchlist;

public sealed class WatchlistStoreTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    private TestDatabase _database = null!; // Set before each test.
    private StorageOnDatabase _storage = null!;
    private WatchlistStore _watchlist = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _storage = await StorageOnDatabase.MigratedAsync(_database);
        _watchlist = new WatchlistStore(_storage.Database);
    }

    public async Task DisposeAsync()
    {
        await _storage.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_symbol_put_on_the_list_is_found_there()
    {
        var saved = await SaveAsync("VOD:XLON", 7, Noon);

        var entry = new WatchlistEntry(Symbol.Parse("VOD:XLON"), TimeSpan.FromSeconds(7), Noon, Noon);
        Assert.Equal((entry, true), saved);
        Assert.Equal(entry, await _watchlist.FindAsync(entry.Symbol, null, CancellationToken.None));
        Assert.Null(await _watchlist.FindAsync(Symbol.Parse("VOD"), null, CancellationToken.None));
    }

    [Fact]
    public async Task Putting_it_again_changes_its_age_and_keeps_when_it_came()
    {
        await SaveAsync("AAPL", 5, Noon);

        var same = await SaveAsync("AAPL", 5, Noon.AddHours(1));
        var other = await SaveAsync("AAPL", 60, Noon.AddHours(2));

        Assert.Equal((new WatchlistEntry(Symbol.Parse("AAPL"), TimeSpan.FromSeconds(5), Noon, Noon), false), same);
        Assert.Equal((new WatchlistEntry(Symbol.Parse("AAPL"), TimeSpan.FromSeconds(60), Noon, Noon.AddHours(2)), false), other);
    }

    [Fact]
    public async Task A_full_list_takes_no_further_symbol_but_changes_those_it_has()
    {
        await SaveAsync("AAPL", 5, Noon, max: 2);
        await SaveAsync("MSFT", 5, Noon, max: 2);

        Assert.Null(await SaveAsync("IBM", 5, Noon, max: 2));
        Assert.NotNull(await SaveAsync("AAPL", 9, Noon, max: 2));
    }

    [Fact]
    public async Task Pages_follow_each_other_in_the_order_of_symbols()
    {
        foreach (var symbol in (string[])["MSFT", "AAPL", "VOD:XLON", "VOD", "BRK.B"])
        {
            await SaveAsync(symbol, 5, Noon);
        }

        var first = await _watchlist.ListAsync(null, null, 3, CancellationToken.None);
        var second = await _watchlist.ListAsync(null, first[^1].Symbol, 3, CancellationToken.None);

        Assert.Equal(["AAPL", "BRK.B", "MSFT"], first.Select(entry => entry.Symbol.ToString()));
        Assert.Equal(["VOD", "VOD:XLON"], second.Select(entry => entry.Symbol.ToString()));
    }

    [Fact]
    public async Task A_symbol_is_taken_off_once()
    {
        await SaveAsync("AAPL", 5, Noon);

        Assert.True(await _watchlist.RemoveAsync(Symbol.Parse("AAPL"), null, CancellationToken.None));
        Assert.False(await _watchlist.RemoveAsync(Symbol.Parse("AAPL"), null, CancellationToken.None));
        Assert.Empty(await _watchlist.ListAsync(null, null, 10, CancellationToken.None));
    }

    [Fact]
    public async Task Each_owner_has_entries_of_its_own_and_all_are_seen_as_one_list()
    {
        await SaveAsync("AAPL", 60, Noon, owner: "desk");
        await SaveAsync("AAPL", 5, Noon.AddHours(1), owner: "fund");
        await SaveAsync("AAPL", 30, Noon.AddHours(2));
        await SaveAsync("MSFT", 5, Noon, owner: "fund");

        var desk = Assert.Single(await _watchlist.ListAsync("desk", null, 10, CancellationToken.None));
        Assert.Equal(new WatchlistEntry(Symbol.Parse("AAPL"), TimeSpan.FromSeconds(60), Noon, Noon), desk);
        Assert.Null(await _watchlist.FindAsync(Symbol.Parse("MSFT"), "desk", CancellationToken.None));

        var all = await _watchlist.ListAsync(null, null, 10, CancellationToken.None);
        Assert.Equal(["AAPL", "MSFT"], all.Select(entry => entry.Symbol.ToString()));
        Assert.Equal((TimeSpan.FromSeconds(5), Noon, Noon.AddHours(2)), (all[0].MaxAge, all[0].AddedAt, all[0].ChangedAt));
        Assert.Equal(["desk", "fund"], all[0].Owners!);

        await _watchlist.RemoveAsync(Symbol.Parse("AAPL"), "fund", CancellationToken.None);
        var left = await _watchlist.FindAsync(Symbol.Parse("AAPL"), null, CancellationToken.None);
        Assert.Equal(TimeSpan.FromSeconds(30), left!.MaxAge);
        await _watchlist.RemoveAsync(Symbol.Parse("AAPL"), null, CancellationToken.None);
        Assert.Null(await _watchlist.FindAsync(Symbol.Parse("AAPL"), "desk", CancellationToken.None));
    }

    [Fact]
    public async Task A_consumer_cannot_fill_the_list()
    {
        await SaveAsync("AAPL", 5, Noon, max: 2, owner: "desk", maxOfOwner: 1);

        Assert.Null(await SaveAsync("MSFT", 5, Noon, max: 2, owner: "desk", maxOfOwner: 1));
        Assert.NotNull(await SaveAsync("MSFT", 5, Noon, max: 2, owner: "fund", maxOfOwner: 1));
        Assert.Null(await SaveAsync("IBM", 5, Noon, max: 2, owner: "third", maxOfOwner: 1));
    }

    [Fact]
    public async Task Entries_from_before_owners_belong_to_the_one_owner()
    {
        await using var older = await TestDatabase.CreateAsync();
        await using var storage = StorageOnDatabase.Over(older);
        await storage.Migrator.MigrateAsync([.. DatabaseMigrator.Migrations.Take(13)], CancellationToken.None);
        await older.ExecuteAsync("insert into quorum.watchlist values ('AAPL', '5 seconds', now(), now())");

        await storage.Migrator.MigrateAsync(CancellationToken.None);

        var watchlist = new WatchlistStore(storage.Database);
        Assert.NotNull(await watchlist.FindAsync(Symbol.Parse("AAPL"), "", CancellationToken.None));
    }

    private Task<(WatchlistEntry Entry, bool Added)?> SaveAsync(
        string symbol,
        int seconds,
        DateTimeOffset now,
        int max = 100,
        string? owner = null,
        int maxOfOwner = 100
    ) =>
        _watchlist.SaveAsync(
            Symbol.Parse(symbol),
            owner,
            TimeSpan.FromSeconds(seconds),
            new WatchlistLimits(max, maxOfOwner),
            now,
            CancellationToken.None
        );
}
