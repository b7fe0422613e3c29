using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

public sealed class MassiveTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private const string Tickers = "/v2/snapshot/locale/us/markets/stocks/tickers";
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_snapshot_has_its_five_parts()
    {
        var answer = await _server.MassiveSnapshotAsync("AAPL");

        Assert.Equal((200, "OK"), (answer.Status, answer.Json.GetProperty("status").GetString()));
        Assert.Matches("^[0-9a-f]{32}$", answer.Json.GetProperty("request_id").GetString());
        Assert.Equal(
            ["ticker", "todaysChange", "todaysChangePerc", "updated", "day", "min", "prevDay", "lastTrade", "lastQuote"],
            answer.Json.GetProperty("ticker").EnumerateObject().Select(member => member.Name)
        );
    }

    [Fact]
    public async Task Names_that_differ_by_case_only_are_bid_and_ask()
    {
        var ticker = (await _server.MassiveSnapshotAsync("AAPL")).Json.GetProperty("ticker");
        var (quote, trade) = (ticker.GetProperty("lastQuote"), ticker.GetProperty("lastTrade").GetProperty("p").GetDecimal());

        Assert.True(quote.GetProperty("p").GetDecimal() < trade && trade < quote.GetProperty("P").GetDecimal());
    }

    [Fact]
    public async Task Trades_are_timed_in_nanoseconds_whose_last_digits_change_and_minutes_in_milliseconds()
    {
        var nanoseconds = new HashSet<long>();
        foreach (var ticker in (string[])["AAPL", "MSFT", "JPM", "XOM"])
        {
            var item = (await _server.MassiveSnapshotAsync(ticker)).Json.GetProperty("ticker");
            nanoseconds.Add(item.GetProperty("lastTrade").GetProperty("t").GetInt64() % 100);
            Assert.Equal(0, item.GetProperty("min").GetProperty("t").GetInt64() % 60_000);
            Assert.InRange(
                item.GetProperty("lastTrade").GetProperty("t").GetInt64() / 1_000_000,
                SimulatorServer.Start.ToUnixTimeMilliseconds() - 1_000,
                SimulatorServer.Start.ToUnixTimeMilliseconds()
            );
        }

        Assert.True(nanoseconds.Count > 1);
    }

    [Fact]
    public async Task The_many_form_leaves_out_what_is_unknown()
    {
        var answer = (await _server.MassiveAsync($"{Tickers}?tickers=AAPL,NOTREAL,BRK.B")).Json;

        Assert.Equal(2, answer.GetProperty("count").GetInt32());
        Assert.Equal(
            ["AAPL", "BRK.B"],
            answer.GetProperty("tickers").EnumerateArray().Select(item => item.GetProperty("ticker").GetString())
        );
    }

    [Fact]
    public async Task Without_a_list_the_many_form_is_the_whole_market()
    {
        Assert.True((await _server.MassiveAsync(Tickers)).Json.GetProperty("count").GetInt32() > 2_000);
    }

    [Fact]
    public async Task The_previous_day_is_the_last_finished_session()
    {
        var previous = (await _server.MassiveAsync("/v2/aggs/ticker/AAPL/prev", "sim-free")).Json;
        var snapshot = (await _server.MassiveSnapshotAsync("AAPL")).Json.GetProperty("ticker");

        var bar = Assert.Single(previous.GetProperty("results").EnumerateArray());
        Assert.Equal(snapshot.GetProperty("prevDay").GetProperty("c").GetDecimal(), bar.GetProperty("c").GetDecimal());
        Assert.Equal(new DateTimeOffset(2026, 6, 16, 20, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), bar.GetProperty("t").GetInt64());
        Assert.False((await _server.MassiveAsync("/v2/aggs/ticker/NOTREAL/prev")).Json.TryGetProperty("results", out _));
    }

    [Fact]
    public async Task Last_trade_and_last_quote_have_endpoints_of_their_own()
    {
        Assert.Equal("AAPL", (await _server.MassiveAsync("/v2/last/trade/AAPL")).Json.GetProperty("results").GetProperty("T").GetString());
        Assert.True((await _server.MassiveAsync("/v2/last/nbbo/AAPL")).Json.GetProperty("results").GetProperty("P").GetDecimal() > 0);
    }

    [Theory]
    [InlineData("NOTREAL")]
    [InlineData("aapl")]
    [InlineData("BRK-B")]
    public async Task Another_spelling_is_an_unknown_ticker(string ticker)
    {
        var answer = await _server.MassiveSnapshotAsync(ticker);

        Assert.Equal(
            (404, "NOT_FOUND", "Ticker not found."),
            (answer.Status, answer.Json.GetProperty("status").GetString(), answer.Json.GetProperty("message").GetString())
        );
    }

    [Fact]
    public async Task Another_path_is_a_404_in_plain_text()
    {
        var answer = await _server.MassiveAsync("/v2/snapshot/AAPL");

        Assert.Equal((404, "text/plain", "404 page not found\n"), (answer.Status, answer.ContentType, answer.Body));
    }

    [Theory]
    [InlineData(null, 401, "ERROR", "error", "API Key was not provided")]
    [InlineData("wrong", 401, "ERROR", "error", "Unknown API Key")]
    [InlineData("sim-free", 403, "NOT_AUTHORIZED", "message", "You are not entitled to this data.")]
    [InlineData("sim-restricted", 403, "NOT_AUTHORIZED", "message", "You are not entitled to this data.")]
    [InlineData("sim-exhausted", 429, "ERROR", "error", "You've exceeded the maximum requests per minute")]
    public async Task A_key_that_may_not_is_refused_in_the_vendors_words(
        string? key,
        int status,
        string word,
        string member,
        string beginning
    )
    {
        var answer = await _server.MassiveSnapshotAsync("AAPL", key);

        Assert.Equal((status, word), (answer.Status, answer.Json.GetProperty("status").GetString()));
        Assert.StartsWith(beginning, answer.Json.GetProperty(member).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_free_plan_has_five_calls_in_any_minute()
    {
        for (var call = 0; call < 5; call++)
        {
            Assert.Equal(200, (await _server.MassiveAsync("/v2/aggs/ticker/AAPL/prev", "sim-free")).Status);
            _server.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Equal(429, (await _server.MassiveAsync("/v2/aggs/ticker/AAPL/prev", "sim-free")).Status);
        _server.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(200, (await _server.MassiveAsync("/v2/aggs/ticker/AAPL/prev", "sim-free")).Status);
    }

    [Fact]
    public async Task Parts_may_be_missing_or_cleared()
    {
        await _server.FaultAsync(
            """
            [{"provider":"massive","symbol":"AAPL","kind":"shape","shape":"no-trade-no-quote"},
             {"provider":"massive","symbol":"MSFT","kind":"shape","shape":"cleared"},
             {"provider":"massive","symbol":"JPM","kind":"shape","shape":"null-conditions"},
             {"provider":"massive","symbol":"XOM","kind":"shape","shape":"delayed"}]
            """
        );

        var bars = (await _server.MassiveSnapshotAsync("AAPL")).Json.GetProperty("ticker");
        Assert.True(
            bars.TryGetProperty("min", out _) && !bars.TryGetProperty("lastTrade", out _) && !bars.TryGetProperty("lastQuote", out _)
        );

        var cleared = (await _server.MassiveSnapshotAsync("MSFT")).Json.GetProperty("ticker");
        Assert.Equal(0, cleared.GetProperty("day").GetProperty("c").GetDecimal());
        Assert.Equal(0, cleared.GetProperty("min").GetProperty("t").GetInt64());
        Assert.True(cleared.GetProperty("prevDay").GetProperty("c").GetDecimal() > 0);

        Assert.Equal(
            JsonValueKind.Null,
            (await _server.MassiveSnapshotAsync("JPM")).Json.GetProperty("ticker").GetProperty("lastTrade").GetProperty("c").ValueKind
        );
        Assert.Equal("DELAYED", (await _server.MassiveSnapshotAsync("XOM")).Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Volumes_may_have_an_exponent()
    {
        await _server.FaultAsync("""{"provider":"massive","kind":"shape","shape":"fraction-volume"}""");

        var volume = (await _server.MassiveSnapshotAsync("AAPL")).Json.GetProperty("ticker").GetProperty("day").GetProperty("v");

        Assert.Contains('E', volume.GetRawText());
        Assert.True(volume.GetDouble() > 1_000);
    }

    [Theory]
    [InlineData("not-found", 404, "application/json", "NOT_FOUND")]
    [InlineData("not-found-old", 404, "application/json", """{"status":"NotFound"}""")]
    [InlineData("route-fault", 404, "text/plain", "404 page not found")]
    [InlineData("no-key", 401, "application/json", "API Key was not provided")]
    [InlineData("wrong-key", 401, "application/json", "Unknown API Key")]
    [InlineData("not-authorized", 403, "application/json", "NOT_AUTHORIZED")]
    [InlineData("not-authorized-error", 403, "application/json", "\"error\":\"You are not entitled")]
    [InlineData("rate-limited", 429, "application/json", "You've exceeded the maximum requests per minute")]
    [InlineData("rate-limited-empty", 429, "application/json", "")]
    [InlineData("rate-limited-200", 200, "application/json", "You've exceeded")]
    [InlineData("server-error", 500, "application/json", "ERROR")]
    [InlineData("server-error-html", 502, "text/html", "<html>")]
    [InlineData("server-error-empty", 504, "text/plain", "")]
    public async Task Odd_answers_can_be_switched_on(string shape, int status, string contentType, string holds)
    {
        await _server.FaultAsync($$"""{"provider":"massive","kind":"shape","shape":"{{shape}}"}""");

        var answer = await _server.MassiveSnapshotAsync("AAPL");

        Assert.Equal((status, contentType), (answer.Status, answer.ContentType));
        Assert.Contains(holds, answer.Body, StringComparison.Ordinal);
    }
}
