using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

public sealed class MassiveWireTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private const string Pairs = "/v2/snapshot/locale/global/markets/forex/tickers/";
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("Bearer sim-key", 200, null)]
    [InlineData("bearer sim-key", 200, null)]
    [InlineData("Basic sim-key", 401, "API Key was not provided")]
    [InlineData("Bearer ", 401, "API Key was not provided")]
    [InlineData("Bearer nonsense", 401, "Unknown API Key")]
    public async Task The_key_is_a_bearer_token(string authorization, int status, string? error)
    {
        var answer = await _server.GetAsync("/massive/v2/snapshot/locale/us/markets/stocks/tickers/AAPL", ("Authorization", authorization));

        Assert.Equal(status, answer.Status);
        Assert.Equal(error, answer.Json.TryGetProperty("error", out var text) ? text.GetString() : null);
    }

    [Fact]
    public async Task The_free_plan_has_no_pairs_but_their_previous_day()
    {
        Assert.Equal(403, (await _server.MassiveAsync(Pairs + "C:EURUSD", "sim-free")).Status);

        var bar = (await _server.MassiveAsync("/v2/aggs/ticker/C:EURUSD/prev", "sim-free")).Json.GetProperty("results")[0];
        Assert.Equal("C:EURUSD", bar.GetProperty("T").GetString());
        Assert.Equal(
            new DateTimeOffset(2026, 6, 16, 23, 59, 59, 999, TimeSpan.Zero).ToUnixTimeMilliseconds(),
            bar.GetProperty("t").GetInt64()
        );
    }

    [Fact]
    public async Task A_pair_has_its_bid_below_its_ask_and_a_time_in_milliseconds()
    {
        var quote = (await _server.MassiveAsync(Pairs + "C:EURUSD")).Json.GetProperty("ticker").GetProperty("lastQuote");

        Assert.True(quote.GetProperty("b").GetDecimal() < quote.GetProperty("a").GetDecimal());
        Assert.InRange(
            quote.GetProperty("t").GetInt64(),
            SimulatorServer.Start.ToUnixTimeMilliseconds() - 1_000,
            SimulatorServer.Start.ToUnixTimeMilliseconds()
        );
    }

    [Fact]
    public async Task The_many_form_has_no_pairs()
    {
        var answer = (await _server.MassiveAsync("/v2/snapshot/locale/us/markets/stocks/tickers?tickers=C:EURUSD,AAPL")).Json;

        Assert.Equal(1, answer.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Each_answer_has_a_request_id_of_its_own()
    {
        var ids = new HashSet<string?>();
        for (var call = 0; call < 5; call++)
        {
            ids.Add((await _server.MassiveSnapshotAsync(call == 4 ? "NOTREAL" : "AAPL")).Json.GetProperty("request_id").GetString());
        }

        Assert.Equal(5, ids.Count);
    }

    [Fact]
    public async Task A_trade_may_lie_outside_the_days_range_and_come_without_a_quote()
    {
        await _server.FaultAsync(
            """[{"provider":"massive","symbol":"AAPL","kind":"shape","shape":"trade-outside-range"},{"provider":"massive","symbol":"MSFT","kind":"shape","shape":"no-quote"}]"""
        );

        var apple = (await _server.MassiveSnapshotAsync("AAPL")).Json.GetProperty("ticker");
        Assert.True(apple.GetProperty("lastTrade").GetProperty("p").GetDecimal() > apple.GetProperty("day").GetProperty("h").GetDecimal());
        var microsoft = (await _server.MassiveSnapshotAsync("MSFT")).Json.GetProperty("ticker");
        Assert.True(microsoft.TryGetProperty("lastTrade", out _) && !microsoft.TryGetProperty("lastQuote", out _));
    }

    [Fact]
    public async Task A_delayed_snapshot_is_15_minutes_behind()
    {
        await _server.FaultAsync("""{"provider":"massive","kind":"shape","shape":"delayed"}""");

        var trade = (await _server.MassiveSnapshotAsync("AAPL")).Json.GetProperty("ticker").GetProperty("lastTrade");

        var age = SimulatorServer.Start.ToUnixTimeMilliseconds() - (trade.GetProperty("t").GetInt64() / 1_000_000);
        Assert.InRange(age, 15 * 60_000, (15 * 60_000) + 1_000);
    }

    [Fact]
    public async Task A_cleared_pair_has_no_quote()
    {
        await _server.FaultAsync("""{"provider":"massive","kind":"shape","shape":"cleared"}""");

        var pair = (await _server.MassiveAsync(Pairs + "C:EURUSD")).Json.GetProperty("ticker");

        Assert.Equal((0, 0), (pair.GetProperty("updated").GetInt64(), pair.GetProperty("day").GetProperty("c").GetInt32()));
        Assert.False(pair.TryGetProperty("lastQuote", out _));
    }

    [Fact]
    public async Task The_day_agrees_with_the_last_trade_and_the_change()
    {
        var ticker = (await _server.MassiveSnapshotAsync("AAPL")).Json.GetProperty("ticker");

        var price = ticker.GetProperty("lastTrade").GetProperty("p").GetDecimal();
        Assert.Equal(price, ticker.GetProperty("day").GetProperty("c").GetDecimal());
        Assert.Equal(price - ticker.GetProperty("prevDay").GetProperty("c").GetDecimal(), ticker.GetProperty("todaysChange").GetDecimal());
        Assert.Equal(ticker.GetProperty("updated").GetInt64(), ticker.GetProperty("lastTrade").GetProperty("t").GetInt64());
        Assert.Equal(JsonValueKind.String, ticker.GetProperty("lastTrade").GetProperty("i").ValueKind);
    }
}
