using System.Globalization;
using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

/// <summary>Well-formed answers with wrong contents: other schemas, old quotes, wrong prices and currencies.</summary>
public sealed class ContentFaultTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public static TheoryData<string> Providers => ["finnhub", "alpha-vantage", "twelve-data", "massive", "alpaca", "eodhd"];

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("finnhub", "\"c_v2\":")]
    [InlineData("alpha-vantage", "\"05. price_v2\": ")]
    [InlineData("twelve-data", "\"close_v2\":")]
    [InlineData("massive", "\"p_v2\":")]
    [InlineData("alpaca", "\"p_v2\":")]
    [InlineData("eodhd", "\"close_v2\":")]
    public async Task A_schema_may_rename_its_fields(string provider, string holds)
    {
        await _server.FaultAsync($$"""{"provider":"{{provider}}","kind":"drift"}""");

        Assert.Contains(holds, (await _server.QuoteAsync(provider)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_may_change_its_types()
    {
        await _server.FaultAsync(
            """[{"provider":"finnhub","kind":"drift","drift":"retyped"},{"provider":"twelve-data","kind":"drift","drift":"swapped"},{"provider":"eodhd","kind":"drift","drift":"swapped"}]"""
        );

        Assert.True((await _server.QuoteAsync("finnhub")).Json.GetProperty("c").GetProperty("value").GetDecimal() > 0);
        Assert.Equal(JsonValueKind.Number, (await _server.QuoteAsync("twelve-data")).Json.GetProperty("close").ValueKind);
        Assert.Equal(JsonValueKind.String, (await _server.QuoteAsync("eodhd")).Json.GetProperty("close").ValueKind);
    }

    [Fact]
    public async Task Numbers_may_become_texts_that_mean_nothing()
    {
        await _server.FaultAsync(
            """
            [{"provider":"finnhub","kind":"bad-numbers"},
             {"provider":"alpha-vantage","kind":"bad-numbers","text":"None"},
             {"provider":"massive","kind":"bad-numbers","text":"NaN","raw":true}]
            """
        );

        Assert.Equal("NaN", (await _server.QuoteAsync("finnhub")).Json.GetProperty("c").GetString());
        Assert.Equal(
            "None",
            (await _server.QuoteAsync("alpha-vantage")).Json.GetProperty("Global Quote").GetProperty("05. price").GetString()
        );
        var raw = await _server.QuoteAsync("massive");
        Assert.Contains("\"p\":NaN", raw.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stale_quote_is_an_old_one_with_its_old_time()
    {
        var good = (await _server.QuoteAsync("finnhub")).Json;
        await _server.FaultAsync("""{"provider":"finnhub","kind":"stale","seconds":7200}""");

        var stale = (await _server.QuoteAsync("finnhub")).Json;

        Assert.InRange(good.GetProperty("t").GetInt64() - stale.GetProperty("t").GetInt64(), 7_198, 7_202);
        Assert.NotEqual(good.GetProperty("c").GetDecimal(), stale.GetProperty("c").GetDecimal());
    }

    [Fact]
    public async Task A_frozen_provider_repeats_itself_while_the_clock_goes_on()
    {
        await _server.FaultAsync("""{"provider":"finnhub","kind":"frozen"}""");
        var before = (await _server.QuoteAsync("finnhub")).Body;

        _server.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(before, (await _server.QuoteAsync("finnhub")).Body);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_wrong_price_is_wrong_by_its_factor_and_consistent_with_itself(string provider)
    {
        var right = Prices(await _server.QuoteAsync(provider));
        await _server.FaultAsync($$"""{"provider":"{{provider}}","kind":"wrong-price","factor":1.5}""");

        var wrong = Prices(await _server.QuoteAsync(provider));

        Assert.InRange(wrong.Price / right.Price, 1.499m, 1.501m);
        Assert.InRange(wrong.PreviousClose / right.PreviousClose, 1.499m, 1.501m);
    }

    [Fact]
    public async Task A_wrong_currency_is_named_where_the_provider_names_one()
    {
        var right = Prices(await _server.QuoteAsync("twelve-data"));
        await _server.FaultAsync("""{"provider":"twelve-data","kind":"wrong-currency","currency":"EUR","factor":0.5}""");

        var answer = await _server.QuoteAsync("twelve-data");

        Assert.Equal("EUR", answer.Json.GetProperty("currency").GetString());
        Assert.InRange(Prices(answer).Price / right.Price, 0.499m, 0.501m);
    }

    private static (decimal Price, decimal PreviousClose) Prices(Answer answer)
    {
        var root = answer.Json;
        if (root.TryGetProperty("c", out var flat))
        {
            return (flat.GetDecimal(), root.GetProperty("pc").GetDecimal());
        }

        if (root.TryGetProperty("Global Quote", out var global))
        {
            return (Number(global.GetProperty("05. price")), Number(global.GetProperty("08. previous close")));
        }

        if (root.TryGetProperty("ticker", out var ticker))
        {
            return (
                ticker.GetProperty("lastTrade").GetProperty("p").GetDecimal(),
                ticker.GetProperty("prevDay").GetProperty("c").GetDecimal()
            );
        }

        if (root.TryGetProperty("AAPL", out var alpaca))
        {
            return (
                alpaca.GetProperty("latestTrade").GetProperty("p").GetDecimal(),
                alpaca.GetProperty("prevDailyBar").GetProperty("c").GetDecimal()
            );
        }

        return root.TryGetProperty("previousClose", out var previous)
            ? (root.GetProperty("close").GetDecimal(), previous.GetDecimal())
            : (Number(root.GetProperty("close")), Number(root.GetProperty("previous_close")));
    }

    private static decimal Number(JsonElement text) => decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture);
}
