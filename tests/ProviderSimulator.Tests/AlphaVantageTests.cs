using System.Globalization;
using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

public sealed class AlphaVantageTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_quote_has_ten_texts_with_numbered_names()
    {
        var answer = await _server.AlphaVantageAsync("AAPL");

        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        var quote = answer.Json.GetProperty("Global Quote");
        Assert.Equal(
            [
                "01. symbol",
                "02. open",
                "03. high",
                "04. low",
                "05. price",
                "06. volume",
                "07. latest trading day",
                "08. previous close",
                "09. change",
                "10. change percent",
            ],
            quote.EnumerateObject().Select(member => member.Name)
        );
        Assert.All(quote.EnumerateObject(), member => Assert.Equal(JsonValueKind.String, member.Value.ValueKind));
        Assert.Matches(@"^\d+\.\d{4}$", quote.GetProperty("05. price").GetString());
        Assert.Matches(@"^-?\d+\.\d{4}%$", quote.GetProperty("10. change percent").GetString());
    }

    [Fact]
    public async Task Without_an_entitlement_the_quote_is_the_last_finished_sessions()
    {
        var endOfDay = (await _server.AlphaVantageAsync("AAPL")).Json.GetProperty("Global Quote");
        var realTime = (await _server.AlphaVantageAsync("AAPL", more: "&entitlement=realtime")).Json.GetProperty("Global Quote");

        Assert.Equal("2026-06-16", endOfDay.GetProperty("07. latest trading day").GetString());
        Assert.Equal("2026-06-17", realTime.GetProperty("07. latest trading day").GetString());
        Assert.Equal(endOfDay.GetProperty("05. price").GetString(), realTime.GetProperty("08. previous close").GetString());
    }

    [Fact]
    public async Task A_delayed_entitlement_changes_the_outer_key()
    {
        var answer = await _server.AlphaVantageAsync("AAPL", more: "&entitlement=delayed");

        Assert.Equal("AAPL", answer.Json.GetProperty("Global Quote - DATA DELAYED BY 15 MINUTES").GetProperty("01. symbol").GetString());
    }

    [Fact]
    public async Task An_entitlement_is_beyond_the_free_plan()
    {
        var answer = await _server.AlphaVantageAsync("AAPL", "sim-free", "&entitlement=realtime");

        Assert.Equal(200, answer.Status);
        Assert.Contains("This is a premium endpoint", answer.Json.GetProperty("Information").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_symbol_is_an_empty_quote()
    {
        var answer = await _server.AlphaVantageAsync("NOSUCH");

        Assert.Equal(200, answer.Status);
        Assert.Empty(answer.Json.GetProperty("Global Quote").EnumerateObject());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    public async Task A_bad_key_is_an_error_message_with_status_200(string? key)
    {
        var answer = await _server.AlphaVantageAsync("AAPL", key);

        Assert.Equal(200, answer.Status);
        Assert.StartsWith(
            "the parameter apikey is invalid or missing.",
            answer.Json.GetProperty("Error Message").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_call_without_a_symbol_is_invalid()
    {
        var answer = await _server.GetAsync("/alpha-vantage/query?function=GLOBAL_QUOTE&apikey=sim-key");

        Assert.StartsWith("Invalid API call.", answer.Json.GetProperty("Error Message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_free_plan_has_one_request_a_second_and_25_a_day()
    {
        for (var call = 0; call < 25; call++)
        {
            Assert.True((await _server.AlphaVantageAsync("AAPL", "sim-free")).Json.TryGetProperty("Global Quote", out _));
            var burst = await _server.AlphaVantageAsync("AAPL", "sim-free");
            Assert.Equal(200, burst.Status);
            Assert.Contains("1 request per second", burst.Body, StringComparison.Ordinal);
            _server.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var spent = await _server.AlphaVantageAsync("AAPL", "sim-free");
        Assert.Contains(
            "standard API rate limit is 25 requests per day",
            spent.Json.GetProperty("Information").GetString(),
            StringComparison.Ordinal
        );

        _server.Clock.AdvanceTo(new DateTimeOffset(2026, 6, 18, 0, 0, 0, TimeSpan.Zero));
        Assert.True((await _server.AlphaVantageAsync("AAPL", "sim-free")).Json.TryGetProperty("Global Quote", out _));
    }

    [Theory]
    [InlineData("VOD", 5, 15)]
    [InlineData("VOD.LON", 60, 90)]
    [InlineData("SAP.DEX", 200, 300)]
    [InlineData("BRK-B", 400, 600)]
    [InlineData("0700.HKG", 400, 600)]
    public async Task Own_suffixes_name_the_listing(string symbol, int low, int high)
    {
        var quote = (await _server.AlphaVantageAsync(symbol)).Json.GetProperty("Global Quote");

        Assert.Equal(symbol, quote.GetProperty("01. symbol").GetString());
        Assert.InRange(decimal.Parse(quote.GetProperty("05. price").GetString()!, CultureInfo.InvariantCulture), low, high);
    }

    [Fact]
    public async Task CSV_comes_when_asked_for()
    {
        var answer = await _server.AlphaVantageAsync("AAPL", more: "&datatype=csv");

        Assert.StartsWith(
            "symbol,open,high,low,price,volume,latestDay,previousClose,change,changePercent\r\nAAPL,",
            answer.Body,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Bulk_quotes_are_real_for_those_who_pay_and_artificial_for_the_others()
    {
        const string path = "/alpha-vantage/query?function=REALTIME_BULK_QUOTES&symbol=AAPL,MSFT&apikey=";
        var real = (await _server.GetAsync(path + "sim-key")).Json;
        var artificial = (await _server.GetAsync(path + "sim-free")).Json;

        Assert.Equal(["AAPL", "MSFT"], real.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("symbol").GetString()));
        Assert.StartsWith("2026-06-17 13:32:", real.GetProperty("data")[0].GetProperty("timestamp").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("This is a premium endpoint", artificial.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("100", artificial.GetProperty("data")[1].GetProperty("close").GetString());
    }

    [Theory]
    [InlineData("empty-object", 200, "application/json", "{}")]
    [InlineData("empty-quote", 200, "application/json", "Global Quote")]
    [InlineData("invalid-call", 200, "application/json", "Invalid API call.")]
    [InlineData("invalid-key", 200, "application/json", "apikey is invalid or missing")]
    [InlineData("day-quota", 200, "application/json", "25 requests per day")]
    [InlineData("day-quota-with-key", 200, "application/json", "We have detected your API key as sim-key")]
    [InlineData("burst", 200, "application/json", "more sparingly (1 request per second)")]
    [InlineData("minute-quota", 200, "application/json", "5 calls per minute and 500 calls per day")]
    [InlineData("premium", 200, "application/json", "premium endpoint")]
    [InlineData("html", 500, "text/html", "application-error.html")]
    [InlineData("html-200", 200, "text/html", "application-error.html")]
    public async Task Odd_answers_can_be_switched_on(string shape, int status, string contentType, string holds)
    {
        await _server.FaultAsync($$"""{"provider":"alpha-vantage","kind":"shape","shape":"{{shape}}"}""");

        var answer = await _server.AlphaVantageAsync("AAPL");

        Assert.Equal((status, contentType), (answer.Status, answer.ContentType));
        Assert.Contains(holds, answer.Body, StringComparison.Ordinal);
    }
}
