using System.Text.Json;
using Quorum.Testing;

namespace Quorum.ProviderSimulator.Tests;

/// <summary>Faults of connections, statuses and bodies.</summary>
public sealed class TransportFaultTests : IAsyncLifetime
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
}
