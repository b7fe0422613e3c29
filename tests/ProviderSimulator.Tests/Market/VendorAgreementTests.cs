using System.Globalization;
using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

/// <summary>The fields of one instant agree over the vendors, in the session and after it.</summary>
public sealed class VendorAgreementTests
{
    [Fact]
    public async Task The_opening_and_the_volume_of_one_instant_are_the_same_everywhere()
    {
        await using var server = await SimulatorServer.StartAsync();
        var (finnhub, alphaVantage) = (await server.QuoteAsync("finnhub"), await server.QuoteAsync("alpha-vantage"));
        var (twelveData, massive, alpaca) = (
            await server.QuoteAsync("twelve-data"),
            await server.QuoteAsync("massive"),
            await server.QuoteAsync("alpaca")
        );
        server.Clock.Advance(TimeSpan.FromMinutes(15));
        var eodhd = await server.QuoteAsync("eodhd");

        var open = Number(finnhub, "o");
        Assert.Equal(
            [open, open, open, open],
            [
                Number(alphaVantage, "Global Quote/02. open"),
                Number(massive, "ticker/day/o"),
                Number(alpaca, "AAPL/dailyBar/o"),
                Number(eodhd, "open"),
            ]
        );
        Assert.Equal((float)open, (float)Number(twelveData, "open"));
        var volume = Number(massive, "ticker/day/v");
        Assert.Equal(
            [volume, volume, volume, volume],
            [
                Number(alphaVantage, "Global Quote/06. volume"),
                Number(twelveData, "volume"),
                Number(alpaca, "AAPL/dailyBar/v"),
                Number(eodhd, "volume"),
            ]
        );
    }

    [Theory]
    [InlineData("AAPL")]
    [InlineData("JPM")]
    [InlineData("BRK.A")]
    [InlineData("T0777")]
    public async Task After_the_close_the_price_is_the_official_close_and_the_next_sessions_previous_close(string ticker)
    {
        await using var server = await SimulatorServer.StartAsync("--market", "venue", "--quotas", "off");
        server.Clock.AdvanceTo(new DateTimeOffset(2026, 6, 17, 20, 30, 0, TimeSpan.Zero));
        var finnhub = await server.QuoteAsync("finnhub", ticker);
        var close = Number(finnhub, "c");

        Assert.Equal(new DateTimeOffset(2026, 6, 17, 20, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), Number(finnhub, "t"));
        Assert.Equal(
            [close, close, close],
            [
                Number(await server.QuoteAsync("alpha-vantage", ticker.Replace('.', '-')), "Global Quote/05. price"),
                Number(await server.QuoteAsync("massive", ticker), "ticker/lastTrade/p"),
                Number(await server.AlpacaAsync($"snapshots?symbols={ticker}"), ticker + "/latestTrade/p"),
            ]
        );
        Assert.Equal(close, Number(await server.QuoteAsync("eodhd", ticker.Replace('.', '-')), "close"));

        server.Clock.AdvanceTo(new DateTimeOffset(2026, 6, 18, 14, 0, 0, TimeSpan.Zero));
        Assert.Equal(close, Number(await server.QuoteAsync("finnhub", ticker), "pc"));
    }

    [Theory]
    [InlineData("VOD.L", "VOD:LSE", "VOD.LSE")]
    [InlineData("SAP.DE", "SAP:XETR", "SAP.XETRA")]
    [InlineData("7203.T", "7203:JPX", "7203.TSE")]
    [InlineData("NPN.JO", "NPN:JSE", "NPN.JSE")]
    [InlineData("NESN.SW", "NESN:SIX", "NESN.SW")]
    public async Task Listings_outside_the_US_have_one_price_in_one_unit(string finnhub, string twelveData, string eodhd)
    {
        await using var server = await SimulatorServer.StartAsync();
        var prices = new List<decimal>
        {
            Number(await server.FinnhubAsync(finnhub), "c"),
            Number(await server.TwelveDataAsync(twelveData), "close"),
        };
        server.Clock.Advance(TimeSpan.FromMinutes(15));
        prices.Add(Number(await server.EodhdAsync(eodhd), "close"));

        // Four basis points of noise, and the rounding of both.
        Assert.InRange((prices.Max() - prices.Min()) / prices.Max(), 0, 0.0006m);
    }

    [Theory]
    [InlineData("finnhub", "c", "l", "h", "")]
    [InlineData("massive", "lastTrade/p", "day/l", "day/h", "ticker/")]
    [InlineData("eodhd", "close", "low", "high", "")]
    [InlineData("alpha-vantage", "05. price", "04. low", "03. high", "Global Quote/")]
    public async Task A_price_lies_in_its_days_range_at_every_hour(string provider, string price, string low, string high, string parent)
    {
        await using var server = await SimulatorServer.StartAsync("--quotas", "off");
        for (var hour = 0; hour < 24; hour++)
        {
            var answer = await server.QuoteAsync(provider);
            Assert.InRange(Number(answer, parent + price), Number(answer, parent + low), Number(answer, parent + high));
            server.Clock.Advance(TimeSpan.FromMinutes(61));
        }
    }

    private static decimal Number(Answer answer, string path)
    {
        var field = path.Split('/').Aggregate(answer.Json, (element, name) => element.GetProperty(name));
        return field.ValueKind == JsonValueKind.String
            ? decimal.Parse(field.GetString()!, CultureInfo.InvariantCulture)
            : field.GetDecimal();
    }
}
