using System.Globalization;
using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

/// <summary>Pairs of currencies: five wire formats of one coherent market.</summary>
public sealed class CurrencyTests
{
    [Fact]
    public async Task Five_providers_tell_the_same_rate_within_a_few_basis_points()
    {
        await using var server = await SimulatorServer.StartAsync("--quotas", "off");
        var rates = new List<decimal>
        {
            await FinnhubAsync(server, "EUR", "USD"),
            await AlphaVantageAsync(server, "EUR", "USD"),
            await TwelveDataAsync(server, "EUR/USD"),
            await MassiveAsync(server, "C:EURUSD"),
        };
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        rates.Add((await server.EodhdAsync("EURUSD.FOREX")).Json.GetProperty("close").GetDecimal());

        Assert.True((rates.Max() - rates.Min()) * 10_000 / rates[0] <= 6, string.Join(", ", rates));
    }

    [Theory]
    [InlineData("EUR/GBP", "GBP/USD", "EUR/USD")]
    [InlineData("USD/JPY", "EUR/USD", "EUR/JPY")]
    [InlineData("NOK/SEK", "USD/NOK", "USD/SEK")]
    public async Task Two_pairs_give_the_third(string one, string other, string third)
    {
        await using var server = await SimulatorServer.StartAsync("--quotas", "off");
        for (var hour = 0; hour < 3; hour++)
        {
            var product = await TwelveDataAsync(server, one) * await TwelveDataAsync(server, other);
            var rate = await TwelveDataAsync(server, third);

            Assert.InRange(product / rate, 0.999m, 1.001m); // rounding, and the noise of the feed
            server.Clock.Advance(TimeSpan.FromHours(1));
        }
    }

    [Fact]
    public async Task A_base_has_the_inverse_of_the_pairs_in_which_it_is_the_second_currency()
    {
        await using var server = await SimulatorServer.StartAsync("--quotas", "off");

        var product = await FinnhubAsync(server, "EUR", "USD") * await FinnhubAsync(server, "USD", "EUR");

        Assert.InRange(product, 0.9999m, 1.0001m);
    }

    [Fact]
    public async Task An_unknown_pair_is_answered_as_each_provider_answers_an_unknown_symbol()
    {
        await using var server = await SimulatorServer.StartAsync("--quotas", "off");

        Assert.Contains("Invalid API call", (await RateAsync(server, "EUR", "XXX")).Body, StringComparison.Ordinal);
        Assert.Equal(404, (await server.TwelveDataAsync("EUR/XXX")).Status);
        Assert.Equal(404, (await server.MassiveAsync("/v2/snapshot/locale/global/markets/forex/tickers/C:EURXXX")).Status);
        Assert.Equal(404, (await server.MassiveAsync("/v2/snapshot/locale/global/markets/forex/tickers/AAPL")).Status);
        Assert.Equal(404, (await server.MassiveSnapshotAsync("C:EURUSD")).Status);
        Assert.Equal("NA", (await server.EodhdAsync("EURXXX.FOREX")).Json.GetProperty("close").GetString());
        Assert.Empty((await RatesAsync(server, "XXX")).Json.GetProperty("quote").EnumerateObject());
    }

    private static Task<Answer> RatesAsync(SimulatorServer server, string currency) =>
        server.GetAsync($"/finnhub/api/v1/forex/rates?base={currency}", ("X-Finnhub-Token", "sim-key"));

    private static async Task<decimal> FinnhubAsync(SimulatorServer server, string from, string to) =>
        (await RatesAsync(server, from)).Json.GetProperty("quote").GetProperty(to).GetDecimal();

    private static Task<Answer> RateAsync(SimulatorServer server, string from, string to) =>
        server.GetAsync($"/alpha-vantage/query?function=CURRENCY_EXCHANGE_RATE&from_currency={from}&to_currency={to}&apikey=sim-key");

    private static async Task<decimal> AlphaVantageAsync(SimulatorServer server, string from, string to) =>
        Number((await RateAsync(server, from, to)).Json.GetProperty("Realtime Currency Exchange Rate").GetProperty("5. Exchange Rate"));

    private static async Task<decimal> TwelveDataAsync(SimulatorServer server, string pair) =>
        Number((await server.TwelveDataAsync(pair)).Json.GetProperty("close"));

    private static async Task<decimal> MassiveAsync(SimulatorServer server, string pair)
    {
        var quote = (await server.MassiveAsync("/v2/snapshot/locale/global/markets/forex/tickers/" + pair))
            .Json.GetProperty("ticker")
            .GetProperty("lastQuote");
        return (quote.GetProperty("a").GetDecimal() + quote.GetProperty("b").GetDecimal()) / 2;
    }

    private static decimal Number(JsonElement text) => decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture);
}
