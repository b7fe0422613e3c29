using Quorum.MarketData;

namespace Quorum.Storage.Tests.Prefetch;

public sealed class RefreshStoreTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 17, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(10);

    private TestDatabase _database = null!; // Set before each test.
    private StorageOnDatabase _storage = null!;
    private WatchlistStore _watchlist = null!;
    private PopularityStore _popularity = null!;
    private RefreshStore _refreshes = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _storage = await StorageOnDatabase.MigratedAsync(_database);
        _watchlist = new WatchlistStore(_storage.Database);
        _popularity = new PopularityStore(_storage.Database);
        _refreshes = new RefreshStore(_storage.Database);
    }

    public async Task DisposeAsync()
    {
        await _storage.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_watched_symbol_is_due_when_its_quote_will_soon_be_too_old()
    {
        await WatchAsync("NONE", 10);
        await WatchAsync("OLD", 10);
        await WatchAsync("YOUNG", 10);
        await PublishAsync("OLD", Noon.AddSeconds(-8));
        await PublishAsync("OLD", Noon.AddSeconds(-60));
        await PublishAsync("YOUNG", Noon.AddSeconds(-7));

        var due = await FindDueAsync(lead: 2);

        Assert.Equal(["NONE", "OLD"], due.Select(refresh => refresh.Symbol.ToString()));
        Assert.Equal(
            new DueRefresh(Symbol.Parse("OLD"), TimeSpan.FromSeconds(10), IsWatched: true, Popularity: 0, Noon.AddSeconds(-8)),
            due[1]
        );
    }

    [Fact]
    public async Task A_symbol_that_several_owners_watch_is_due_once_at_the_smallest_age()
    {
        await CreateConsumersAsync("desk", "fund");
        await WatchAsync("SHARED", 60, "desk");
        await WatchAsync("SHARED", 10, "fund");
        await WatchAsync("SHARED", 30);
        await PublishAsync("SHARED", Noon.AddSeconds(-9));

        var due = Assert.Single(await FindDueAsync(lead: 2));

        Assert.Equal(TimeSpan.FromSeconds(10), due.MaxAge);
    }

    [Fact]
    public async Task A_symbol_is_not_due_for_an_owner_whose_key_was_revoked()
    {
        await CreateConsumersAsync("desk", "fund");
        await WatchAsync("DESK", 10, "desk");
        await WatchAsync("FUND", 10, "fund");

        Assert.True(await new ConsumerStore(_storage.Database).RevokeAsync("desk", CancellationToken.None));
        await WatchAsync("LATE", 10, "desk"); // by a process that does not know of it yet

        Assert.Equal(["FUND"], (await FindDueAsync(lead: 2)).Select(refresh => refresh.Symbol.ToString()));
        Assert.Null(await _watchlist.FindAsync(Symbol.Parse("DESK"), "desk", CancellationToken.None));
    }

    [Fact]
    public async Task Quotes_that_cannot_stand_for_the_symbol_do_not_count()
    {
        await WatchAsync("SOME", 10);
        await _storage.Quotes.PublishAsync(
            SampleQuotes.Published("a", "SOME", Noon, allProviders: false),
            announce: false,
            CancellationToken.None
        );
        await _storage.Quotes.PublishAsync(
            SampleQuotes.Published("b", "SOME", Noon, completeness: Completeness.Stale),
            announce: false,
            CancellationToken.None
        );

        Assert.Null(Assert.Single(await FindDueAsync(lead: 2)).LatestAt);
    }

    [Fact]
    public async Task The_symbols_most_asked_for_come_after_the_watched_ones_the_more_popular_first()
    {
        await WatchAsync("WATCHED", 60);
        await _popularity.AddAsync(
            [(Symbol.Parse("WATCHED"), 9), (Symbol.Parse("RARE"), 2), (Symbol.Parse("SOME"), 5), (Symbol.Parse("OFTEN"), 50)],
            HalfLife,
            Noon,
            CancellationToken.None
        );

        var due = await FindDueAsync(lead: 2, popular: 3);

        Assert.Equal(["WATCHED", "OFTEN", "SOME"], due.Select(refresh => refresh.Symbol.ToString()));
        Assert.Equal((true, 9d, TimeSpan.FromSeconds(5)), (due[0].IsWatched, due[0].Popularity, due[0].MaxAge)); // the shorter of the two ages
        Assert.Equal(["WATCHED", "OFTEN"], (await FindDueAsync(lead: 2, popular: 2)).Select(refresh => refresh.Symbol.ToString()));
    }

    [Fact]
    public async Task Popularity_halves_with_each_half_life_and_adds_up()
    {
        await _popularity.AddAsync([(Symbol.Parse("AAPL"), 8)], HalfLife, Noon - (3 * HalfLife), CancellationToken.None);
        await _popularity.AddAsync([(Symbol.Parse("AAPL"), 4)], HalfLife, Noon - HalfLife, CancellationToken.None);

        Assert.Equal(3, Assert.Single(await FindDueAsync(lead: 2)).Popularity, precision: 6); // (8/4 + 4) / 2
        await _popularity.AddAsync([(Symbol.Parse("AAPL"), 4)], HalfLife, Noon + TimeSpan.FromDays(3650), CancellationToken.None);
        Assert.Equal(4, await _database.QueryAsync<double>("select score from quorum.popularity"), precision: 6);
    }

    [Fact]
    public async Task What_one_has_claimed_no_other_gets_until_the_claim_ends()
    {
        await WatchAsync("AAPL", 5);
        var symbols = new[] { Symbol.Parse("AAPL"), Symbol.Parse("MSFT") };

        var first = await _refreshes.ClaimAsync(symbols, Noon.AddSeconds(6), Noon, CancellationToken.None);
        var second = await _refreshes.ClaimAsync(
            [.. symbols, Symbol.Parse("IBM")],
            Noon.AddSeconds(7),
            Noon.AddSeconds(1),
            CancellationToken.None
        );

        Assert.Equal(symbols, first.OrderBy(symbol => symbol.ToString()));
        Assert.Equal(["IBM"], second.Select(symbol => symbol.ToString()));
        Assert.Empty(await FindDueAsync(lead: 2, now: Noon.AddSeconds(5)));
        Assert.Single(await FindDueAsync(lead: 2, now: Noon.AddSeconds(6)));
    }

    [Fact]
    public async Task Two_processes_that_claim_at_once_never_get_the_same_symbol()
    {
        await using var other = StorageOnDatabase.Over(_database);
        var symbols = Enumerable.Range(0, 200).Select(number => Symbol.Parse($"T{number:0000}")).ToArray();

        var claims = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(process =>
                    new RefreshStore(process % 2 == 0 ? _storage.Database : other.Database).ClaimAsync(
                        symbols,
                        Noon.AddSeconds(6),
                        Noon,
                        CancellationToken.None
                    )
                )
        );

        Assert.Equal(symbols.Length, claims.Sum(claim => claim.Count));
        Assert.Equal(symbols.Length, claims.SelectMany(claim => claim).Distinct().Count());
    }

    [Fact]
    public async Task The_watchlist_shows_the_reason_of_the_last_refresh_that_failed_until_one_succeeds()
    {
        await WatchAsync("BAD", 5);
        await SettleAsync(Noon, ("BAD", false));
        var failed = await _watchlist.FindAsync(Symbol.Parse("BAD"), null, CancellationToken.None);
        await PublishAsync("BAD", Noon.AddMinutes(1));
        await SettleAsync(Noon.AddMinutes(1), ("BAD", true));
        var mended = await _watchlist.FindAsync(Symbol.Parse("BAD"), null, CancellationToken.None);

        Assert.Equal(new RefreshState(null, Noon.AddSeconds(5), 1, "no-price"), failed!.Refresh);
        Assert.Equal(new RefreshState(Noon.AddMinutes(1), Noon.AddMinutes(1), 0, null), mended!.Refresh);
    }

    [Fact]
    public async Task A_refresh_that_brought_a_quote_may_be_followed_at_once_and_one_that_did_not_by_ever_longer_pauses()
    {
        await WatchAsync("GOOD", 5);
        await WatchAsync("BAD", 5);
        var pauses = new List<double>();
        var now = Noon;
        for (var i = 0; i < 6; i++)
        {
            await SettleAsync(now, ("GOOD", true), ("BAD", false));
            pauses.Add(
                (
                    await _database.QueryAsync<DateTime>("select not_before from quorum.refreshes where symbol = 'BAD'") - now.UtcDateTime
                ).TotalSeconds
            );
            Assert.Equal(["GOOD"], (await FindDueAsync(lead: 5, now: now.AddSeconds(4))).Select(refresh => refresh.Symbol.ToString()));
            now = now.AddHours(1);
        }

        Assert.Equal([5, 10, 20, 40, 60, 60], pauses);
        await SettleAsync(now, ("BAD", true));
        await SettleAsync(now, ("BAD", false));
        Assert.Empty(await FindBadAsync(now.AddSeconds(4)));
        Assert.Single(await FindBadAsync(now.AddSeconds(5)));

        async Task<IEnumerable<DueRefresh>> FindBadAsync(DateTimeOffset at) =>
            (await FindDueAsync(lead: 5, now: at)).Where(refresh => refresh.Symbol.Ticker == "BAD");
    }

    private async Task WatchAsync(string symbol, int seconds, string? owner = null) =>
        await _watchlist.SaveAsync(
            Symbol.Parse(symbol),
            owner,
            TimeSpan.FromSeconds(seconds),
            new WatchlistLimits(1000, 1000),
            Noon,
            CancellationToken.None
        );

    private Task CreateConsumersAsync(params string[] names) =>
        _database.ExecuteAsync(
            $"""
            insert into quorum.consumers (name, key_hash, created_at)
            select name, sha256(name::bytea), now() from unnest(string_to_array('{string.Join(',', names)}', ',')) as name
            """
        );

    private Task PublishAsync(string symbol, DateTimeOffset at) =>
        _storage.Quotes.PublishAsync(
            SampleQuotes.Published($"{symbol}-{at.UtcTicks}", symbol, at),
            announce: false,
            CancellationToken.None
        );

    private Task SettleAsync(DateTimeOffset now, params (string Symbol, bool IsRefreshed)[] settled) =>
        _refreshes.SettleAsync(
            [
                .. settled.Select(one => new SettledRefresh(
                    Symbol.Parse(one.Symbol),
                    one.IsRefreshed,
                    TimeSpan.FromMinutes(1),
                    one.IsRefreshed ? null : "no-price"
                )),
            ],
            TimeSpan.FromSeconds(5),
            now,
            CancellationToken.None
        );

    private Task<IReadOnlyList<DueRefresh>> FindDueAsync(int lead, int popular = 10, DateTimeOffset? now = null) =>
        _refreshes.FindDueAsync(
            new RefreshQuery(
                TimeSpan.FromSeconds(lead),
                popular,
                LeastPopularity: 3,
                HalfLife,
                PopularMaxAge: TimeSpan.FromSeconds(5),
                Most: 100
            ),
            now ?? Noon,
            CancellationToken.None
        );
}
