using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

public sealed class AdminReadingsTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("?limit=2", "4,5")]
    [InlineData("?limit=0", "")]
    [InlineData("?after=4", "5")]
    [InlineData("?after=99", "")]
    [InlineData("?provider=Finnhub", "1,2,5")]
    [InlineData("?provider=finnhub&outcome=ok&limit=1", "5")]
    [InlineData("?symbol=msft", "3")]
    [InlineData("?outcome=unknown-symbol", "2")]
    [InlineData("?outcome=rate-limited", "4")]
    public async Task The_log_is_filtered_by_all_of_the_query(string query, string numbers)
    {
        await _server.FinnhubAsync("AAPL");
        await _server.FinnhubAsync("NOSUCH");
        await _server.TwelveDataAsync("AAPL,MSFT");
        await _server.AlpacaAsync("snapshots?symbols=AAPL", "sim-exhausted");
        await _server.FinnhubAsync("AAPL");

        var page = await _server.CallsAsync(query);

        Assert.Equal(
            numbers,
            string.Join(',', page.GetProperty("calls").EnumerateArray().Select(call => call.GetProperty("number").GetInt64()))
        );
        Assert.Equal(5, page.GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("?provider=acme", "provider is 'acme'")]
    [InlineData("?outcome=Ok", "outcome is 'Ok'; there are: ok, unknown-symbol, ")]
    [InlineData("?after=last", "after must be a whole number, not negative; got 'last'.")]
    [InlineData("?limit=-1", "limit must be a whole number, not negative; got '-1'.")]
    public async Task A_filter_that_matches_no_call_ever_is_a_400(string query, string reason)
    {
        var answer = await _server.GetAsync("/admin/calls" + query);

        Assert.Equal(400, answer.Status);
        Assert.StartsWith(reason, answer.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_logged_call_has_its_key_masked_its_fault_and_its_status()
    {
        await _server.FaultAsync("""{"provider":"massive","kind":"refused"}""");
        await Assert.ThrowsAsync<HttpRequestException>(() => _server.QuoteAsync("massive"));

        var call = (await _server.CallsAsync()).GetProperty("calls")[0];

        Assert.Equal(
            "{number: number, at: text, provider: text, symbols: text, key: text, status: number, outcome: text, fault: text, heldMs: number}",
            JsonShape.Of(call)
        );
        Assert.Equal(
            ("2026-06-17T17:32:10.482+00:00", "si***ey", 0, "fault", "refused"),
            (Text(call, "at"), Text(call, "key"), call.GetProperty("status").GetInt32(), Text(call, "outcome"), Text(call, "fault"))
        );
    }

    [Fact]
    public async Task The_state_shows_how_it_was_started()
    {
        await using var server = await SimulatorServer.StartAsync("--seed", "9", "--market", "venue");

        var state = (await server.GetAsync("/admin/")).Json;

        Assert.Equal(("paid", "venue"), (Text(state, "plan"), Text(state, "market")));
        Assert.Equal((9, 0), (state.GetProperty("seed").GetInt32(), state.GetProperty("scale").GetInt32()));
        Assert.True(state.GetProperty("clock").GetProperty("running").GetBoolean());
        Assert.Equal(
            ["finnhub", "alpha-vantage", "twelve-data", "massive", "alpaca", "eodhd"],
            state.GetProperty("providers").EnumerateObject().Select(provider => provider.Name)
        );
    }

    [Fact]
    public async Task Each_key_shows_what_is_used_of_its_windows_and_when_they_reset()
    {
        await _server.TwelveDataAsync("AAPL,MSFT,JPM", "sim-free");
        await _server.EodhdAsync("AAPL.US", "sim-free", "&fmt=json&s=MSFT.US");

        var providers = (await _server.GetAsync("/admin")).Json.GetProperty("providers");

        Assert.Equal(
            [("minute", 8, 3, "2026-06-17T17:33:00+00:00"), ("day", 800, 3, "2026-06-18T00:00:00+00:00")],
            Windows(providers.GetProperty("twelve-data"))
        );
        Assert.Equal(
            [("minute", 1_000, 1, "2026-06-17T17:33:00+00:00"), ("day", 20, 2, "2026-06-18T00:00:00+00:00")],
            Windows(providers.GetProperty("eodhd"))
        );
        Assert.Equal(0, providers.GetProperty("massive").GetProperty("keys").GetArrayLength());
    }

    [Fact]
    public async Task Quotas_are_shown_by_provider_and_plan()
    {
        var quotas = (await _server.GetAsync("/admin/quotas")).Json;

        Assert.Equal(("paid", true), (Text(quotas, "goodKeys"), quotas.GetProperty("enforced").GetBoolean()));
        Assert.Equal(
            """[{"span":"second","limit":1,"kind":"sliding","unit":"request"},{"span":"day","limit":25,"kind":"calendar","unit":"request"}]""",
            JsonSerializer.Serialize(quotas.GetProperty("limits").GetProperty("alpha-vantage").GetProperty("free"))
        );
        Assert.Equal(0, quotas.GetProperty("limits").GetProperty("massive").GetProperty("paid").GetArrayLength());
    }

    [Fact]
    public async Task A_fault_is_shown_with_the_calls_that_are_left_of_it()
    {
        await _server.FaultAsync("""{"provider":"FINNHUB","symbol":"AAPL","kind":"wrong-price","factor":2,"count":3}""");
        await _server.FinnhubAsync("AAPL");

        var fault = (await _server.GetAsync("/admin")).Json.GetProperty("faults")[0];

        Assert.Equal(("finnhub", "AAPL", "wrong-price"), (Text(fault, "provider"), Text(fault, "symbol"), Text(fault, "kind")));
        Assert.Equal(2, fault.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task Every_shape_has_a_meaning_and_can_be_switched_on()
    {
        foreach (var provider in (await _server.GetAsync("/admin/shapes")).Json.EnumerateObject())
        {
            Assert.NotEqual(0, provider.Value.GetArrayLength());
            foreach (var shape in provider.Value.EnumerateArray())
            {
                Assert.NotEqual("", Text(shape, "meaning"));
                await _server.FaultAsync(
                    $$"""{"provider":"{{provider.Name}}","kind":"shape","shape":"{{Text(shape, "name")}}","count":1}"""
                );
                Assert.NotNull((await _server.QuoteAsync(provider.Name)).ContentType); // A failure of the simulator would have none.
            }
        }

        Assert.Equal(0, (await _server.GetAsync("/admin/faults")).Json.GetArrayLength());
    }

    private static IEnumerable<(string, int, int, string)> Windows(JsonElement provider) =>
        provider
            .GetProperty("keys")[0]
            .GetProperty("windows")
            .EnumerateArray()
            .Select(window =>
                (Text(window, "span"), window.GetProperty("limit").GetInt32(), window.GetProperty("used").GetInt32(), Text(window, "reset"))
            );

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString()!; // Asserted texts are there.
}
