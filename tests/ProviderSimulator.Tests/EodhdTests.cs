using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

public sealed class EodhdTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task One_symbol_is_an_object()
    {
        var answer = await _server.EodhdAsync("AAPL.US");

        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal(
            ["code", "timestamp", "gmtoffset", "open", "high", "low", "close", "volume", "previousClose", "change", "change_p"],
            answer.Json.EnumerateObject().Select(member => member.Name)
        );
        Assert.Equal("AAPL.US", answer.Json.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Its_price_is_that_of_a_minute_a_quarter_of_an_hour_ago()
    {
        var timestamp = (await _server.EodhdAsync("AAPL.US")).Json.GetProperty("timestamp").GetInt64();

        Assert.Equal(0, timestamp % 60);
        Assert.InRange(SimulatorServer.Start.ToUnixTimeSeconds() - timestamp, 15 * 60, 17 * 60);
    }

    [Fact]
    public async Task Several_symbols_are_an_array_in_the_order_asked()
    {
        var answer = (await _server.EodhdAsync("AAPL.US", more: "&fmt=json&s=VOD.LSE,NOTREAL.US,SAP.XETRA")).Json;

        Assert.Equal(
            ["AAPL.US", "VOD.LSE", "NOTREAL.US", "SAP.XETRA"],
            answer.EnumerateArray().Select(item => item.GetProperty("code").GetString())
        );
        Assert.Equal("NA", answer[2].GetProperty("close").GetString());
        Assert.InRange(answer[1].GetProperty("close").GetDecimal(), 60, 90);
    }

    [Fact]
    public async Task An_unknown_symbol_has_NA_everywhere()
    {
        var answer = await _server.EodhdAsync("NOTREAL.US");

        Assert.Equal(200, answer.Status);
        Assert.All(
            (string[])["timestamp", "open", "high", "low", "close", "volume", "previousClose", "change", "change_p"],
            name => Assert.Equal("NA", answer.Json.GetProperty(name).GetString())
        );
    }

    [Fact]
    public async Task Without_fmt_the_answer_is_CSV()
    {
        var answer = await _server.EodhdAsync("AAPL.US", more: "");

        Assert.StartsWith(
            "code,timestamp,gmtoffset,open,high,low,close,volume,previousClose,change,change_p\nAAPL.US,",
            answer.Body,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(null, 401, "Unauthenticated")]
    [InlineData("wrong", 401, "Unauthenticated")]
    [InlineData("demo", 403, "Forbidden. Please contact support@eodhistoricaldata.com")]
    [InlineData("sim-restricted", 403, "Forbidden. Please contact support@eodhistoricaldata.com")]
    [InlineData("sim-exhausted", 402, "You exceeded your daily API requests limit.  Please contact support@eodhistoricaldata.com")]
    public async Task A_bad_key_is_refused_in_plain_words(string? key, int status, string body)
    {
        var answer = await _server.EodhdAsync("JPM.US", key);

        Assert.Equal((status, "text/html", body), (answer.Status, answer.ContentType, answer.Body));
    }

    [Fact]
    public async Task The_demo_key_has_a_few_symbols()
    {
        Assert.Equal(200, (await _server.EodhdAsync("AAPL.US", "demo")).Status);
    }

    [Fact]
    public async Task The_free_plan_has_20_calls_a_day_one_for_each_symbol()
    {
        var first = await _server.EodhdAsync("AAPL.US", "sim-free", "&fmt=json&s=MSFT.US,JPM.US");
        Assert.Equal(("1000", "999"), (first.Header("X-RateLimit-Limit"), first.Header("X-RateLimit-Remaining")));
        for (var call = 3; call < 20; call++)
        {
            Assert.Equal(200, (await _server.EodhdAsync("NOTREAL.US", "sim-free")).Status);
        }

        Assert.Equal(402, (await _server.EodhdAsync("AAPL.US", "sim-free")).Status);
        _server.Clock.AdvanceTo(new DateTimeOffset(2026, 6, 18, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(200, (await _server.EodhdAsync("AAPL.US", "sim-free")).Status);
    }

    [Fact]
    public async Task Too_many_requests_in_a_minute_are_an_HTML_page_with_headers()
    {
        await _server.OrderAsync("/quotas", """{"provider":"eodhd","limits":[{"span":"minute","limit":2,"kind":"calendar"}]}""");
        await _server.EodhdAsync("AAPL.US");
        await _server.EodhdAsync("AAPL.US");

        var refused = await _server.EodhdAsync("AAPL.US");

        Assert.Equal((429, "text/html"), (refused.Status, refused.ContentType));
        Assert.StartsWith("<html>", refused.Body, StringComparison.Ordinal);
        Assert.Equal(
            ("50", "2", "0"),
            (refused.Header("Retry-After"), refused.Header("X-RateLimit-Limit"), refused.Header("X-RateLimit-Remaining"))
        );
    }

    [Fact]
    public async Task A_known_symbol_may_have_no_price_today_yet()
    {
        await _server.FaultAsync("""{"provider":"eodhd","symbol":"MSFT.US","kind":"shape","shape":"no-price"}""");

        var quote = (await _server.EodhdAsync("MSFT.US")).Json;

        Assert.Equal("NA", quote.GetProperty("close").GetString());
        Assert.True(quote.GetProperty("previousClose").GetDecimal() > 0);
    }

    [Fact]
    public async Task Volume_may_be_null_and_numbers_may_be_texts()
    {
        await _server.FaultAsync(
            """
            [{"provider":"eodhd","symbol":"AAPL.US","kind":"shape","shape":"null-volume"},
             {"provider":"eodhd","symbol":"MSFT.US","kind":"shape","shape":"numbers-as-text"},
             {"provider":"eodhd","symbol":"JPM.US","kind":"shape","shape":"no-suffix"}]
            """
        );

        Assert.Equal(JsonValueKind.Null, (await _server.EodhdAsync("AAPL.US")).Json.GetProperty("volume").ValueKind);
        Assert.Equal(JsonValueKind.String, (await _server.EodhdAsync("MSFT.US")).Json.GetProperty("close").ValueKind);
        Assert.Equal("JPM", (await _server.EodhdAsync("JPM.US")).Json.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("all-na-code-too", 200, "application/json", "\"code\":\"NA\"")]
    [InlineData("unauthenticated", 401, "text/html", "Unauthenticated")]
    [InlineData("unauthorized-json", 401, "application/json", "Invalid API token")]
    [InlineData("wrong-key-403", 403, "application/json", "Invalid API token")]
    [InlineData("forbidden", 403, "text/html", "Forbidden. Please contact")]
    [InlineData("forbidden-short", 403, "text/html", "Forbidden")]
    [InlineData("forbidden-json", 403, "application/json", "\"code\":403")]
    [InlineData("not-found", 404, "text/html", "Ticker Not Found.")]
    [InlineData("day-quota", 402, "text/html", "daily API requests limit.  Please")]
    [InlineData("rate-limited-html", 429, "text/html", "<html>")]
    [InlineData("rate-limited-json", 429, "application/json", """{"error":"API rate limit exceeded"}""")]
    [InlineData("server-error-html", 502, "text/html", "<html>")]
    [InlineData("server-error-empty", 500, "text/html", "")]
    public async Task Odd_answers_can_be_switched_on(string shape, int status, string contentType, string holds)
    {
        await _server.FaultAsync($$"""{"provider":"eodhd","kind":"shape","shape":"{{shape}}"}""");

        var answer = await _server.EodhdAsync("AAPL.US");

        Assert.Equal((status, contentType), (answer.Status, answer.ContentType));
        Assert.Contains(holds, answer.Body, StringComparison.Ordinal);
    }
}
