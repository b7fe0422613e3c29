using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Quorum.Testing;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>On a Wednesday morning in New York, with four providers of real-time quotes (Finnhub, Twelve Data, Massive, Alpaca) and two
/// slower ones. Providers answer when a test lets them.</summary>
public sealed class AgreeTests : IAsyncLifetime
{
    private const string Patient = "budget=10000&maxAge=0";

    private static readonly DateTimeOffset Morning = new(2026, 11, 25, 15, 0, 0, TimeSpan.Zero);

    private TestDatabase _database = null!; // Set before each test.
    private RunningSimulator _simulator = null!;
    private HeldProviders _providers = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _simulator = await RunningSimulator.StartAsync();
        await _simulator.SetClockAsync(Morning);
        _providers = await HeldProviders.StartAsync(_simulator.Address);
    }

    public async Task DisposeAsync()
    {
        await _providers.DisposeAsync();
        await _simulator.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task The_answer_goes_out_when_three_agree_and_the_complete_quote_follows_for_the_next_caller()
    {
        await using var app = await StartAsync();
        var difference = new TaskCompletionSource<double>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = Listen<double>(app, "quorum.quote.agreed_difference", difference.SetResult);
        _ = _providers.HoldAsync("massive", "alpha-vantage", "eodhd");

        var early = await app.GetAsync($"quotes/AAPL?{Patient}&agree=3");

        Assert.Equal((HttpStatusCode.OK, "agreed"), (early.Status, early.Value("completeness")));
        Assert.Equal(
            ["finnhub: ok", "alpha-vantage: pending", "twelve-data: ok", "massive: pending", "alpaca: ok", "eodhd: pending"],
            early.Outcomes()
        );
        Assert.Equal(("agreed", "no-store"), (early.Header("X-Quorum-Completeness"), early.Header("Cache-Control")));
        Assert.Equal("Apple Inc.", early.Value("name"));
        Assert.Equal(("6", "3"), (early.Value("quality", "providersAsked"), early.Value("quality", "providersUsed")));

        _providers.LetGo("massive", "alpha-vantage", "eodhd");
        await WaitForCompleteAsync("AAPL");
        var next = await app.GetAsync("quotes/AAPL?maxAge=3600&agree=3");
        Assert.Equal((HttpStatusCode.OK, "complete"), (next.Status, next.Value("completeness")));
        Assert.Equal(early.Value("instanceId"), next.Value("instanceId"));
        Assert.NotEqual(early.Header("ETag"), next.Header("ETag"));
        Assert.Equal(6, await _simulator.CountCallsAsync("AAPL"));
        Assert.InRange(await difference.Task.WithinAsync(), 0, 50);

        var history = (await app.GetAsync("quotes/AAPL/history")).Json["items"]!.AsArray();
        Assert.Equal(["complete", "agreed"], history.Select(item => item!["completeness"]!.ToString()));
        Assert.All(history, item => Assert.Equal(early.Value("instanceId"), item!["instanceId"]!.ToString()));
        foreach (var (item, stage) in history.Zip(["complete", "agreed"]))
        {
            var record = await app.GetAsync(item!["href"]!.ToString());
            Assert.Equal((stage, "true"), (record.Value("stage"), record.Value("reproduced")));
        }
    }

    [Fact]
    public async Task Requests_with_different_agree_share_one_orchestration_and_each_is_answered_by_its_own()
    {
        await using var app = await StartAsync();
        var called = _providers.HoldAsync("massive", "alpaca");
        var all = app.GetAsync($"quotes/T0601?{Patient}");
        await called.WithinAsync();

        var two = await app.GetAsync($"quotes/T0601?{Patient}&agree=2");
        var three = app.GetAsync($"quotes/T0601?{Patient}&agree=3");
        Assert.Equal(("agreed", "pending"), (two.Value("completeness"), two.Provider("alpaca")["outcome"]!.ToString()));
        Assert.False(three.IsCompleted);

        _providers.LetGo("alpaca");
        Assert.Equal(("agreed", "ok"), ((await three).Value("completeness"), (await three).Provider("alpaca")["outcome"]!.ToString()));
        Assert.False(all.IsCompleted);

        _providers.LetGo("massive");
        Assert.Equal("complete", (await all).Value("completeness"));
        Assert.Single(new[] { two, await three, await all }.Select(answer => answer.Value("instanceId")).Distinct());
        Assert.Equal(6, await _simulator.CountCallsAsync("T0601"));
    }

    [Fact]
    public async Task A_cached_agreed_quote_serves_those_whose_agree_it_satisfies_and_the_others_join_the_orchestration()
    {
        await using var app = await StartAsync();
        using var joins = new SemaphoreSlim(0);
        using var listener = Listen<long>(app, "quorum.quote.joins", _ => joins.Release());
        _ = _providers.HoldAsync("alpaca");
        var agreed = await app.GetAsync($"quotes/T0602?{Patient}&agree=3");

        var two = await app.GetAsync("quotes/T0602?maxAge=3600&agree=2");
        var all = app.GetAsync("quotes/T0602?budget=10000&maxAge=3600");
        var four = app.GetAsync("quotes/T0602?budget=10000&maxAge=3600&agree=4");

        Assert.Equal(("agreed", agreed.Header("ETag")), (two.Value("completeness"), two.Header("ETag")));
        await joins.WaitAsync().WithinAsync();
        await joins.WaitAsync().WithinAsync();
        _providers.LetGo("alpaca");
        Assert.Equal("complete", (await all).Value("completeness"));
        Assert.Equal("ok", (await four).Provider("alpaca")["outcome"]!.ToString());
        Assert.All([await all, await four], answer => Assert.Equal(agreed.Value("instanceId"), answer.Value("instanceId")));
        Assert.Equal(6, await _simulator.CountCallsAsync("T0602"));
    }

    [Fact]
    public async Task A_quote_on_which_enough_agree_but_that_is_not_certain_enough_is_waited_on_for()
    {
        await using var app = await StartAsync();
        _ = _providers.HoldAsync("massive", "alpaca");
        var asking = app.GetAsync($"quotes/T0603?{Patient}&agree=2&minConfidence=0.9");
        await _database.WaitUntilAsync(
            "select exists (select from quorum.quotes where symbol = 'T0603' and completeness = 'agreed' and agreeing = 2)"
        );

        _providers.LetGo("massive", "alpaca");

        Assert.Equal((HttpStatusCode.OK, "complete"), ((await asking).Status, (await asking).Value("completeness")));
    }

    [Theory]
    [InlineData("T0604", 2, true)] // two real-time quotes are left, and one of them lies
    [InlineData("T0605", 3, false)] // two are left where three must agree
    public async Task Without_a_quorum_all_are_waited_for(string symbol, int agree, bool oneLies)
    {
        await using var app = await StartAsync();
        await _simulator.FailAsync(
            new
            {
                provider = "massive",
                kind = "refused",
                symbol,
            }
        );
        await _simulator.FailAsync(
            new
            {
                provider = "alpaca",
                kind = "refused",
                symbol,
            }
        );
        if (oneLies)
        {
            await _simulator.FailAsync(
                new
                {
                    provider = "finnhub",
                    kind = "wrong-price",
                    factor = 1.2,
                    symbol,
                }
            );
        }

        var answer = await app.GetAsync($"quotes/{symbol}?{Patient}&agree={agree}");

        Assert.Equal((HttpStatusCode.OK, "partial"), (answer.Status, answer.Value("completeness")));
        Assert.DoesNotContain(answer.Outcomes(), outcome => outcome.EndsWith("pending", StringComparison.Ordinal));
        Assert.Equal(0, await _database.QueryAsync<long>("select count(*) from quorum.quotes where completeness = 'agreed'"));
    }

    [Fact]
    public async Task A_setting_is_the_default_and_all_overrides_it()
    {
        await using var app = await StartAsync("Quorum:Quotes:Agree=2");
        var called = _providers.HoldAsync("eodhd");

        var byDefault = await app.GetAsync($"quotes/T0606?{Patient}");
        var all = app.GetAsync($"quotes/T0606?{Patient}&agree=all");
        await called.WithinAsync();
        _providers.LetGo("eodhd");

        Assert.Equal(("agreed", "complete"), (byDefault.Value("completeness"), (await all).Value("completeness")));
    }

    [Fact]
    public async Task While_the_hub_takes_no_orchestration_the_answer_goes_out_when_three_agree_too()
    {
        await using var app = await StartAsync();
        await app.GetAsync($"quotes/T0607?{Patient}");
        var called = await _simulator.CountCallsAsync("T0607");
        await using var holder = await _database.DataSource.OpenConnectionAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("lock table taskhub.instances in access exclusive mode", holder, transaction);
        await command.ExecuteNonQueryAsync();
        _ = _providers.HoldAsync("massive", "eodhd");

        // After half of the budget the providers' answers are used without the hub: before an attempt is given up, after 3 s.
        var all = app.GetAsync("quotes/T0607?budget=4000&maxAge=0&agree=all");
        var early = await app.GetAsync("quotes/T0607?budget=4000&maxAge=0&agree=3");
        _providers.LetGo("massive", "eodhd");

        Assert.Equal(("agreed", null), (early.Value("completeness"), early.Value("instanceId")));
        Assert.Equal("pending", early.Provider("massive")["outcome"]!.ToString());
        Assert.Equal(("complete", null), ((await all).Value("completeness"), (await all).Value("instanceId")));
        Assert.Equal(called + 6, await _simulator.CountCallsAsync("T0607"));
    }

    /// <summary>Listens to the measurements of one instrument of the app, and of no other app in this process.</summary>
    private static MeterListener Listen<T>(RunningApp app, string instrumentName, Action<T> heard)
        where T : struct
    {
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Name == instrumentName && instrument.Meter.Scope == meters)
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<T>((_, value, _, _) => heard(value));
        listener.Start();
        return listener;
    }

    private Task<RunningApp> StartAsync(params string[] settings) =>
        RunningApp.StartAsync(_database, _providers.Address, new ShiftedTimeProvider(Morning - DateTimeOffset.UtcNow), settings);

    private Task WaitForCompleteAsync(string symbol) =>
        _database.WaitUntilAsync($"select exists (select from quorum.quotes where symbol = '{symbol}' and completeness = 'complete')");
}
