using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

public sealed class AlpacaWireTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("sim-key", "", "Q")]
    [InlineData("sim-key", "&feed=sip", "Q")]
    [InlineData("sim-key", "&feed=iex", "V")]
    [InlineData("sim-free", "", "V")]
    [InlineData("sim-free", "&feed=iex", "V")]
    [InlineData("sim-free", "&feed=delayed_sip", "Q")]
    public async Task The_default_feed_is_that_of_the_plan(string key, string feed, string exchange) =>
        Assert.Equal(exchange, (await TradeAsync($"snapshots?symbols=AAPL{feed}", key)).GetProperty("x").GetString());

    [Fact]
    public async Task The_delayed_feed_is_what_the_other_was_15_minutes_ago()
    {
        var live = await TradeAsync("snapshots?symbols=AAPL&feed=sip");
        _server.Clock.Advance(TimeSpan.FromMinutes(15));

        Assert.Equal(live.GetRawText(), (await TradeAsync("snapshots?symbols=AAPL&feed=delayed_sip")).GetRawText());
    }

    [Fact]
    public async Task One_exchange_has_closes_of_its_own()
    {
        var (all, one) = (new List<decimal>(), new List<decimal>());
        foreach (var ticker in (string[])["AAPL", "MSFT", "NVDA", "BKNG"])
        {
            all.Add(await PreviousCloseAsync(ticker, "sip"));
            one.Add(await PreviousCloseAsync(ticker, "iex"));
        }

        Assert.NotEqual(all, one);
        Assert.All(all.Zip(one), pair => Assert.InRange(pair.Second / pair.First, 0.999m, 1.001m));
    }

    [Fact]
    public async Task A_symbol_may_have_its_trade_only_and_conditions_may_be_null()
    {
        await _server.FaultAsync(
            """[{"provider":"alpaca","symbol":"AAPL","kind":"shape","shape":"missing-parts"},{"provider":"alpaca","symbol":"MSFT","kind":"shape","shape":"null-conditions"}]"""
        );

        var apple = (await _server.AlpacaAsync("snapshots?symbols=AAPL")).Json.GetProperty("AAPL");
        Assert.Equal(["latestTrade"], apple.EnumerateObject().Select(part => part.Name));
        Assert.Equal(JsonValueKind.Null, (await TradeAsync("snapshots?symbols=MSFT", symbol: "MSFT")).GetProperty("c").ValueKind);
    }

    [Theory]
    [InlineData("NOTREAL/snapshot", "NOTREAL")]
    [InlineData("trades/latest?symbols=AAPL,NOTREAL", "NOTREAL")]
    [InlineData("quotes/latest?symbols=NOTREAL", "NOTREAL")]
    [InlineData("snapshots?symbols=ZZZZ,NOTREAL", "ZZZZ")]
    [InlineData("snapshots?symbols=AAPL,", "")]
    [InlineData("snapshots?symbols=EURUSD", "EURUSD")]
    public async Task Every_endpoint_names_the_first_unlisted_symbol(string path, string named) =>
        Assert.Equal($$"""{"message":"code=400, message=invalid symbol: {{named}}"}""", (await _server.AlpacaAsync(path)).Body);

    [Fact]
    public async Task A_key_beyond_its_plan_or_its_quota_is_refused_in_the_vendors_words()
    {
        Assert.Equal(
            (403, """{"message":"subscription does not permit querying recent SIP data"}"""),
            Seen(await _server.AlpacaAsync("snapshots?symbols=AAPL", "sim-restricted"))
        );
        Assert.Equal(
            (429, """{"message":"too many requests."}"""),
            Seen(await _server.AlpacaAsync("snapshots?symbols=AAPL", "sim-exhausted"))
        );
    }

    [Fact]
    public async Task The_minute_bar_is_the_last_whole_minute()
    {
        var snapshot = (await _server.AlpacaAsync("snapshots?symbols=AAPL")).Json.GetProperty("AAPL");

        Assert.Equal("2026-06-17T17:31:00Z", snapshot.GetProperty("minuteBar").GetProperty("t").GetString());
        Assert.Equal(
            snapshot.GetProperty("minuteBar").GetProperty("c").GetDecimal(),
            snapshot.GetProperty("dailyBar").GetProperty("c").GetDecimal()
        );
    }

    private async Task<JsonElement> TradeAsync(string path, string key = "sim-key", string symbol = "AAPL") =>
        (await _server.AlpacaAsync(path, key)).Json.GetProperty(symbol).GetProperty("latestTrade");

    private async Task<decimal> PreviousCloseAsync(string ticker, string feed) =>
        (await _server.AlpacaAsync($"snapshots?symbols={ticker}&feed={feed}"))
            .Json.GetProperty(ticker)
            .GetProperty("prevDailyBar")
            .GetProperty("c")
            .GetDecimal();

    private static (int Status, string Body) Seen(Answer answer) => (answer.Status, answer.Body);
}
