namespace Quorum.ProviderSimulator.Tests;

public sealed class FinnhubWireTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Rates_of_a_base_are_numbers_for_every_other_currency()
    {
        var rates = (await RatesAsync("USD")).Json;

        Assert.Equal("USD", rates.GetProperty("base").GetString());
        Assert.Equal(
            Currencies.All.Select(currency => currency.Code).Where(code => code != "USD").Order(StringComparer.Ordinal),
            rates.GetProperty("quote").EnumerateObject().Select(rate => rate.Name).Order(StringComparer.Ordinal)
        );
        Assert.All(rates.GetProperty("quote").EnumerateObject(), rate => Assert.True(rate.Value.GetDecimal() > 0));
    }

    [Fact]
    public async Task Rates_need_a_paid_plan()
    {
        var answer = await RatesAsync("EUR", "sim-free");

        Assert.Equal((403, """{"error":"You don't have access to this resource."}"""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task An_unknown_symbol_outside_the_US_is_zeros_and_not_a_matter_of_the_plan() =>
        Assert.StartsWith("""{"c":0,""", (await _server.FinnhubAsync("NOSUCH.L", "sim-free")).Body, StringComparison.Ordinal);

    [Fact]
    public async Task Class_shares_are_known_with_a_dot_and_with_a_hyphen() =>
        Assert.Equal((await _server.FinnhubAsync("BRK.B")).Body, (await _server.FinnhubAsync("BRK-B")).Body);

    [Theory]
    [InlineData("aapl")]
    [InlineData("AAPL.US")]
    [InlineData("VOD.LON")]
    public async Task Another_spelling_is_an_unknown_symbol(string symbol) =>
        Assert.StartsWith("""{"c":0,""", (await _server.FinnhubAsync(symbol)).Body, StringComparison.Ordinal);

    [Fact]
    public async Task The_key_in_the_header_goes_before_the_one_in_the_query()
    {
        var both = await _server.GetAsync("/finnhub/api/v1/quote?symbol=AAPL&token=wrong", ("X-Finnhub-Token", "sim-key"));
        Assert.Equal(200, both.Status);
        Assert.Equal(401, (await _server.GetAsync("/finnhub/api/v1/quote?symbol=AAPL&token=sim-key", ("X-Finnhub-Token", "wrong"))).Status);
    }

    [Fact]
    public async Task A_valid_symbol_may_be_zeros_or_have_no_time()
    {
        await _server.FaultAsync(
            """[{"provider":"finnhub","symbol":"AAPL","kind":"shape","shape":"zeros"},{"provider":"finnhub","symbol":"MSFT","kind":"shape","shape":"no-time"}]"""
        );

        Assert.Equal("""{"c":0,"d":null,"dp":null,"h":0,"l":0,"o":0,"pc":0,"t":0}""", (await _server.FinnhubAsync("AAPL")).Body);
        var timeless = (await _server.FinnhubAsync("MSFT")).Json;
        Assert.Equal(0, timeless.GetProperty("t").GetInt64());
        Assert.True(timeless.GetProperty("c").GetDecimal() > 0);
    }

    [Fact]
    public async Task A_redirect_names_its_target()
    {
        await _server.FaultAsync("""{"provider":"finnhub","kind":"shape","shape":"redirect"}""");

        Assert.Equal("https://finnhub.io/", (await _server.FinnhubAsync("AAPL")).Header("Location"));
    }

    [Fact]
    public async Task Each_good_answer_counts_down_the_minute()
    {
        Assert.Equal("59", (await _server.FinnhubAsync("AAPL", "sim-free")).Header("X-Ratelimit-Remaining"));
        var second = await _server.FinnhubAsync("NOSUCH", "sim-free");

        Assert.Equal(("60", "58"), (second.Header("X-Ratelimit-Limit"), second.Header("X-Ratelimit-Remaining")));
        Assert.Null(second.Header("Retry-After"));
    }

    private Task<Answer> RatesAsync(string currency, string key = "sim-key") =>
        _server.GetAsync($"/finnhub/api/v1/forex/rates?base={currency}", ("X-Finnhub-Token", key));
}
