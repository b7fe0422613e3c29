namespace Quorum.ProviderSimulator.Tests;

public sealed class EodhdWireTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Currencies_are_a_minute_behind()
    {
        var timestamp = (await _server.EodhdAsync("EURUSD.FOREX")).Json.GetProperty("timestamp").GetInt64();

        Assert.Equal(new DateTimeOffset(2026, 6, 17, 17, 31, 0, TimeSpan.Zero).ToUnixTimeSeconds(), timestamp);
    }

    [Fact]
    public async Task One_symbol_outside_the_demo_keys_scope_fails_the_whole_batch()
    {
        var inside = await _server.EodhdAsync("AAPL.US", "demo", "&fmt=json&s=MSFT.US,VTI.US");
        var outside = await _server.EodhdAsync("AAPL.US", "demo", "&fmt=json&s=JPM.US");

        Assert.Equal((200, 3), (inside.Status, inside.Json.GetArrayLength()));
        Assert.Equal((403, "Forbidden. Please contact support@eodhistoricaldata.com"), (outside.Status, outside.Body));
    }

    [Theory]
    [InlineData("aapl.US")]
    [InlineData("AAPL")]
    [InlineData("BRK.B.US")]
    [InlineData("VOD.XLON")]
    public async Task Another_spelling_is_an_unknown_symbol(string symbol) =>
        Assert.Equal("NA", (await _server.EodhdAsync(symbol)).Json.GetProperty("close").GetString());

    [Theory]
    [InlineData("&fmt=csv")]
    [InlineData("&fmt=")]
    [InlineData("")]
    public async Task CSV_has_a_line_for_each_symbol_in_the_order_asked(string format)
    {
        var answer = await _server.EodhdAsync("AAPL.US", more: format + "&s=NOTREAL.US,VOD.LSE");

        var lines = answer.Body.Split('\n');
        Assert.Equal((200, "text/csv"), (answer.Status, answer.ContentType));
        Assert.StartsWith("AAPL.US,", lines[1], StringComparison.Ordinal);
        Assert.Equal("NOTREAL.US,NA,NA,NA,NA,NA,NA,NA,NA,NA,NA", lines[2]);
        Assert.Matches(@"^VOD\.LSE,\d{10},0,(-?[\d.]+,){7}-?[\d.]+$", lines[3]);
    }

    [Fact]
    public async Task Odd_fields_can_be_switched_on()
    {
        await _server.FaultAsync(
            """
            [{"provider":"eodhd","symbol":"AAPL.US","kind":"shape","shape":"gmt-offset"},
             {"provider":"eodhd","symbol":"MSFT.US","kind":"shape","shape":"na-volume"},
             {"provider":"eodhd","symbol":"JPM.US","kind":"shape","shape":"all-na"}]
            """
        );

        var offset = (await _server.EodhdAsync("AAPL.US")).Json;
        Assert.Equal(-18_000, offset.GetProperty("gmtoffset").GetInt32());
        Assert.InRange(SimulatorServer.Start.ToUnixTimeSeconds() - offset.GetProperty("timestamp").GetInt64(), 15 * 60, 17 * 60);
        Assert.Equal("NA", (await _server.EodhdAsync("MSFT.US")).Json.GetProperty("volume").GetString());
        var unknown = (await _server.EodhdAsync("JPM.US")).Json;
        Assert.Equal(("JPM.US", "NA"), (unknown.GetProperty("code").GetString(), unknown.GetProperty("previousClose").GetString()));
    }

    [Fact]
    public async Task A_batch_beyond_the_days_calls_is_refused_and_costs_none()
    {
        var batch = string.Join(',', Enumerable.Range(1, 20).Select(number => $"T{number:0000}.US"));
        var refused = await _server.EodhdAsync("AAPL.US", "sim-free", "&fmt=json&s=" + batch);

        Assert.Equal(402, refused.Status);
        Assert.Equal(200, (await _server.EodhdAsync("T0020.US", "sim-free", "&fmt=json&s=" + batch[..^9])).Status);
        Assert.Equal("quota-exhausted", (await _server.CallsAsync()).GetProperty("calls")[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Too_many_requests_as_an_odd_answer_say_when_to_come_back()
    {
        await _server.FaultAsync("""{"provider":"eodhd","kind":"shape","shape":"rate-limited-html"}""");

        var answer = await _server.EodhdAsync("AAPL.US");

        Assert.Equal(
            ("30", "1000", "0"),
            (answer.Header("Retry-After"), answer.Header("X-RateLimit-Limit"), answer.Header("X-RateLimit-Remaining"))
        );
    }
}
