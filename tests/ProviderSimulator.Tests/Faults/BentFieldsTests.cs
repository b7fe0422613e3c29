using System.Globalization;
using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

public sealed class BentFieldsTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("finnhub", "retyped", "c", "{value: number}")]
    [InlineData("finnhub", "swapped", "c", "text")]
    [InlineData("finnhub", "none", "c", "number")]
    [InlineData("finnhub", "retyped", "t", "{value: number}")]
    [InlineData("finnhub", "swapped", "t", "text")]
    [InlineData("twelve-data", "retyped", "close", "{value: text}")]
    [InlineData("twelve-data", "swapped", "last_quote_at", "text")]
    [InlineData("alpha-vantage", "retyped", "Global Quote/05. price", "{value: text}")]
    [InlineData("alpha-vantage", "swapped", "Global Quote/05. price", "number")]
    [InlineData("alpha-vantage", "swapped", "Global Quote/10. change percent", "number")]
    [InlineData("massive", "swapped", "ticker/lastTrade/p", "text")]
    [InlineData("alpaca", "retyped", "AAPL/dailyBar/v", "{value: number}")]
    [InlineData("eodhd", "retyped", "close", "{value: number}")]
    public async Task A_drift_changes_the_type_of_numbers_and_of_numeric_texts(string provider, string drift, string path, string shape)
    {
        await _server.FaultAsync($$"""{"provider":"{{provider}}","kind":"drift","drift":"{{drift}}"}""");

        Assert.Equal(shape, JsonShape.Of(Field(await _server.QuoteAsync(provider), path)));
    }

    [Theory]
    [InlineData("finnhub", "t")]
    [InlineData("twelve-data", "last_quote_at")]
    [InlineData("massive", "ticker/lastTrade/t")]
    [InlineData("eodhd", "timestamp")]
    public async Task Bad_numbers_leave_times_alone(string provider, string path)
    {
        await _server.FaultAsync(
            $$"""[{"provider":"{{provider}}","kind":"bad-numbers"},{"provider":"{{provider}}","kind":"float-noise"}]"""
        );

        Assert.Equal(JsonValueKind.Number, Field(await _server.QuoteAsync(provider), path).ValueKind);
    }

    [Theory]
    [InlineData("finnhub", "t", 10)]
    [InlineData("massive", "ticker/min/t", 13)]
    [InlineData("massive", "ticker/lastTrade/t", 19)]
    public async Task A_time_in_its_documented_unit_stays_as_it_is(string provider, string path, int digits)
    {
        var right = Field(await _server.QuoteAsync(provider), path).GetRawText();
        var unit = digits switch
        {
            10 => "seconds",
            13 => "milliseconds",
            _ => "nanoseconds",
        };
        await _server.FaultAsync($$"""{"provider":"{{provider}}","kind":"time-unit","unit":"{{unit}}"}""");

        var text = Field(await _server.QuoteAsync(provider), path).GetRawText();

        Assert.Equal((right, digits), (text, text.Length));
    }

    [Fact]
    public async Task Every_time_of_an_answer_gets_the_one_unit()
    {
        await _server.FaultAsync("""{"provider":"massive","kind":"time-unit","unit":"microseconds"}""");

        var answer = await _server.QuoteAsync("massive");

        Assert.All(
            (string[])["ticker/updated", "ticker/min/t", "ticker/lastTrade/t", "ticker/lastQuote/t"],
            path => Assert.Equal(16, Field(answer, path).GetRawText().Length)
        );
    }

    [Fact]
    public async Task A_missing_time_has_no_unit()
    {
        await _server.FaultAsync(
            """[{"provider":"finnhub","kind":"shape","shape":"no-time"},{"provider":"finnhub","kind":"time-unit","unit":"nanoseconds"}]"""
        );

        Assert.Equal(0, Field(await _server.QuoteAsync("finnhub"), "t").GetInt64());
    }

    [Theory]
    [InlineData("alpha-vantage", "Global Quote/05. price")]
    [InlineData("twelve-data", "previous_close")]
    public async Task Float_noise_is_in_texts_too(string provider, string path)
    {
        var right = Field(await _server.QuoteAsync(provider), path).GetString()!;
        await _server.FaultAsync($$"""{"provider":"{{provider}}","kind":"float-noise"}""");

        var noisy = Field(await _server.QuoteAsync(provider), path).GetString()!;

        Assert.NotEqual(right, noisy);
        Assert.Equal(float.Parse(right, CultureInfo.InvariantCulture), float.Parse(noisy, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Raw_numbers_are_any_JSON()
    {
        await _server.FaultAsync("""{"provider":"alpaca","kind":"bad-numbers","text":"[1e3]","raw":true}""");

        Assert.Equal("[number]", JsonShape.Of(Field(await _server.QuoteAsync("alpaca"), "AAPL/latestTrade/p")));
    }

    private static JsonElement Field(Answer answer, string path) =>
        path.Split('/').Aggregate(answer.Json, (element, name) => element.GetProperty(name));
}
