using System.Globalization;
using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

public sealed class TwelveDataTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_quote_has_texts_for_prices_and_integers_for_times()
    {
        var quote = (await _server.TwelveDataAsync("AAPL")).Json;

        Assert.Equal(
            ("AAPL", "NASDAQ", "XNGS", "USD"),
            (Text(quote, "symbol"), Text(quote, "exchange"), Text(quote, "mic_code"), Text(quote, "currency"))
        );
        Assert.Matches(@"^\d+\.\d{5}$", Text(quote, "close"));
        Assert.Equal("2026-06-17", Text(quote, "datetime"));
        Assert.Equal(SimulatorServer.Start.ToUnixTimeSeconds() / 60 * 60, quote.GetProperty("last_quote_at").GetInt64());
        Assert.True(quote.GetProperty("is_market_open").GetBoolean());
        Assert.True(quote.GetProperty("fifty_two_week").TryGetProperty("range", out _));
    }

    [Fact]
    public async Task The_timestamp_is_the_sessions_opening()
    {
        await using var server = await SimulatorServer.StartAsync("--market", "venue");

        var quote = (await server.TwelveDataAsync("AAPL")).Json;

        Assert.Equal(
            new DateTimeOffset(2026, 6, 17, 13, 30, 0, TimeSpan.Zero).ToUnixTimeSeconds(),
            quote.GetProperty("timestamp").GetInt64()
        );
    }

    [Fact]
    public async Task Prices_show_the_rounding_of_32_bit_floats()
    {
        var texts = new List<string>();
        foreach (var ticker in (string[])["AAPL", "MSFT", "JPM", "XOM", "T0001", "T0002"])
        {
            texts.Add(Text((await _server.TwelveDataAsync(ticker)).Json, "close"));
        }

        Assert.All(
            texts,
            text =>
                Assert.Equal(
                    text,
                    ((double)(float)double.Parse(text, CultureInfo.InvariantCulture)).ToString("F5", CultureInfo.InvariantCulture)
                )
        );
        Assert.Contains(texts, text => !text.EndsWith("000", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("symbol=VOD:LSE")]
    [InlineData("symbol=VOD:XLON")]
    [InlineData("symbol=VOD&mic_code=XLON")]
    [InlineData("symbol=VOD&exchange=LSE")]
    public async Task London_is_quoted_in_pence_however_the_listing_is_named(string query)
    {
        var quote = (await _server.GetAsync($"/twelve-data/quote?{query}&apikey=sim-key")).Json;

        Assert.Equal(("VOD", "GBp", "XLON"), (Text(quote, "symbol"), Text(quote, "currency"), Text(quote, "mic_code")));
        Assert.InRange(decimal.Parse(Text(quote, "close"), CultureInfo.InvariantCulture), 60, 90);
    }

    [Fact]
    public async Task A_ticker_alone_is_the_US_listing()
    {
        var quote = (await _server.TwelveDataAsync("VOD")).Json;

        Assert.Equal("USD", Text(quote, "currency"));
        Assert.InRange(decimal.Parse(Text(quote, "close"), CultureInfo.InvariantCulture), 5, 15);
    }

    [Fact]
    public async Task A_batch_is_a_map_by_the_symbol_as_asked_with_errors_of_their_own()
    {
        var answer = await _server.TwelveDataAsync("AAPL,VOD:LSE,NOTREAL");

        Assert.Equal(200, answer.Status);
        Assert.Equal(["AAPL", "VOD:LSE", "NOTREAL"], answer.Json.EnumerateObject().Select(member => member.Name));
        var missing = answer.Json.GetProperty("NOTREAL");
        Assert.Equal(404, missing.GetProperty("code").GetInt32());
        Assert.StartsWith("**symbol** not found: NOTREAL.", Text(missing, "message"), StringComparison.Ordinal);
        Assert.Equal("AAPL,VOD:LSE,NOTREAL", missing.GetProperty("meta").GetProperty("symbol").GetString());
    }

    [Fact]
    public async Task An_unknown_symbol_alone_is_the_envelope_with_404()
    {
        var answer = await _server.TwelveDataAsync("NOTREAL");

        Assert.Equal(404, answer.Status);
        Assert.Equal(404, answer.Json.GetProperty("code").GetInt32());
        Assert.Equal("error", Text(answer.Json, "status"));
        Assert.StartsWith(
            "**symbol** or **figi** parameter is missing or invalid.",
            Text(answer.Json, "message"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_error_envelope_may_come_with_200()
    {
        await _server.FaultAsync("""{"provider":"twelve-data","kind":"shape","shape":"errors-as-200"}""");

        var answer = await _server.TwelveDataAsync("NOTREAL");

        Assert.Equal((200, 404), (answer.Status, answer.Json.GetProperty("code").GetInt32()));
    }

    [Theory]
    [InlineData(null, 401, "**apikey** parameter is incorrect or not specified.")]
    [InlineData("wrong", 401, "**apikey** parameter is incorrect or not specified.")]
    [InlineData("demo", 401, "The 'demo' API key is only used for initial familiarity.")]
    [InlineData("sim-restricted", 403, "/quote is available exclusively with")]
    [InlineData("sim-exhausted", 429, "You have run out of API credits for the")]
    public async Task A_bad_key_is_refused_in_the_vendors_words(string? key, int code, string beginning)
    {
        var answer = await _server.TwelveDataAsync("MSFT", key);

        Assert.Equal((code, code), (answer.Status, answer.Json.GetProperty("code").GetInt32()));
        Assert.StartsWith(beginning, Text(answer.Json, "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_symbol_beyond_the_plan_is_a_404_that_speaks_of_the_plan()
    {
        var answer = await _server.TwelveDataAsync("VOD:LSE", "sim-free");

        Assert.Equal(404, answer.Status);
        Assert.StartsWith(
            "This symbol is available starting with the Grow or Venture plan.",
            Text(answer.Json, "message"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Each_symbol_costs_a_credit_of_the_calendar_minute()
    {
        var first = await _server.TwelveDataAsync("AAPL,MSFT,JPM", "sim-free");
        Assert.Equal(("3", "5"), (first.Header("api-credits-used"), first.Header("api-credits-left")));

        var refused = await _server.TwelveDataAsync("AAPL,MSFT,JPM,XOM,CVX,HD", "sim-free");
        Assert.Equal(429, refused.Status);
        Assert.Equal(
            "You have run out of API credits for the current minute. 9 API credits were used, with the current limit being 8. Wait for the next minute or consider switching to a higher tier plan at https://twelvedata.com/pricing",
            Text(refused.Json, "message")
        );

        Assert.Equal("8", (await _server.TwelveDataAsync("AAPL,MSFT,JPM,XOM,CVX", "sim-free")).Header("api-credits-used"));

        _server.Clock.AdvanceTo(new DateTimeOffset(2026, 6, 17, 17, 33, 0, TimeSpan.Zero));
        Assert.Equal(200, (await _server.TwelveDataAsync("AAPL", "sim-free")).Status);
    }

    [Fact]
    public async Task A_batch_beyond_the_credits_may_fail_for_its_last_symbols_only()
    {
        await _server.FaultAsync("""{"provider":"twelve-data","kind":"shape","shape":"batch-partial-limit"}""");

        var answer = await _server.TwelveDataAsync("AAPL,MSFT,JPM,XOM,CVX,HD,MCD,NKE,IBM", "sim-free");

        Assert.Equal(200, answer.Status);
        Assert.Equal(8, answer.Json.EnumerateObject().Count(member => member.Value.TryGetProperty("close", out _)));
        Assert.Equal(429, answer.Json.GetProperty("IBM").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task The_day_has_800_credits_and_ends_at_midnight_UTC()
    {
        for (var minute = 0; minute < 100; minute++)
        {
            Assert.Equal(200, (await _server.TwelveDataAsync("AAPL,MSFT,JPM,XOM,CVX,HD,MCD,NKE", "sim-free")).Status);
            _server.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        var spent = await _server.TwelveDataAsync("AAPL", "sim-free");
        Assert.StartsWith(
            "You have run out of API credits for the day. 801 API credits were used, with the current limit being 800.",
            Text(spent.Json, "message"),
            StringComparison.Ordinal
        );

        _server.Clock.AdvanceTo(new DateTimeOffset(2026, 6, 18, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(200, (await _server.TwelveDataAsync("AAPL", "sim-free")).Status);
    }

    [Fact]
    public async Task CSV_with_semicolons_comes_when_asked_for()
    {
        var answer = await _server.TwelveDataAsync("AAPL", more: "&format=CSV");

        Assert.StartsWith("symbol;name;exchange;", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Decimals_can_be_asked_for()
    {
        Assert.Matches(@"^\d+\.\d\d$", Text((await _server.TwelveDataAsync("AAPL", more: "&dp=2")).Json, "close"));
    }

    [Fact]
    public async Task Fields_may_be_missing()
    {
        await _server.FaultAsync(
            """
            [{"provider":"twelve-data","symbol":"AAPL","kind":"shape","shape":"no-last-quote-at"},
             {"provider":"twelve-data","symbol":"MSFT","kind":"shape","shape":"old-answer"},
             {"provider":"twelve-data","symbol":"JPM","kind":"shape","shape":"no-volume"},
             {"provider":"twelve-data","symbol":"XOM","kind":"shape","shape":"nulls"}]
            """
        );

        var timeless = (await _server.TwelveDataAsync("AAPL")).Json;
        Assert.True(timeless.TryGetProperty("timestamp", out _) && !timeless.TryGetProperty("last_quote_at", out _));
        Assert.False((await _server.TwelveDataAsync("MSFT")).Json.TryGetProperty("timestamp", out _));
        Assert.False((await _server.TwelveDataAsync("JPM")).Json.TryGetProperty("volume", out _));
        var nulls = (await _server.TwelveDataAsync("XOM")).Json;
        Assert.Equal(("NaN", JsonValueKind.Null), (Text(nulls, "open"), nulls.GetProperty("volume").ValueKind));
    }

    [Theory]
    [InlineData("unknown-400", 400, "application/json", "**symbol** not found: AAPL.")]
    [InlineData("symbol-needs-plan", 404, "application/json", "Grow or Venture plan")]
    [InlineData("endpoint-needs-plan", 403, "application/json", "available exclusively with")]
    [InlineData("wrong-key", 401, "application/json", "**apikey**")]
    [InlineData("demo-key", 401, "application/json", "The 'demo' API key")]
    [InlineData(
        "minute-credits",
        429,
        "application/json",
        "for the current minute. 9 API credits were used, with the current limit being 8."
    )]
    [InlineData("day-credits", 429, "application/json", "for the day. 801 API credits were used, with the current limit being 800.")]
    [InlineData("no-data", 400, "application/json", "No data is available on the specified dates.")]
    [InlineData("too-long", 414, "application/json", "414")]
    [InlineData("server-error", 500, "application/json", "500")]
    [InlineData("server-error-html", 500, "text/html", "<html>")]
    [InlineData("server-error-empty", 500, "text/plain", "")]
    public async Task Odd_answers_can_be_switched_on(string shape, int status, string contentType, string holds)
    {
        await _server.FaultAsync($$"""{"provider":"twelve-data","kind":"shape","shape":"{{shape}}"}""");

        var answer = await _server.TwelveDataAsync("AAPL");

        Assert.Equal((status, contentType), (answer.Status, answer.ContentType));
        Assert.Contains(holds, answer.Body, StringComparison.Ordinal);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!; // Asserted texts are there.
}
