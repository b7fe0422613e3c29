using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

public sealed class TwelveDataWireTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(120, 200)]
    [InlineData(121, 414)]
    public async Task A_call_has_at_most_120_symbols(int symbols, int status)
    {
        var answer = await _server.TwelveDataAsync(string.Join(',', Enumerable.Range(1, symbols).Select(number => $"T{number:0000}")));

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 414, answer.Json.TryGetProperty("code", out var code) && code.GetInt32() == 414);
    }

    [Theory]
    [InlineData("0", @"^\d+$")]
    [InlineData("11", @"^\d+\.\d{11}$")]
    [InlineData("12", @"^\d+\.\d{5}$")]
    [InlineData("-1", @"^\d+\.\d{5}$")]
    [InlineData("two", @"^\d+\.\d{5}$")]
    public async Task Decimals_are_0_to_11_and_otherwise_5(string decimals, string form) =>
        Assert.Matches(form, Text((await _server.TwelveDataAsync("AAPL", more: $"&dp={decimals}")).Json, "close"));

    [Theory]
    [InlineData("VOD:LSE", "GBp", "LSE", "XLON")]
    [InlineData("NPN:JSE", "ZAc", "JSE", "XJSE")]
    [InlineData("7203:JPX", "JPY", "JPX", "XTKS")]
    [InlineData("MC:XPAR", "EUR", "Euronext", "XPAR")]
    [InlineData("SHOP:TSX", "CAD", "TSX", "XTSE")]
    [InlineData("AAPL:NASDAQ", "USD", "NASDAQ", "XNGS")]
    [InlineData("SPY:ARCX", "USD", "NYSE", "ARCX")]
    public async Task A_quote_names_its_listing_and_the_unit_of_its_prices(string symbol, string currency, string exchange, string mic)
    {
        var quote = (await _server.TwelveDataAsync(symbol)).Json;

        Assert.Equal((currency, exchange, mic), (Text(quote, "currency"), Text(quote, "exchange"), Text(quote, "mic_code")));
        Assert.Equal(symbol.Split(':')[0], Text(quote, "symbol"));
    }

    [Theory]
    [InlineData("symbol=VOD:PAR")]
    [InlineData("symbol=SAP&mic_code=XLON")]
    [InlineData("symbol=VOD.L")]
    [InlineData("symbol=aapl")]
    [InlineData("symbol=MC")]
    public async Task A_listing_that_does_not_exist_is_an_unknown_symbol(string query) =>
        Assert.Equal(404, (await _server.GetAsync($"/twelve-data/quote?{query}&apikey=sim-key")).Json.GetProperty("code").GetInt32());

    [Fact]
    public async Task A_listing_in_the_symbol_goes_before_the_one_beside_it()
    {
        var quote = (await _server.GetAsync("/twelve-data/quote?symbol=VOD:LSE&exchange=NASDAQ&apikey=sim-key")).Json;

        Assert.Equal("XLON", Text(quote, "mic_code"));
    }

    [Fact]
    public async Task The_exchange_beside_a_batch_holds_for_each_symbol_without_one()
    {
        var answer = (await _server.GetAsync("/twelve-data/quote?symbol=VOD,SAP:XETR&mic_code=XLON&apikey=sim-key")).Json;

        Assert.Equal("XLON", Text(answer.GetProperty("VOD"), "mic_code"));
        Assert.Equal("XETR", Text(answer.GetProperty("SAP:XETR"), "mic_code"));
    }

    [Fact]
    public async Task In_a_batch_each_symbol_has_its_own_verdict_on_the_plan()
    {
        var answer = (await _server.TwelveDataAsync("AAPL,VOD:LSE,EUR/USD", "sim-free")).Json;

        Assert.True(answer.GetProperty("AAPL").TryGetProperty("close", out _));
        Assert.True(answer.GetProperty("EUR/USD").TryGetProperty("close", out _));
        Assert.Equal(404, answer.GetProperty("VOD:LSE").GetProperty("code").GetInt32());
        Assert.StartsWith(
            "This symbol is available starting with",
            Text(answer.GetProperty("VOD:LSE"), "message"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_demo_key_has_Apple_only()
    {
        Assert.Equal("AAPL", Text((await _server.TwelveDataAsync("AAPL", "demo")).Json, "symbol"));

        var batch = (await _server.TwelveDataAsync("AAPL,MSFT", "demo")).Json;
        Assert.Equal(401, batch.GetProperty("MSFT").GetProperty("code").GetInt32());
    }

    [Theory]
    [InlineData("apikey sim-key", 200)]
    [InlineData("APIKEY sim-key", 200)]
    [InlineData("Bearer sim-key", 401)]
    [InlineData("sim-key", 401)]
    public async Task The_header_has_a_scheme_of_its_own(string authorization, int status) =>
        Assert.Equal(status, (await _server.GetAsync("/twelve-data/quote?symbol=AAPL", ("Authorization", authorization))).Status);

    [Fact]
    public async Task CSV_names_a_pair_with_its_slash_and_obeys_faults_of_the_listing()
    {
        Assert.StartsWith("EUR/USD;EUR/USD;Forex;;;", await LineAsync("EUR/USD"), StringComparison.Ordinal);

        await _server.FaultAsync("""[{"provider":"twelve-data","kind":"no-unit"},{"provider":"twelve-data","kind":"foreign-listing"}]""");
        Assert.StartsWith("AAPL;Apple Inc.;BVL;XLIM;;2026-06-17;", await LineAsync("AAPL"), StringComparison.Ordinal);
    }

    private async Task<string> LineAsync(string symbol) => (await _server.TwelveDataAsync(symbol, more: "&format=csv")).Body.Split('\n')[1];

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString()!; // Asserted texts are there.
}
