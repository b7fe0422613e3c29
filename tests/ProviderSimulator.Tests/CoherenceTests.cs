using System.Globalization;
using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

public sealed class CoherenceTests
{
    private const decimal ToleranceBps = 6;

    [Fact]
    public async Task All_six_tell_the_same_price_within_a_few_basis_points()
    {
        await using var server = await SimulatorServer.StartAsync("--quotas", "off");
        foreach (var ticker in (string[])["AAPL", "MSFT", "JPM", "XOM", "SPY", "T0001", "T1234", "T2000"])
        {
            var prices = new List<decimal>();
            foreach (var provider in (string[])["finnhub", "alpha-vantage", "twelve-data", "massive", "alpaca"])
            {
                prices.Add(PriceOf(provider, ticker, await server.QuoteAsync(provider, ticker)));
            }

            // The delayed one says the same a quarter of an hour later.
            server.Clock.Advance(TimeSpan.FromMinutes(15));
            prices.Add(PriceOf("eodhd", ticker, await server.QuoteAsync("eodhd", ticker)));

            // A cent up or down comes from rounding.
            var spread = prices.Max() - prices.Min() - 0.01m;
            Assert.True(spread * 10_000 / prices[0] <= ToleranceBps, $"{ticker}: {string.Join(", ", prices)}");
        }
    }

    [Fact]
    public async Task Consolidated_feeds_agree_on_the_previous_close()
    {
        await using var server = await SimulatorServer.StartAsync();
        var closes = new[]
        {
            (await server.QuoteAsync("finnhub")).Json.GetProperty("pc").GetDecimal(),
            (await server.QuoteAsync("massive")).Json.GetProperty("ticker").GetProperty("prevDay").GetProperty("c").GetDecimal(),
            (await server.QuoteAsync("alpaca")).Json.GetProperty("AAPL").GetProperty("prevDailyBar").GetProperty("c").GetDecimal(),
            (await server.QuoteAsync("eodhd")).Json.GetProperty("previousClose").GetDecimal(),
            Number((await server.QuoteAsync("alpha-vantage")).Json.GetProperty("Global Quote").GetProperty("08. previous close")),
        };

        Assert.Single(closes.Distinct());
    }

    [Fact]
    public async Task The_London_line_and_the_ADR_are_two_instruments()
    {
        await using var server = await SimulatorServer.StartAsync();

        var adr = (await server.FinnhubAsync("VOD")).Json.GetProperty("c").GetDecimal();
        var london = (await server.FinnhubAsync("VOD.L")).Json.GetProperty("c").GetDecimal();

        Assert.True(london > adr * 5);
    }

    [Fact]
    public async Task Two_simulators_with_one_seed_say_the_same()
    {
        await using var one = await SimulatorServer.StartAsync("--seed", "42");
        await using var other = await SimulatorServer.StartAsync("--seed", "42");

        foreach (var provider in (string[])["finnhub", "alpha-vantage", "twelve-data", "massive", "alpaca", "eodhd"])
        {
            Assert.Equal((await one.QuoteAsync(provider)).Body, (await other.QuoteAsync(provider)).Body);
        }
    }

    private static decimal PriceOf(string provider, string ticker, Answer answer) =>
        provider switch
        {
            "finnhub" => answer.Json.GetProperty("c").GetDecimal(),
            "alpha-vantage" => Number(answer.Json.GetProperty("Global Quote").GetProperty("05. price")),
            "twelve-data" => Number(answer.Json.GetProperty("close")),
            "massive" => answer.Json.GetProperty("ticker").GetProperty("lastTrade").GetProperty("p").GetDecimal(),
            "alpaca" => answer.Json.GetProperty(ticker).GetProperty("latestTrade").GetProperty("p").GetDecimal(),
            _ => answer.Json.GetProperty("close").GetDecimal(),
        };

    private static decimal Number(JsonElement text) => decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture);
}
