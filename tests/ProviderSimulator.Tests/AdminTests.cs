using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

public sealed class AdminTests : IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await SimulatorServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Calls_are_counted_by_provider_outcome_and_key()
    {
        await _server.FinnhubAsync("AAPL");
        await _server.FinnhubAsync("NOSUCH");
        await _server.FinnhubAsync("AAPL", "wrong");
        await _server.AlpacaAsync("snapshots?symbols=AAPL", "sim-exhausted");

        var providers = (await _server.GetAsync("/admin")).Json.GetProperty("providers");
        var finnhub = providers.GetProperty("finnhub");
        Assert.Equal(3, finnhub.GetProperty("calls").GetInt32());
        Assert.Equal("""{"ok":1,"unknown-symbol":1,"invalid-key":1}""", Compact(finnhub.GetProperty("outcomes")));
        Assert.Equal("""{"invalid":1,"good":2}""", Compact(finnhub.GetProperty("standings")));
        Assert.Equal(2, finnhub.GetProperty("keys")[0].GetProperty("calls").GetInt32());
        Assert.Equal("""{"rate-limited":1}""", Compact(providers.GetProperty("alpaca").GetProperty("outcomes")));
    }

    [Fact]
    public async Task The_log_tells_who_asked_for_what_and_shows_no_key()
    {
        await _server.OrderAsync("/keys", """{"key":"recognizable-secret"}""");
        await _server.TwelveDataAsync("AAPL,MSFT", "recognizable-secret");
        await _server.FinnhubAsync("JPM", "recognizable-secret");

        var log = await _server.GetAsync("/admin/calls?symbol=MSFT");
        var call = Assert.Single(log.Json.GetProperty("calls").EnumerateArray());
        Assert.Equal(
            ("twelve-data", "AAPL,MSFT", "ok"),
            (call.GetProperty("provider").GetString(), call.GetProperty("symbols").GetString(), call.GetProperty("outcome").GetString())
        );
        Assert.Equal(2, log.Json.GetProperty("total").GetInt32());
        Assert.DoesNotContain("recognizable-secret", log.Body + (await _server.GetAsync("/admin")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_can_be_followed_filtered_and_cleared()
    {
        for (var call = 0; call < 5; call++)
        {
            await _server.FinnhubAsync(call == 3 ? "NOSUCH" : "AAPL");
        }

        Assert.Equal(
            [4L, 5L],
            (await _server.CallsAsync("?after=3"))
                .GetProperty("calls")
                .EnumerateArray()
                .Select(call => call.GetProperty("number").GetInt64())
        );
        Assert.Equal(1, (await _server.CallsAsync("?outcome=unknown-symbol")).GetProperty("calls").GetArrayLength());
        Assert.Equal(0, (await _server.CallsAsync("?provider=massive")).GetProperty("calls").GetArrayLength());

        await _server.SendAsync(HttpMethod.Delete, "/admin/calls");
        Assert.Equal(0, (await _server.CallsAsync()).GetProperty("total").GetInt64());
    }

    [Fact]
    public async Task A_lap_tells_the_longest_hold_since_the_last_one()
    {
        await _server.FinnhubAsync("AAPL");
        await _server.MassiveSnapshotAsync("AAPL");

        var lap = (await _server.GetAsync("/admin/lap")).Json;
        Assert.Equal(2, lap.GetProperty("calls").GetInt32());
        Assert.True(lap.GetProperty("longestMs").GetDouble() >= 0);
        Assert.Equal(0, (await _server.GetAsync("/admin/lap")).Json.GetProperty("calls").GetInt32());
    }

    [Fact]
    public async Task A_HEAD_that_opens_a_connection_is_no_call_and_meets_no_fault()
    {
        await _server.FaultAsync("""{"kind":"status","status":500,"count":1}""");

        Assert.Equal(404, (await _server.SendAsync(HttpMethod.Head, "/finnhub/api/v1/")).Status);

        Assert.Equal(0, (await _server.CallsAsync()).GetProperty("total").GetInt32());
        Assert.Equal(500, (await _server.FinnhubAsync("AAPL")).Status);
    }

    [Fact]
    public async Task The_clock_is_set_moved_stopped_and_returned()
    {
        await _server.OrderAsync("/clock", """{"set":"2026-03-02T15:00:00Z"}""");
        Assert.Equal("2026-03-02T15:00:00+00:00", await Now());
        await _server.OrderAsync("/clock", """{"advanceSeconds":90}""");
        Assert.Equal("2026-03-02T15:01:30+00:00", await Now());
        _server.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("2026-03-02T15:01:35+00:00", await Now());

        await _server.OrderAsync("/clock", """{"running":false}""");
        _server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("2026-03-02T15:01:35+00:00", await Now());
        var quote = (await _server.FinnhubAsync("AAPL")).Json.GetProperty("t").GetInt64();
        Assert.InRange(
            DateTimeOffset.FromUnixTimeSeconds(quote),
            new(2026, 3, 2, 15, 1, 34, TimeSpan.Zero),
            new(2026, 3, 2, 15, 1, 35, TimeSpan.Zero)
        );

        await _server.OrderAsync("/clock", """{"running":true}""");
        _server.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("2026-03-02T15:01:40+00:00", await Now());
        await _server.OrderAsync("/clock", """{"reset":true}""");
        Assert.Equal(_server.Clock.GetUtcNow(), DateTimeOffset.Parse(await Now(), null));
    }

    [Fact]
    public async Task Reset_brings_everything_back_to_the_start()
    {
        await _server.FaultAsync("""{"kind":"html"}""");
        await _server.OrderAsync("/latency", """{"scale":3}""");
        await _server.OrderAsync("/quotas", """{"enforced":false,"goodKeys":"free","limits":[]}""");
        await _server.OrderAsync("/keys", """{"key":"another"}""");
        await _server.OrderAsync("/clock", """{"advanceSeconds":86400}""");

        await _server.OrderAsync("/reset");

        var answer = await _server.FinnhubAsync("VOD.L");
        Assert.Equal((200, "899"), (answer.Status, answer.Header("X-Ratelimit-Remaining")));
        Assert.Equal(401, (await _server.FinnhubAsync("AAPL", "another")).Status);
        Assert.Equal(SimulatorServer.Start, DateTimeOffset.Parse(await Now(), null));
    }

    [Theory]
    [InlineData("/faults", """{"provider":"acme","kind":"html"}""", "provider is 'acme'")]
    [InlineData("/faults", """{"kind":"no-such-kind"}""", "kind")]
    [InlineData("/faults", """{"provider":"finnhub"}""", "kind")]
    [InlineData("/faults", """{"kind":"html","probabilty":0.5}""", "probabilty")]
    [InlineData("/faults", """{"kind":"html","probability":2}""", "probability must be above 0 and at most 1; got 2.")]
    [InlineData("/faults", """{"provider":"finnhub","kind":"shape","shape":"cleared"}""", "finnhub know")]
    [InlineData("/faults", """{"kind":"status","status":99}""", "status must be between 200 and 599; got 99.")]
    [InlineData("/faults", "not JSON", "")]
    [InlineData("/latency", """{"scale":-1}""", "scale must be between 0 and 1000; got -1.")]
    [InlineData("/latency", """{"providers":{"acme":{}}}""", "provider is 'acme'")]
    [InlineData("/quotas", """{"limits":[{"span":"minute","limit":0}]}""", "limit must be at least 1; got 0.")]
    [InlineData("/keys", """{"provider":"finnhub"}""", "key")]
    public async Task A_wrong_order_is_refused_with_the_reason(string path, string json, string reason)
    {
        var answer = await _server.SendAsync(HttpMethod.Post, "/admin" + path, json);

        Assert.Equal(400, answer.Status);
        Assert.Contains(reason, answer.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, (await _server.GetAsync("/admin/faults")).Json.GetArrayLength());
    }

    [Fact]
    public async Task Shapes_and_instruments_are_listed()
    {
        var shapes = (await _server.GetAsync("/admin/shapes")).Json;
        Assert.Contains("cleared", shapes.GetProperty("massive").EnumerateArray().Select(shape => shape.GetProperty("name").GetString()));

        var vodafone = (await _server.GetAsync("/admin/instruments"))
            .Json.EnumerateArray()
            .Single(line => line.GetProperty("symbol").GetString() == "VOD:XLON");
        Assert.Equal("GBX", vodafone.GetProperty("unit").GetString());
        Assert.Equal("VOD.LSE", vodafone.GetProperty("spellings").GetProperty("eodhd")[0].GetString());
        Assert.False(vodafone.GetProperty("spellings").TryGetProperty("massive", out _));
    }

    [Fact]
    public async Task Other_paths_and_methods_are_not_found()
    {
        Assert.Equal(404, (await _server.GetAsync("/admin/nothing")).Status);
        Assert.Equal(404, (await _server.GetAsync("/nobody/quote")).Status);
        Assert.Equal(404, (await _server.GetAsync("/")).Status);
        Assert.Equal(404, (await _server.SendAsync(HttpMethod.Post, "/finnhub/api/v1/quote?symbol=AAPL&token=sim-key", "{}")).Status);
    }

    private async Task<string> Now() => (await _server.GetAsync("/admin")).Json.GetProperty("clock").GetProperty("now").GetString()!; // Always there.

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
