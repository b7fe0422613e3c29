using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Prefetch;
using Quorum.MarketData;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>On a Wednesday morning in New York, when London trades too and Tokyo does not.</summary>
public sealed class PrefetchTests : IAsyncLifetime
{
    private const string On = "Quorum:Prefetch:Enabled=true",
        NeverByItself = "PrefetchSchedule=0 0 0 1 1 *";

    private static readonly DateTimeOffset Morning = new(2026, 11, 25, 15, 0, 0, TimeSpan.Zero);

    private TestDatabase _database = null!; // Set before each test.
    private RunningSimulator _simulator = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _simulator = await RunningSimulator.StartAsync();
        await _simulator.SetClockAsync(Morning);
    }

    public async Task DisposeAsync()
    {
        await _simulator.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_watched_symbol_is_cached_before_it_is_requested()
    {
        await using var app = await StartAsync(On);
        await WatchAsync(app, "T0500");
        await _database.WaitUntilAsync("select count(*) >= 2 from quorum.quotes where symbol = 'T0500'"); // refreshed, and again

        var answer = await app.GetAsync("quotes/T0500");

        Assert.Equal((HttpStatusCode.OK, "complete"), (answer.Status, answer.Value("completeness")));
        Assert.Null(answer.Json["instanceId"]);
        Assert.Equal(6, answer.Json["providers"]!.AsArray().Count(provider => provider!["outcome"]!.ToString() == "ok"));
    }

    [Fact]
    public async Task A_quote_that_another_process_prefetched_is_found()
    {
        await using var app = await StartAsync(On, NeverByItself, "Quorum:Quotes:StoredAnswerMs=1000"); // of PostgreSQL, on a busy machine
        await using var other = await StartAsync(On, NeverByItself);
        await RefreshAsync(other, "T0501");
        var calls = await _simulator.CountCallsAsync();

        var answer = await app.GetAsync("quotes/T0501?maxAge=3600");

        Assert.Equal((HttpStatusCode.OK, null), (answer.Status, answer.Json["instanceId"]));
        Assert.Equal(calls, await _simulator.CountCallsAsync());
    }

    [Fact]
    public async Task A_closed_venue_is_not_polled()
    {
        await using var app = await StartAsync(On, NeverByItself);
        foreach (var symbol in (string[])["AAPL", "VOD:XLON", "7203:XTKS", "T0502"])
        {
            await WatchAsync(app, symbol);
        }

        Assert.Equal(["AAPL", "T0502", "VOD:XLON"], (await PlanAsync(app)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_watchlist_says_why_a_symbol_is_not_refreshed_and_when_it_will_be()
    {
        await using var app = await StartAsync(On, NeverByItself);
        foreach (var symbol in (string[])["7203:XTKS", "ZZQX9", "T0503", "T0504"])
        {
            await WatchAsync(app, symbol);
        }

        await RefreshAsync(app, "ZZQX9");
        await RefreshAsync(app, "T0503");

        var closed = await app.GetAsync("watchlist/7203:XTKS");
        Assert.Equal(
            ("venue-closed", "2026-11-26T00:00:00Z", null),
            (closed.Value("reason"), closed.Value("nextRefresh"), closed.Value("lastRefreshed"))
        );
        var unknown = await app.GetAsync("watchlist/ZZQX9");
        Assert.Equal(("unknown-symbol", null), (unknown.Value("reason"), unknown.Value("lastRefreshed")));
        Assert.True(DateTimeOffset.Parse(unknown.Value("nextRefresh")!, CultureInfo.InvariantCulture) > Morning);
        Assert.Equal(
            "The last refresh gave no quote (failures in a row: 1); the most frequent outcome was unknown-symbol.",
            unknown.Value("detail")
        );
        var fresh = await app.GetAsync("watchlist/T0503");
        Assert.Equal((null, null), (fresh.Value("reason"), fresh.Value("detail")));
        Assert.True(
            DateTimeOffset.Parse(fresh.Value("nextRefresh")!, CultureInfo.InvariantCulture)
                > DateTimeOffset.Parse(fresh.Value("lastRefreshed")!, CultureInfo.InvariantCulture)
        );
        var due = await app.GetAsync("watchlist/T0504");
        Assert.Equal((null, null, null), (due.Value("reason"), due.Value("nextRefresh"), due.Value("lastRefreshed")));
        Assert.Equal(
            ["7203:XTKS venue-closed", "T0503 ", "T0504 ", "ZZQX9 unknown-symbol"],
            (await app.GetAsync("watchlist")).Json["items"]!.AsArray().Select(item => $"{item!["symbol"]} {item["reason"]}")
        );
    }

    [Fact]
    public async Task The_watchlist_says_that_quotas_leave_nothing_to_prefetch()
    {
        string[] quotas =
        [
            .. ProviderId.All.SelectMany(provider =>
                (string[])
                    [$"Providers:{provider.SettingsName}:Quota:PerDay=10", $"Providers:{provider.SettingsName}:Quota:InteractiveReserve=1"]
            ),
        ];
        await using var app = await StartAsync([On, NeverByItself, .. quotas]);
        await WatchAsync(app, "T0505");

        var answer = await app.GetAsync("watchlist/T0505");

        Assert.Equal("quota-exhausted", answer.Value("reason"));
    }

    [Fact]
    public async Task Two_processes_plan_each_symbol_once()
    {
        await using var app = await StartAsync(On, NeverByItself);
        await using var other = await StartAsync(On, NeverByItself);
        for (var i = 0; i < 60; i++)
        {
            await WatchAsync(app, $"T{600 + i:0000}");
        }

        var planned = await Task.WhenAll(PlanAsync(app), PlanAsync(other), PlanAsync(app), PlanAsync(other));

        Assert.Equal(60, planned.Sum(symbols => symbols.Length));
        Assert.Equal(60, planned.SelectMany(symbols => symbols).Distinct().Count());
    }

    [Fact]
    public async Task Two_processes_fire_the_timer_once_refresh_each_symbol_once_a_plan_and_keep_to_a_quota_together()
    {
        const int Symbols = 12,
            Rounds = 6,
            PerDay = 30,
            Reserve = 9;
        string[] settings = [On, "PrefetchSchedule=* * * * * *", $"Providers:Finnhub:Quota:PerDay={PerDay}"];
        await _simulator.LimitAsync("finnhub", new { span = "day", limit = PerDay });
        await using var app = await StartAsync(settings);
        await using var other = await StartAsync(settings);
        await _database.ExecuteAsync(
            """
            create table firings (due timestamptz);
            create function note_firing() returns trigger language plpgsql as $$ begin insert into firings values (old.next_due); return new; end $$;
            create trigger fired after update of last_fired on taskhub.timers for each row when (new.name = 'PlanPrefetch') execute function note_firing();
            """
        );
        for (var i = 0; i < Symbols; i++)
        {
            await WatchAsync(app, $"T{700 + i:0000}", """{"maxAge": 1}""");
        }

        await _database.WaitUntilAsync(
            $"select count(*) = {Symbols} from (select from quorum.quotes group by symbol having count(*) >= {Rounds}) as refreshed"
        );

        Assert.Equal(0, await _database.QueryAsync<long>("select count(*) - count(distinct due) from firings"));
        Assert.True(
            await _database.QueryAsync<bool>(
                "select max(refreshes) <= (select count(*) from firings) from (select count(*) as refreshes from quorum.quotes group by symbol) as each"
            )
        );
        // Each process may have leased one and not used it.
        Assert.InRange(await _simulator.AskedAsync("finnhub"), PerDay - Reserve - 2, PerDay - Reserve);
        Assert.Equal(0, await _simulator.RefusedAsync("finnhub"));
        Assert.Equal("complete", (await other.GetAsync("quotes/T0800?budget=10000")).Value("completeness")); // out of the reserve
    }

    [LongFact]
    public async Task Of_fifty_watched_symbols_nearly_all_are_there_before_a_reader_with_the_default_age_asks_in_any_process()
    {
        const int Symbols = 50,
            Rounds = 60;
        await using var app = await StartAsync(On);
        await using var other = await StartAsync(On);
        for (var i = 0; i < Symbols; i++)
        {
            await WatchAsync(app, $"T{900 + i:0000}");
        }

        await _database.WaitUntilAsync($"select count(distinct symbol) = {Symbols} from quorum.quotes");
        var reads = new List<Answer>();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var process in (RunningApp[])[app, other])
            {
                reads.AddRange(await Task.WhenAll(Enumerable.Range(0, Symbols).Select(i => process.GetAsync($"quotes/T{900 + i:0000}"))));
            }

            await _database.ExecuteAsync("select pg_sleep(0.5)");
        }

        var there = reads.Count(read => read.Header("Server-Timing")?.Contains("stored", StringComparison.Ordinal) == true);
        Assert.InRange(there, Symbols * Rounds * 2 * 95 / 100, Symbols * Rounds * 2);
    }

    [Fact]
    public async Task A_symbol_that_is_asked_for_often_is_planned_and_one_that_is_asked_for_once_is_not()
    {
        await using var app = await RunningApp.StartAsync(
            _database,
            _simulator.Address,
            On,
            NeverByItself,
            "Quorum:Prefetch:CountInterval=00:00:01",
            "Quorum:Prefetch:Lead=00:01:00",
            "Quorum:Prefetch:AllHours=true"
        );
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("quotes/T0503?maxAge=3600&budget=10000")).Status);
        }

        await app.GetAsync("quotes/T0504?budget=10000");
        await app.GetAsync("quotes/NOSUCH?budget=10000");
        await _database.WaitUntilAsync("select count(*) = 2 and max(score) > 2.9 from quorum.popularity");

        Assert.Equal(["T0503"], await PlanAsync(app));
    }

    [Fact]
    public async Task A_late_message_is_dropped_and_what_a_caller_was_quicker_to_ask_is_left_alone()
    {
        // On the machine's clock: it is an orchestration's, and so that of the publication.
        await using var app = await RunningApp.StartAsync(_database, _simulator.Address, On, NeverByItself);
        var time = app.Services.GetRequiredService<TimeProvider>();
        var function = ActivatorUtilities.CreateInstance<RefreshQuotes>(app.Services);
        var late = new PrefetchMessage(time.GetUtcNow().AddSeconds(-9), time.GetUtcNow().AddSeconds(-1), [Symbol.Parse("T0505")]);
        await function.RunAsync(late.Write(), null!, CancellationToken.None); // The context is for messages that cannot be read.
        Assert.Equal(0, await _simulator.CountCallsAsync("T0505"));

        await app.GetAsync("quotes/T0506?budget=10000");
        var calls = await _simulator.CountCallsAsync();
        var outrun = new PrefetchMessage(time.GetUtcNow().AddSeconds(-60), time.GetUtcNow().AddSeconds(60), [Symbol.Parse("T0506")]);
        await function.RunAsync(outrun.Write(), null!, CancellationToken.None);
        Assert.Equal(calls, await _simulator.CountCallsAsync());
    }

    [Fact]
    public async Task An_unknown_symbol_is_not_requested_again_at_once()
    {
        await using var app = await StartAsync(On, NeverByItself);
        await WatchAsync(app, "NOSUCH");

        Assert.Equal(["NOSUCH"], await PlanAsync(app));
        await RefreshAsync(app, "NOSUCH");

        Assert.Empty(await PlanAsync(app));
        Assert.Equal(1, await _database.QueryAsync<int>("select failures from quorum.refreshes where symbol = 'NOSUCH'"));
        Assert.Equal(0, await _database.QueryAsync<long>("select count(*) from quorum.quotes"));
    }

    private Task<RunningApp> StartAsync(params string[] settings) =>
        RunningApp.StartAsync(_database, _simulator.Address, new ShiftedTimeProvider(Morning - DateTimeOffset.UtcNow), settings);

    private static async Task WatchAsync(RunningApp app, string symbol, string body = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/watchlist/{symbol}") { Content = new StringContent(body) };
        Assert.Equal(HttpStatusCode.Created, (await app.SendAsync(request, CancellationToken.None)).Status);
    }

    private static async Task<string[]> PlanAsync(RunningApp app)
    {
        var messages = await app.Services.GetRequiredService<PrefetchPlanner>().PlanAsync(CancellationToken.None);
        return [.. messages.SelectMany(message => message.Symbols).Select(symbol => symbol.ToString())];
    }

    private static async Task RefreshAsync(RunningApp app, string symbol) =>
        await app
            .Services.GetRequiredService<QuoteRefresher>()
            .RefreshAsync([Symbol.Parse(symbol)], app.Services.GetRequiredService<TimeProvider>().GetUtcNow(), CancellationToken.None);
}
