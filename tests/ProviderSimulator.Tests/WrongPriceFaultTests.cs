using System.Globalization;
using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

/// <summary>Faults that leave the answer well-formed and make it wrong.</summary>
public sealed class WrongPriceFaultTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task No_unit_leaves_the_currency_out()
    {
        Assert.Equal("USD", (await QuoteAsync("twelve-data")).GetProperty("currency").GetString());
        Assert.False((await QuoteAsync("twelve-data", "\"kind\":\"no-unit\"")).TryGetProperty("currency", out _));
    }

    [Fact]
    public async Task A_foreign_listing_has_other_prices_and_names_its_exchange_where_the_provider_names_one()
    {
        const string fault = "\"kind\":\"foreign-listing\",\"factor\":1.2";
        var right = Number(await QuoteAsync("eodhd"), "close");

        var answer = await QuoteAsync("twelve-data", fault);
        Assert.Equal(("BVL", "XLIM"), (answer.GetProperty("exchange").GetString(), answer.GetProperty("mic_code").GetString()));
        var eodhd = await QuoteAsync("eodhd", fault);
        Assert.Equal("AAPL.BVL", eodhd.GetProperty("code").GetString());
        Assert.InRange(Number(eodhd, "close") / right, 1.19m, 1.21m);
        Assert.Equal(
            "AAPL.BVL",
            (await QuoteAsync("alpha-vantage", fault)).GetProperty("Global Quote").GetProperty("01. symbol").GetString()
        );
    }

    [Theory]
    [InlineData("finnhub", "c", "pc")]
    [InlineData("twelve-data", "close", "previous_close")]
    [InlineData("eodhd", "close", "previousClose")]
    public async Task On_the_morning_of_a_split_only_the_previous_close_is_of_before(string provider, string price, string previousClose)
    {
        var right = await QuoteAsync(provider);

        var answer = await QuoteAsync(provider, "\"kind\":\"split-morning\",\"factor\":10");

        Assert.InRange(Number(answer, previousClose) / Number(right, previousClose), 9.99m, 10.01m);
        Assert.InRange(Number(answer, price) / Number(right, price), 0.9m, 1.1m);
    }

    [Theory]
    [InlineData("massive", "lastTrade", "prevDay", "p")]
    [InlineData("alpaca", "latestTrade", "prevDailyBar", "p")]
    public async Task The_bar_of_the_day_before_is_of_before_the_split_too(string provider, string trade, string previousDay, string price)
    {
        var root = await QuoteAsync(provider, "\"kind\":\"split-morning\",\"factor\":10");
        var answer = root.TryGetProperty("ticker", out var ticker) ? ticker : root.GetProperty("AAPL");

        Assert.InRange(Number(answer.GetProperty(previousDay), "c") / Number(answer.GetProperty(trade), price), 7, 13);
    }

    [Theory]
    [InlineData("finnhub", "t", "milliseconds", 13)]
    [InlineData("finnhub", "t", "nanoseconds", 19)]
    [InlineData("twelve-data", "last_quote_at", "microseconds", 16)]
    [InlineData("eodhd", "timestamp", "milliseconds", 13)]
    public async Task Times_are_in_another_unit(string provider, string field, string unit, int digits) =>
        Assert.Equal(
            digits,
            (await QuoteAsync(provider, $"\"kind\":\"time-unit\",\"unit\":\"{unit}\"")).GetProperty(field).GetRawText().Length
        );

    [Fact]
    public async Task Nanoseconds_become_seconds()
    {
        var trade = (await QuoteAsync("massive", "\"kind\":\"time-unit\",\"unit\":\"seconds\""))
            .GetProperty("ticker")
            .GetProperty("lastTrade");

        Assert.Equal(10, trade.GetProperty("t").GetRawText().Length);
    }

    [Fact]
    public async Task A_block_page_is_that_of_a_CDN()
    {
        await _server.FaultAsync("""{"provider":"massive","kind":"block-page"}""");

        var answer = await _server.QuoteAsync("massive");

        Assert.Equal((403, "text/html"), (answer.Status, answer.ContentType));
        Assert.Equal(("cloudflare", "challenge"), (answer.Header("Server"), answer.Header("cf-mitigated")));
    }

    [Fact]
    public async Task A_stuck_vendor_gives_an_old_price_with_a_fresh_time()
    {
        await _server.SendAsync(HttpMethod.Post, "/admin/clock", """{"set":"2025-06-18T17:00:00Z","running":false}""");
        await _server.FaultAsync("""{"provider":"finnhub","kind":"stuck","seconds":0}""");
        var before = (await _server.QuoteAsync("finnhub")).Json;
        await _server.SendAsync(HttpMethod.Post, "/admin/clock", """{"advanceSeconds":3600}""");

        var after = (await _server.QuoteAsync("finnhub")).Json;

        Assert.Equal(Number(before, "c"), Number(after, "c"));
        Assert.Equal(3600, Number(after, "t") - Number(before, "t"));
    }

    [Fact]
    public async Task A_doubled_price_leaves_the_rest_alone()
    {
        var right = await QuoteAsync("finnhub");

        var answer = await QuoteAsync("finnhub", "\"kind\":\"doubled-price\"");

        Assert.InRange(Number(answer, "c") / Number(right, "c"), 1.99m, 2.01m);
        Assert.Equal(Number(right, "pc"), Number(answer, "pc"));
    }

    [Fact]
    public async Task Float_noise_is_that_of_32_bits()
    {
        var noisy = Number(await QuoteAsync("finnhub", "\"kind\":\"float-noise\""), "pc");
        var right = Number(await QuoteAsync("finnhub"), "pc");

        Assert.Equal(Math.Round(new decimal((double)(float)right), 7), noisy);
    }

    [Fact]
    public async Task A_book_may_be_crossed_or_empty()
    {
        var crossed = (await QuoteAsync("massive", "\"kind\":\"crossed-book\"")).GetProperty("ticker").GetProperty("lastQuote");
        Assert.True(Number(crossed, "p") > Number(crossed, "P"));

        var stub = (await QuoteAsync("massive", "\"kind\":\"stub-book\"")).GetProperty("ticker").GetProperty("lastQuote");
        Assert.Equal((0.01m, 199_999.99m), (Number(stub, "p"), Number(stub, "P")));
    }

    private async Task<JsonElement> QuoteAsync(string provider, string? fault = null)
    {
        await _server.SendAsync(HttpMethod.Delete, "/admin/faults");
        if (fault is not null)
        {
            await _server.FaultAsync($$"""{"provider":"{{provider}}",{{fault}}}""");
        }

        return (await _server.QuoteAsync(provider)).Json;
    }

    private static decimal Number(JsonElement parent, string name) =>
        decimal.Parse(parent.GetProperty(name).GetRawText().Trim('"'), NumberStyles.Float, CultureInfo.InvariantCulture);
}
