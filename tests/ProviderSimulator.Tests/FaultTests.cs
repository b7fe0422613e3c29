using System.Globalization;
using System.Text.Json;
using Quorum.Testing;

namespace Quorum.ProviderSimulator.Tests;

public sealed class FaultTests : IAsyncLifetime
{
    private SimulatorServer _server = null!; // Set before each test.

    public static TheoryData<string> Providers => ["finnhub", "alpha-vantage", "twelve-data", "massive", "alpaca", "eodhd"];

    public async Task InitializeAsync() => _server = await SimulatorServer.StartAsync("--quotas", "off");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Refused_breaks_the_connection_before_any_answer(string provider)
    {
        await _server.FaultAsync($$"""{"provider":"{{provider}}","kind":"refused"}""");

        await Assert.ThrowsAsync<HttpRequestException>(() => _server.QuoteAsync(provider));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Reset_breaks_the_connection_in_the_middle_of_the_body(string provider)
    {
        await _server.FaultAsync($$"""{"provider":"{{provider}}","kind":"reset"}""");

        await Assert.ThrowsAnyAsync<Exception>(() => _server.QuoteAsync(provider));
        var call = (await _server.CallsAsync()).GetProperty("calls")[0];
        Assert.Equal((200, "reset"), (call.GetProperty("status").GetInt32(), call.GetProperty("fault").GetString()));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Truncated_ends_the_body_in_its_middle_as_if_that_were_all(string provider)
    {
        await _server.FaultAsync($$"""{"provider":"{{provider}}","kind":"truncated"}""");

        var answer = await _server.QuoteAsync(provider);

        Assert.Equal(200, answer.Status);
        Assert.NotEmpty(answer.Body);
        Assert.ThrowsAny<JsonException>(() => answer.Json);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Empty_and_HTML_come_with_200(string provider)
    {
        await _server.FaultAsync($$"""[{"provider":"{{provider}}","kind":"empty","count":1},{"provider":"{{provider}}","kind":"html"}]""");
        Assert.Equal((200, ""), (await _server.QuoteAsync(provider)) is var empty ? (empty.Status, empty.Body) : default);

        var page = await _server.QuoteAsync(provider);
        Assert.Equal((200, "text/html"), (page.Status, page.ContentType));
        Assert.StartsWith("<!DOCTYPE html>", page.Body, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Any_status_can_be_forced(string provider)
    {
        foreach (var status in (int[])[401, 403, 404, 429, 500, 503])
        {
            await _server.FaultAsync($$"""{"provider":"{{provider}}","kind":"status","status":{{status}},"count":1}""");
            var answer = await _server.QuoteAsync(provider);
            Assert.Equal(status, answer.Status);
            Assert.Null(answer.Header("Retry-After"));
        }
    }

    [Fact]
    public async Task A_429_may_say_when_to_come_back()
    {
        await _server.FaultAsync(
            """{"provider":"alpaca","kind":"status","status":429,"retryAfter":"7","headers":{"X-RateLimit-Reset":"1795343208"}}"""
        );

        var answer = await _server.QuoteAsync("alpaca");

        Assert.Equal(("7", "1795343208"), (answer.Header("Retry-After"), answer.Header("X-RateLimit-Reset")));
    }

    [Fact]
    public async Task Any_body_can_be_sent()
    {
        await _server.FaultAsync("""{"provider":"eodhd","kind":"status","status":200,"body":"[1,2]","contentType":"text/x-odd"}""");

        var answer = await _server.QuoteAsync("eodhd");

        Assert.Equal((200, "text/x-odd", "[1,2]"), (answer.Status, answer.ContentType, answer.Body));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Oversized_is_a_good_answer_with_megabytes_behind_it(string provider)
    {
        await _server.FaultAsync($$"""{"provider":"{{provider}}","kind":"oversized","bytes":3000000}""");

        var answer = await _server.QuoteAsync(provider);

        Assert.True(answer.Body.Length > 3_000_000);
        Assert.Equal(JsonValueKind.Object, answer.Json.ValueKind);
    }

    [Fact]
    public async Task A_dripped_body_arrives_whole_in_the_end()
    {
        await _server.FaultAsync("""{"provider":"finnhub","kind":"dripped-body","bytes":20,"ms":20}""");

        var asking = _server.FinnhubAsync("AAPL");
        await _server.Clock.WhenArmedAsync();
        Assert.False(asking.IsCompleted);
        while (await Task.WhenAny(asking, _server.Clock.WhenArmedAsync()) != asking)
        {
            _server.Clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.True((await asking).Json.GetProperty("c").GetDecimal() > 0);
    }

    [Fact]
    public async Task Slow_headers_come_after_their_time()
    {
        await _server.FaultAsync("""{"provider":"finnhub","kind":"slow-headers","ms":5000}""");

        var asking = _server.FinnhubAsync("AAPL");
        await _server.Clock.WhenArmedAsync();
        _server.Clock.Advance(TimeSpan.FromMilliseconds(4_999));
        Assert.False(asking.IsCompleted);
        _server.Clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(200, (await asking).Status);
    }

    [Fact]
    public async Task A_hanging_call_ends_when_the_caller_leaves()
    {
        await _server.FaultAsync("""{"provider":"finnhub","kind":"hang"}""");
        using var patience = new CancellationTokenSource();

        var asking = _server.QuoteAsync("finnhub", cancellationToken: patience.Token);
        await _server.QuoteAsync("massive");
        Assert.False(asking.IsCompleted);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task A_hanging_call_does_not_hold_up_the_end()
    {
        await _server.FaultAsync("""{"provider":"finnhub","kind":"hang"}""");
        var asking = _server.QuoteAsync("finnhub");

        await _server.DisposeAsync().AsTask().WithinAsync(what: "the simulator's end");

        await Assert.ThrowsAnyAsync<Exception>(() => asking);
    }

    [Theory]
    [InlineData("finnhub", "\"c_v2\":")]
    [InlineData("alpha-vantage", "\"05. price_v2\": ")]
    [InlineData("twelve-data", "\"close_v2\":")]
    [InlineData("massive", "\"p_v2\":")]
    [InlineData("alpaca", "\"p_v2\":")]
    [InlineData("eodhd", "\"close_v2\":")]
    public async Task A_schema_may_rename_its_fields(string provider, string holds)
    {
        await _server.FaultAsync($$"""{"provider":"{{provider}}","kind":"drift"}""");

        Assert.Contains(holds, (await _server.QuoteAsync(provider)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_may_change_its_types()
    {
        await _server.FaultAsync(
            """[{"provider":"finnhub","kind":"drift","drift":"retyped"},{"provider":"twelve-data","kind":"drift","drift":"swapped"},{"provider":"eodhd","kind":"drift","drift":"swapped"}]"""
        );

        Assert.True((await _server.QuoteAsync("finnhub")).Json.GetProperty("c").GetProperty("value").GetDecimal() > 0);
        Assert.Equal(JsonValueKind.Number, (await _server.QuoteAsync("twelve-data")).Json.GetProperty("close").ValueKind);
        Assert.Equal(JsonValueKind.String, (await _server.QuoteAsync("eodhd")).Json.GetProperty("close").ValueKind);
    }

    [Fact]
    public async Task Numbers_may_become_texts_that_mean_nothing()
    {
        await _server.FaultAsync(
            """
            [{"provider":"finnhub","kind":"bad-numbers"},
             {"provider":"alpha-vantage","kind":"bad-numbers","text":"None"},
             {"provider":"massive","kind":"bad-numbers","text":"NaN","raw":true}]
            """
        );

        Assert.Equal("NaN", (await _server.QuoteAsync("finnhub")).Json.GetProperty("c").GetString());
        Assert.Equal(
            "None",
            (await _server.QuoteAsync("alpha-vantage")).Json.GetProperty("Global Quote").GetProperty("05. price").GetString()
        );
        var raw = await _server.QuoteAsync("massive");
        Assert.Contains("\"p\":NaN", raw.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stale_quote_is_an_old_one_with_its_old_time()
    {
        var good = (await _server.QuoteAsync("finnhub")).Json;
        await _server.FaultAsync("""{"provider":"finnhub","kind":"stale","seconds":7200}""");

        var stale = (await _server.QuoteAsync("finnhub")).Json;

        Assert.InRange(good.GetProperty("t").GetInt64() - stale.GetProperty("t").GetInt64(), 7_198, 7_202);
        Assert.NotEqual(good.GetProperty("c").GetDecimal(), stale.GetProperty("c").GetDecimal());
    }

    [Fact]
    public async Task A_frozen_provider_repeats_itself_while_the_clock_goes_on()
    {
        await _server.FaultAsync("""{"provider":"finnhub","kind":"frozen"}""");
        var before = (await _server.QuoteAsync("finnhub")).Body;

        _server.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(before, (await _server.QuoteAsync("finnhub")).Body);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_wrong_price_is_wrong_by_its_factor_and_consistent_with_itself(string provider)
    {
        var right = Prices(await _server.QuoteAsync(provider));
        await _server.FaultAsync($$"""{"provider":"{{provider}}","kind":"wrong-price","factor":1.5}""");

        var wrong = Prices(await _server.QuoteAsync(provider));

        Assert.InRange(wrong.Price / right.Price, 1.499m, 1.501m);
        Assert.InRange(wrong.PreviousClose / right.PreviousClose, 1.499m, 1.501m);
    }

    [Fact]
    public async Task A_wrong_currency_is_named_where_the_provider_names_one()
    {
        var right = Prices(await _server.QuoteAsync("twelve-data"));
        await _server.FaultAsync("""{"provider":"twelve-data","kind":"wrong-currency","currency":"EUR","factor":0.5}""");

        var answer = await _server.QuoteAsync("twelve-data");

        Assert.Equal("EUR", answer.Json.GetProperty("currency").GetString());
        Assert.InRange(Prices(answer).Price / right.Price, 0.499m, 0.501m);
    }

    [Fact]
    public async Task A_fault_hits_only_its_provider_and_its_symbol()
    {
        await _server.FaultAsync("""{"provider":"finnhub","symbol":"MSFT","kind":"status","status":503}""");

        Assert.Equal(503, (await _server.QuoteAsync("finnhub", "MSFT")).Status);
        Assert.Equal(200, (await _server.QuoteAsync("finnhub", "AAPL")).Status);
        Assert.Equal(200, (await _server.QuoteAsync("massive", "MSFT")).Status);
    }

    [Fact]
    public async Task A_fault_for_a_symbol_hits_a_batch_that_asks_for_it()
    {
        await _server.FaultAsync("""{"provider":"alpaca","symbol":"MSFT","kind":"status","status":503}""");

        Assert.Equal(503, (await _server.AlpacaAsync("snapshots?symbols=AAPL,MSFT")).Status);
    }

    [Fact]
    public async Task A_fault_ends_after_its_count()
    {
        await _server.FaultAsync("""{"kind":"status","status":503,"count":2}""");

        Assert.Equal(503, (await _server.QuoteAsync("finnhub")).Status);
        Assert.Equal(503, (await _server.QuoteAsync("massive")).Status);
        Assert.Equal(200, (await _server.QuoteAsync("finnhub")).Status);
        Assert.Equal(0, (await _server.GetAsync("/admin/faults")).Json.GetArrayLength());
    }

    [Fact]
    public async Task A_fault_ends_after_its_time()
    {
        await _server.FaultAsync("""{"provider":"finnhub","kind":"status","status":503,"forSeconds":30}""");
        Assert.Equal(503, (await _server.QuoteAsync("finnhub")).Status);

        _server.Clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(200, (await _server.QuoteAsync("finnhub")).Status);
    }

    [Fact]
    public async Task A_fault_with_a_probability_hits_its_share()
    {
        await _server.FaultAsync("""{"provider":"finnhub","kind":"status","status":503,"probability":0.3}""");
        var hit = 0;
        for (var call = 0; call < 400; call++)
        {
            hit += (await _server.QuoteAsync("finnhub")).Status == 503 ? 1 : 0;
        }

        Assert.InRange(hit, 80, 160);
    }

    [Fact]
    public async Task Faults_add_up()
    {
        await _server.FaultAsync(
            """[{"provider":"finnhub","kind":"wrong-price","factor":2},{"provider":"finnhub","kind":"oversized","bytes":100000}]"""
        );

        var answer = await _server.QuoteAsync("finnhub");

        Assert.True(answer.Body.Length > 100_000 && answer.Json.GetProperty("c").GetDecimal() > 380);
        Assert.Equal("wrong-price+oversized", (await _server.CallsAsync()).GetProperty("calls")[0].GetProperty("fault").GetString());
    }

    [Fact]
    public async Task Faults_are_switched_off_one_by_one_by_provider_or_all_together()
    {
        await _server.FaultAsync(
            """[{"provider":"finnhub","kind":"html"},{"provider":"massive","kind":"html"},{"provider":"massive","kind":"empty"},{"kind":"stale"}]"""
        );

        Assert.Equal(204, (await _server.SendAsync(HttpMethod.Delete, "/admin/faults/1")).Status);
        Assert.Equal(404, (await _server.SendAsync(HttpMethod.Delete, "/admin/faults/1")).Status);
        Assert.Equal("application/json", (await _server.QuoteAsync("finnhub")).ContentType);
        await _server.SendAsync(HttpMethod.Delete, "/admin/faults?provider=massive");
        Assert.Equal(1, (await _server.GetAsync("/admin/faults")).Json.GetArrayLength());
        await _server.SendAsync(HttpMethod.Delete, "/admin/faults");
        Assert.Equal(0, (await _server.GetAsync("/admin/faults")).Json.GetArrayLength());
    }

    private static (decimal Price, decimal PreviousClose) Prices(Answer answer)
    {
        var root = answer.Json;
        if (root.TryGetProperty("c", out var flat))
        {
            return (flat.GetDecimal(), root.GetProperty("pc").GetDecimal());
        }

        if (root.TryGetProperty("Global Quote", out var global))
        {
            return (Number(global.GetProperty("05. price")), Number(global.GetProperty("08. previous close")));
        }

        if (root.TryGetProperty("ticker", out var ticker))
        {
            return (
                ticker.GetProperty("lastTrade").GetProperty("p").GetDecimal(),
                ticker.GetProperty("prevDay").GetProperty("c").GetDecimal()
            );
        }

        if (root.TryGetProperty("AAPL", out var alpaca))
        {
            return (
                alpaca.GetProperty("latestTrade").GetProperty("p").GetDecimal(),
                alpaca.GetProperty("prevDailyBar").GetProperty("c").GetDecimal()
            );
        }

        return root.TryGetProperty("previousClose", out var previous)
            ? (root.GetProperty("close").GetDecimal(), previous.GetDecimal())
            : (Number(root.GetProperty("close")), Number(root.GetProperty("previous_close")));
    }

    private static decimal Number(JsonElement text) => decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture);
}
