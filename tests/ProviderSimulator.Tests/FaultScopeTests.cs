namespace Quorum.ProviderSimulator.Tests;

/// <summary>The calls that a fault hits, and how it ends.</summary>
public sealed class FaultScopeTests : IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await SimulatorServer.StartAsync("--quotas", "off");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_fault_hits_only_its_provider_and_its_symbol()
    {
        await _server.FaultAsync("""{"provider":"finnhub","symbol":"MSFT","kind":"status","status":503}""");

        Assert.Equal(503, (await _server.QuoteAsync("finnhub", "MSFT")).Status);
        Assert.Equal(200, (await _server.QuoteAsync("finnhub", "AAPL")).Status);
        Assert.Equal(200, (await _server.QuoteAsync("massive", "MSFT")).Status);
    }

    [Fact]
    public async Task A_fault_for_a_symbol_hits_a_batch_that_asks_for_it()
    {
        await _server.FaultAsync("""{"provider":"alpaca","symbol":"MSFT","kind":"status","status":503}""");

        Assert.Equal(503, (await _server.AlpacaAsync("snapshots?symbols=AAPL,MSFT")).Status);
    }

    [Fact]
    public async Task A_fault_ends_after_its_count()
    {
        await _server.FaultAsync("""{"kind":"status","status":503,"count":2}""");

        Assert.Equal(503, (await _server.QuoteAsync("finnhub")).Status);
        Assert.Equal(503, (await _server.QuoteAsync("massive")).Status);
        Assert.Equal(200, (await _server.QuoteAsync("finnhub")).Status);
        Assert.Equal(0, (await _server.GetAsync("/admin/faults")).Json.GetArrayLength());
    }

    [Fact]
    public async Task A_fault_ends_after_its_time()
    {
        await _server.FaultAsync("""{"provider":"finnhub","kind":"status","status":503,"forSeconds":30}""");
        Assert.Equal(503, (await _server.QuoteAsync("finnhub")).Status);

        _server.Clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(200, (await _server.QuoteAsync("finnhub")).Status);
    }

    [Fact]
    public async Task A_fault_with_a_probability_hits_its_share()
    {
        await _server.FaultAsync("""{"provider":"finnhub","kind":"status","status":503,"probability":0.3}""");
        var hit = 0;
        for (var call = 0; call < 400; call++)
        {
            hit += (await _server.QuoteAsync("finnhub")).Status == 503 ? 1 : 0;
        }

        Assert.InRange(hit, 80, 160);
    }

    [Fact]
    public async Task Faults_add_up()
    {
        await _server.FaultAsync(
            """[{"provider":"finnhub","kind":"wrong-price","factor":2},{"provider":"finnhub","kind":"oversized","bytes":100000}]"""
        );

        var answer = await _server.QuoteAsync("finnhub");

        Assert.True(answer.Body.Length > 100_000 && answer.Json.GetProperty("c").GetDecimal() > 380);
        Assert.Equal("wrong-price+oversized", (await _server.CallsAsync()).GetProperty("calls")[0].GetProperty("fault").GetString());
    }

    [Fact]
    public async Task Faults_are_switched_off_one_by_one_by_provider_or_all_together()
    {
        await _server.FaultAsync(
            """[{"provider":"finnhub","kind":"html"},{"provider":"massive","kind":"html"},{"provider":"massive","kind":"empty"},{"kind":"stale"}]"""
        );

        Assert.Equal(204, (await _server.SendAsync(HttpMethod.Delete, "/admin/faults/1")).Status);
        Assert.Equal(404, (await _server.SendAsync(HttpMethod.Delete, "/admin/faults/1")).Status);
        Assert.Equal("application/json", (await _server.QuoteAsync("finnhub")).ContentType);
        await _server.SendAsync(HttpMethod.Delete, "/admin/faults?provider=massive");
        Assert.Equal(1, (await _server.GetAsync("/admin/faults")).Json.GetArrayLength());
        await _server.SendAsync(HttpMethod.Delete, "/admin/faults");
        Assert.Equal(0, (await _server.GetAsync("/admin/faults")).Json.GetArrayLength());
    }
}
