using System.Globalization;

namespace Quorum.ProviderSimulator.Tests;

public sealed class FinnhubTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_quote_is_one_flat_object_with_one_letter_names()
    {
        var answer = await _server.FinnhubAsync("AAPL");

        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.ContentType);
        Assert.Equal(["c", "d", "dp", "h", "l", "o", "pc", "t"], answer.Json.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Its_numbers_agree_with_each_other()
    {
        var quote = (await _server.FinnhubAsync("AAPL")).Json;
        var (price, previous) = (quote.GetProperty("c").GetDecimal(), quote.GetProperty("pc").GetDecimal());

        Assert.InRange(price, quote.GetProperty("l").GetDecimal(), quote.GetProperty("h").GetDecimal());
        Assert.Equal(price - previous, quote.GetProperty("d").GetDecimal());
        Assert.Equal(
            Math.Round((price - previous) * 100 / previous, 4, MidpointRounding.AwayFromZero),
            quote.GetProperty("dp").GetDecimal()
        );
        Assert.InRange(
            quote.GetProperty("t").GetInt64(),
            SimulatorServer.Start.ToUnixTimeSeconds() - 1,
            SimulatorServer.Start.ToUnixTimeSeconds()
        );
    }

    [Fact]
    public async Task The_key_may_come_in_the_query_too()
    {
        var answer = await _server.GetAsync("/finnhub/api/v1/quote?symbol=AAPL&token=sim-key");

        Assert.True(answer.Json.GetProperty("c").GetDecimal() > 0);
    }

    [Fact]
    public async Task A_header_of_another_name_counts_as_no_key()
    {
        var answer = await _server.GetAsync("/finnhub/api/v1/quote?symbol=AAPL", ("X-Finnhub-Key", "sim-key"));

        Assert.Equal(401, answer.Status);
    }

    [Fact]
    public async Task An_unknown_symbol_is_a_200_of_zeros()
    {
        var answer = await _server.FinnhubAsync("NOSUCH");

        Assert.Equal(200, answer.Status);
        Assert.Equal("""{"c":0,"d":null,"dp":null,"h":0,"l":0,"o":0,"pc":0,"t":0}""", answer.Body);
    }

    [Theory]
    [InlineData(null, 401, """{"error":"Please use an API key."}""")]
    [InlineData("", 429, "API limit reached. Please sign up for a free account to continue using the API.")]
    [InlineData("wrong", 401, """{"error":"Invalid API key"}""")]
    [InlineData("sim-restricted", 403, """{"error":"You don't have access to this resource."}""")]
    [InlineData("sim-exhausted", 429, """{"error":"API limit reached. Please try again later. Remaining Limit: 0"}""")]
    public async Task A_bad_key_is_refused_in_the_vendors_words(string? key, int status, string body)
    {
        // An empty header does not survive the client; an empty parameter does.
        var answer = key is ""
            ? await _server.GetAsync("/finnhub/api/v1/quote?symbol=AAPL&token=")
            : await _server.FinnhubAsync("AAPL", key);

        Assert.Equal((status, body), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task A_listing_outside_the_US_needs_a_paid_plan_and_comes_in_pence()
    {
        var paid = await _server.FinnhubAsync("VOD.L");
        var free = await _server.FinnhubAsync("VOD.L", "sim-free");

        Assert.InRange(paid.Json.GetProperty("c").GetDecimal(), 60, 90);
        Assert.Equal((403, """{"error":"You don't have access to this resource."}"""), (free.Status, free.Body));
    }

    [Fact]
    public async Task The_free_plan_has_60_calls_in_any_minute()
    {
        for (var call = 0; call < 60; call++)
        {
            Assert.Equal(200, (await _server.FinnhubAsync("AAPL", "sim-free")).Status);
            _server.Clock.Advance(TimeSpan.FromMilliseconds(500));
        }

        var refused = await _server.FinnhubAsync("AAPL", "sim-free");
        Assert.Equal(429, refused.Status);
        Assert.Equal("""{"error":"API limit reached. Please try again later. Remaining Limit: 0"}""", refused.Body);
        Assert.Equal("60", refused.Header("X-Ratelimit-Limit"));
        Assert.Equal("0", refused.Header("x-ratelimit-remaining"));
        var reset = DateTimeOffset.FromUnixTimeSeconds(long.Parse(refused.Header("X-Ratelimit-Reset")!, CultureInfo.InvariantCulture));
        Assert.InRange(reset, SimulatorServer.Start.AddSeconds(60), SimulatorServer.Start.AddSeconds(61));

        _server.Clock.AdvanceTo(SimulatorServer.Start.AddSeconds(60));
        Assert.Equal(200, (await _server.FinnhubAsync("AAPL", "sim-free")).Status);
        Assert.Equal(429, (await _server.FinnhubAsync("AAPL", "sim-free")).Status);
    }

    [Fact]
    public async Task No_plan_has_more_than_30_calls_in_a_second()
    {
        for (var call = 0; call < 30; call++)
        {
            Assert.Equal(200, (await _server.FinnhubAsync("AAPL")).Status);
        }

        Assert.Equal(429, (await _server.FinnhubAsync("AAPL")).Status);
        _server.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await _server.FinnhubAsync("AAPL")).Status);
    }

    [Theory]
    [InlineData("zeros-old", 200, "application/json", """{"c":0,"h":0,"l":0,"o":0,"pc":0,"t":0}""")]
    [InlineData("restricted-401", 401, "application/json", """{"error":"You don't have access to this resource."}""")]
    [InlineData("restricted-bare-string", 403, "application/json", "\"You don't have access to this resource.\"")]
    [InlineData("empty-key", 429, "text/plain", "API limit reached. Please sign up")]
    [InlineData("rate-limited", 429, "application/json", """{"error":"API limit reached.""")]
    [InlineData("redirect", 302, "text/html", "<a href=")]
    [InlineData("bad-gateway", 502, "text/html", "<html>")]
    [InlineData("server-error", 500, "text/plain", "")]
    public async Task Odd_answers_can_be_switched_on(string shape, int status, string contentType, string beginning)
    {
        await _server.FaultAsync($$"""{"provider":"finnhub","kind":"shape","shape":"{{shape}}"}""");

        var answer = await _server.FinnhubAsync("AAPL");

        Assert.Equal((status, contentType), (answer.Status, answer.ContentType));
        Assert.StartsWith(beginning, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_symbol_may_have_no_price_while_its_other_fields_are_filled()
    {
        await _server.FaultAsync("""{"provider":"finnhub","kind":"shape","shape":"no-price"}""");

        var quote = (await _server.FinnhubAsync("AAPL")).Json;

        Assert.Equal(0, quote.GetProperty("c").GetDecimal());
        Assert.True(
            quote.GetProperty("pc").GetDecimal() > 0 && quote.GetProperty("h").GetDecimal() > 0 && quote.GetProperty("t").GetInt64() > 0
        );
    }

    [Fact]
    public async Task Change_may_be_missing_or_null()
    {
        await _server.FaultAsync(
            """[{"provider":"finnhub","symbol":"AAPL","kind":"shape","shape":"no-change"},{"provider":"finnhub","symbol":"MSFT","kind":"shape","shape":"null-change"}]"""
        );

        Assert.False((await _server.FinnhubAsync("AAPL")).Json.TryGetProperty("d", out _));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, (await _server.FinnhubAsync("MSFT")).Json.GetProperty("dp").ValueKind);
    }

    [Fact]
    public async Task Rate_headers_may_be_missing_on_429_as_well()
    {
        await _server.FaultAsync("""{"provider":"finnhub","kind":"shape","shape":"no-rate-headers"}""");

        Assert.Null((await _server.FinnhubAsync("AAPL")).Header("X-Ratelimit-Limit"));
        var refused = await _server.FinnhubAsync("AAPL", "sim-exhausted");
        Assert.Equal(429, refused.Status);
        Assert.Null(refused.Header("X-Ratelimit-Reset"));
    }
}
