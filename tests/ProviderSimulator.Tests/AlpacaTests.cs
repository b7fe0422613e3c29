using System.Globalization;
using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

public sealed class AlpacaTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Snapshots_are_a_map_by_symbol_with_five_parts_each()
    {
        var answer = (await _server.AlpacaAsync("snapshots?symbols=AAPL,BRK.B")).Json;

        Assert.Equal(["AAPL", "BRK.B"], answer.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            ["latestTrade", "latestQuote", "minuteBar", "dailyBar", "prevDailyBar"],
            answer.GetProperty("AAPL").EnumerateObject().Select(member => member.Name)
        );
    }

    [Fact]
    public async Task The_one_symbol_form_is_the_same_object_with_its_symbol()
    {
        var answer = (await _server.AlpacaAsync("AAPL/snapshot")).Json;

        Assert.Equal("AAPL", answer.GetProperty("symbol").GetString());
        Assert.True(answer.GetProperty("latestTrade").GetProperty("p").GetDecimal() > 0);
    }

    [Fact]
    public async Task A_trade_is_timed_with_nine_decimals_of_a_second()
    {
        var time = (await Snapshot("AAPL")).GetProperty("latestTrade").GetProperty("t").GetString();

        Assert.Matches(@"^2026-06-17T17:32:\d\d\.\d{9}Z$", time);
    }

    [Fact]
    public async Task Daily_bars_begin_at_midnight_in_New_York()
    {
        var snapshot = await Snapshot("AAPL");

        Assert.Equal("2026-06-17T04:00:00Z", snapshot.GetProperty("dailyBar").GetProperty("t").GetString());
        Assert.Equal("2026-06-16T04:00:00Z", snapshot.GetProperty("prevDailyBar").GetProperty("t").GetString());
    }

    [Fact]
    public async Task Before_the_first_trade_of_the_session_the_daily_bar_is_yesterdays()
    {
        await _server.FaultAsync("""{"provider":"alpaca","kind":"shape","shape":"pre-market"}""");

        var snapshot = await Snapshot("AAPL");

        Assert.StartsWith("2026-06-17", snapshot.GetProperty("latestTrade").GetProperty("t").GetString(), StringComparison.Ordinal);
        Assert.Equal("2026-06-16T04:00:00Z", snapshot.GetProperty("dailyBar").GetProperty("t").GetString());
        Assert.Equal("2026-06-15T04:00:00Z", snapshot.GetProperty("prevDailyBar").GetProperty("t").GetString());
    }

    [Fact]
    public async Task The_free_plan_sees_one_exchange_and_its_small_volume()
    {
        var all = await Snapshot("AAPL");
        var one = await Snapshot("AAPL", "sim-free");

        Assert.Equal("V", one.GetProperty("latestTrade").GetProperty("x").GetString());
        Assert.True(one.GetProperty("dailyBar").GetProperty("v").GetInt64() * 10 < all.GetProperty("dailyBar").GetProperty("v").GetInt64());
    }

    [Theory]
    [InlineData("sim-free", "sip", 403, """{"message":"subscription does not permit querying recent SIP data"}""")]
    [InlineData("sim-key", "nonsense", 400, """{"message":"code=400, message=invalid feed: nonsense"}""")]
    public async Task A_feed_beyond_the_plan_or_the_world_is_refused(string key, string feed, int status, string body)
    {
        var answer = await _server.AlpacaAsync($"snapshots?symbols=AAPL&feed={feed}", key);

        Assert.Equal((status, body), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task The_delayed_feed_is_15_minutes_late()
    {
        var answer = (await _server.AlpacaAsync("snapshots?symbols=AAPL&feed=delayed_sip", "sim-free")).Json;

        var time = DateTimeOffset.Parse(
            answer.GetProperty("AAPL").GetProperty("latestTrade").GetProperty("t").GetString()![..26] + "Z",
            CultureInfo.InvariantCulture
        );
        Assert.InRange(SimulatorServer.Start - time, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15.1));
    }

    [Theory]
    [InlineData("AAPL,NOTREAL,MSFT", "NOTREAL")]
    [InlineData("BRK-B", "BRK-B")]
    [InlineData("VOD.L", "VOD.L")]
    public async Task One_unlisted_symbol_sinks_the_batch_and_is_named(string symbols, string named)
    {
        var answer = await _server.AlpacaAsync($"snapshots?symbols={symbols}");

        Assert.Equal((400, $$"""{"message":"code=400, message=invalid symbol: {{named}}"}"""), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData(null, "sim-secret")]
    [InlineData("sim-key", null)]
    [InlineData("wrong", "sim-secret")]
    [InlineData("sim-key", "wrong")]
    public async Task Both_halves_of_the_key_are_needed(string? key, string? secret)
    {
        var answer = await _server.AlpacaAsync("snapshots?symbols=AAPL", key, secret);

        Assert.Equal((403, """{"message":"forbidden."}"""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task The_free_plan_has_200_requests_in_any_minute_however_many_symbols_they_ask_for()
    {
        var first = await _server.AlpacaAsync("snapshots?symbols=AAPL,MSFT,JPM", "sim-free");
        Assert.Equal(("200", "199"), (first.Header("X-RateLimit-Limit"), first.Header("X-RateLimit-Remaining")));
        for (var call = 1; call < 200; call++)
        {
            Assert.Equal(200, (await _server.AlpacaAsync("snapshots?symbols=AAPL", "sim-free")).Status);
        }

        var refused = await _server.AlpacaAsync("snapshots?symbols=AAPL", "sim-free");
        Assert.Equal((429, """{"message":"too many requests."}"""), (refused.Status, refused.Body));
        Assert.Equal(
            SimulatorServer.Start.AddSeconds(61).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            refused.Header("X-RateLimit-Reset")
        );

        await _server.FaultAsync("""{"provider":"alpaca","kind":"shape","shape":"no-rate-headers"}""");
        Assert.Null((await _server.AlpacaAsync("snapshots?symbols=AAPL", "sim-free")).Header("X-RateLimit-Reset"));

        _server.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await _server.AlpacaAsync("snapshots?symbols=AAPL", "sim-free")).Status);
    }

    [Fact]
    public async Task Anything_may_be_null_or_missing()
    {
        await _server.FaultAsync(
            """
            [{"provider":"alpaca","symbol":"AAPL","kind":"shape","shape":"null-symbol"},
             {"provider":"alpaca","symbol":"MSFT","kind":"shape","shape":"missing-symbol"},
             {"provider":"alpaca","symbol":"JPM","kind":"shape","shape":"null-bars"},
             {"provider":"alpaca","symbol":"XOM","kind":"shape","shape":"null-trade"},
             {"provider":"alpaca","symbol":"CVX","kind":"shape","shape":"zero-ask"}]
            """
        );

        Assert.Equal("""{"AAPL":null}""", (await _server.AlpacaAsync("snapshots?symbols=AAPL")).Body);
        Assert.Equal("{}", (await _server.AlpacaAsync("snapshots?symbols=MSFT")).Body);
        Assert.Equal(JsonValueKind.Null, (await Snapshot("JPM")).GetProperty("prevDailyBar").ValueKind);
        Assert.Equal(JsonValueKind.Null, (await Snapshot("XOM")).GetProperty("latestTrade").ValueKind);
        Assert.Equal(0, (await Snapshot("CVX")).GetProperty("latestQuote").GetProperty("ap").GetDecimal());
    }

    [Fact]
    public async Task Trades_may_be_a_month_old_and_their_ids_beyond_Int64()
    {
        await _server.FaultAsync(
            """
            [{"provider":"alpaca","symbol":"AAPL","kind":"shape","shape":"old-trade"},
             {"provider":"alpaca","symbol":"MSFT","kind":"shape","shape":"huge-trade-id"}]
            """
        );

        Assert.StartsWith(
            "2026-05-18",
            (await Snapshot("AAPL")).GetProperty("latestTrade").GetProperty("t").GetString(),
            StringComparison.Ordinal
        );
        Assert.True((await Snapshot("MSFT")).GetProperty("latestTrade").GetProperty("i").GetUInt64() > long.MaxValue);
    }

    [Fact]
    public async Task Latest_trades_and_quotes_have_endpoints_of_their_own()
    {
        Assert.True(
            (await _server.AlpacaAsync("trades/latest?symbols=AAPL"))
                .Json.GetProperty("trades")
                .GetProperty("AAPL")
                .GetProperty("p")
                .GetDecimal() > 0
        );
        Assert.True(
            (await _server.AlpacaAsync("quotes/latest?symbols=AAPL"))
                .Json.GetProperty("quotes")
                .GetProperty("AAPL")
                .GetProperty("bp")
                .GetDecimal() > 0
        );
    }

    [Theory]
    [InlineData("forbidden", 403, "application/json", """{"message": "forbidden."}""")]
    [InlineData("forbidden-401", 401, "application/json", "forbidden.")]
    [InlineData("no-sip", 403, "application/json", "subscription does not permit")]
    [InlineData("rate-limited", 429, "application/json", "too many requests.")]
    [InlineData("invalid-symbol", 400, "application/json", "code=400, message=invalid symbol: AAPL")]
    [InlineData("invalid-symbol-code", 400, "application/json", """{"code":40010001,"message":"invalid symbol: AAPL"}""")]
    [InlineData("server-error", 500, "application/json", "internal server error")]
    [InlineData("bad-gateway", 502, "text/html", "<html>")]
    [InlineData("gateway-timeout", 504, "text/html", "<html>")]
    public async Task Odd_answers_can_be_switched_on(string shape, int status, string contentType, string holds)
    {
        await _server.FaultAsync($$"""{"provider":"alpaca","kind":"shape","shape":"{{shape}}"}""");

        var answer = await _server.AlpacaAsync("snapshots?symbols=AAPL");

        Assert.Equal((status, contentType), (answer.Status, answer.ContentType));
        Assert.Contains(holds, answer.Body, StringComparison.Ordinal);
    }

    private async Task<JsonElement> Snapshot(string symbol, string key = "sim-key") =>
        (await _server.AlpacaAsync($"snapshots?symbols={symbol}", key)).Json.GetProperty(symbol);
}
