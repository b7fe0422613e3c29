using System.Text.Json;

namespace Quorum.ProviderSimulator.Tests;

public sealed class AlphaVantageWireTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("AAPL", "", "2026-06-16")]
    [InlineData("AAPL", "&entitlement=", "2026-06-16")]
    [InlineData("AAPL", "&entitlement=nonsense", "2026-06-16")]
    [InlineData("AAPL", "&entitlement=realtime", "2026-06-17")]
    [InlineData("VOD.LON", "&entitlement=realtime", "2026-06-16")]
    [InlineData("SAP.DEX", "&entitlement=realtime", "2026-06-16")]
    public async Task An_entitlement_brings_todays_quote_of_US_listings_only(string symbol, string entitlement, string day) =>
        Assert.Equal(
            day,
            Text((await _server.AlphaVantageAsync(symbol, more: entitlement)).Json.GetProperty("Global Quote"), "07. latest trading day")
        );

    [Fact]
    public async Task The_delayed_quote_is_the_real_time_one_of_15_minutes_ago()
    {
        var realTime = (await _server.AlphaVantageAsync("AAPL", more: "&entitlement=realtime")).Json.GetProperty("Global Quote");
        _server.Clock.Advance(TimeSpan.FromMinutes(15));

        var delayed = (await _server.AlphaVantageAsync("AAPL", more: "&entitlement=delayed")).Json.GetProperty(
            "Global Quote - DATA DELAYED BY 15 MINUTES"
        );

        Assert.Equal(realTime.GetRawText(), delayed.GetRawText());
    }

    [Theory]
    [InlineData("realtime")]
    [InlineData("delayed")]
    public async Task A_free_key_with_an_entitlement_gets_no_quote(string entitlement)
    {
        var answer = (await _server.AlphaVantageAsync("AAPL", "sim-free", $"&entitlement={entitlement}")).Json;

        Assert.StartsWith(
            "Thank you for using Alpha Vantage! This is a premium endpoint.",
            Text(answer, "Information"),
            StringComparison.Ordinal
        );
        Assert.Equal(["Information"], answer.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public async Task Bulk_quotes_leave_out_unknown_symbols_and_other_markets_and_cost_one_request()
    {
        await _server.OrderAsync("/quotas", """{"provider":"alpha-vantage","limits":[{"span":"minute","limit":1}]}""");

        var answer = (await BulkAsync("AAPL,NOTREAL,VOD.LON,BRK-B")).Json;

        Assert.Equal(["AAPL", "BRK-B"], answer.GetProperty("data").EnumerateArray().Select(item => Text(item, "symbol")));
        Assert.Equal("", Text(answer, "message"));
    }

    [Fact]
    public async Task A_bulk_percentage_has_no_sign_of_percent()
    {
        var item = (await BulkAsync("AAPL")).Json.GetProperty("data")[0];

        Assert.Matches(@"^-?\d+(\.\d+)?$", Text(item, "change_percent"));
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$", Text(item, "timestamp"));
    }

    [Fact]
    public async Task A_full_minute_is_a_note_that_names_its_limit()
    {
        await _server.OrderAsync("/quotas", """{"provider":"alpha-vantage","limits":[{"span":"minute","limit":3}]}""");
        for (var call = 0; call < 3; call++)
        {
            await _server.AlphaVantageAsync("AAPL");
        }

        var refused = await _server.AlphaVantageAsync("AAPL");

        Assert.Equal(200, refused.Status);
        Assert.Contains("Our standard API call frequency is 3 calls per minute", Text(refused.Json, "Note"), StringComparison.Ordinal);
        Assert.Null(refused.Header("Retry-After"));
    }

    [Fact]
    public async Task Restricted_and_exhausted_keys_get_a_200_with_a_message()
    {
        Assert.Contains(
            "premium endpoint",
            Text((await _server.AlphaVantageAsync("AAPL", "sim-restricted")).Json, "Information"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "25 requests per day",
            Text((await _server.AlphaVantageAsync("AAPL", "sim-exhausted")).Json, "Information"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Numbers_may_be_texts_that_mean_nothing_and_the_key_may_say_delayed()
    {
        await _server.FaultAsync(
            """[{"provider":"alpha-vantage","symbol":"AAPL","kind":"shape","shape":"not-available"},{"provider":"alpha-vantage","symbol":"MSFT","kind":"shape","shape":"delayed-key"}]"""
        );

        var quote = (await _server.AlphaVantageAsync("AAPL")).Json.GetProperty("Global Quote");
        Assert.Equal(("None", "-", ""), (Text(quote, "02. open"), Text(quote, "03. high"), Text(quote, "04. low")));
        Assert.Matches(@"^\d+\.\d{4}$", Text(quote, "05. price"));
        var delayed = (await _server.AlphaVantageAsync("MSFT")).Json;
        Assert.Equal("MSFT", Text(delayed.GetProperty("Global Quote - DATA DELAYED BY 15 MINUTES"), "01. symbol"));
    }

    [Theory]
    [InlineData("&from_currency=EUR&to_currency=USD", "EUR", "USD")]
    [InlineData("&from_currency=USD&to_currency=JPY", "USD", "JPY")]
    public async Task A_rate_is_real_time_on_the_free_plan_too(string query, string from, string to)
    {
        var rate = (await RateAsync(query, "sim-free")).Json.GetProperty("Realtime Currency Exchange Rate");

        Assert.Equal(
            (from, to, "UTC"),
            (Text(rate, "1. From_Currency Code"), Text(rate, "3. To_Currency Code"), Text(rate, "7. Time Zone"))
        );
        Assert.StartsWith("2026-06-17 17:32:", Text(rate, "6. Last Refreshed"), StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d{8}$", Text(rate, "5. Exchange Rate"));
    }

    [Theory]
    [InlineData("&from_currency=EUR")]
    [InlineData("&to_currency=USD")]
    [InlineData("")]
    [InlineData("&from_currency=USD&to_currency=EUR")]
    public async Task A_pair_that_is_incomplete_or_in_the_other_order_is_an_invalid_call(string query) =>
        Assert.Contains(
            "for CURRENCY_EXCHANGE_RATE.",
            Text((await RateAsync(query, "sim-key")).Json, "Error Message"),
            StringComparison.Ordinal
        );

    private Task<Answer> BulkAsync(string symbols) =>
        _server.GetAsync($"/alpha-vantage/query?function=REALTIME_BULK_QUOTES&symbol={symbols}&apikey=sim-key");

    private Task<Answer> RateAsync(string query, string key) =>
        _server.GetAsync($"/alpha-vantage/query?function=CURRENCY_EXCHANGE_RATE{query}&apikey={key}");

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString()!; // Asserted texts are there.
}
