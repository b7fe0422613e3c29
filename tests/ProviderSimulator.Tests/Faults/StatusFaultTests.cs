namespace Quorum.ProviderSimulator.Tests;

/// <summary>A forced status: the body that the vendor sends with it, and statuses that have none.</summary>
public sealed class StatusFaultTests(SharedSimulator simulator) : IClassFixture<SharedSimulator>, IAsyncLifetime
{
    private const string Proxy = "<html>\r\n<head><title>";
    private SimulatorServer _server = null!; // Set before each test.

    public async Task InitializeAsync() => _server = await simulator.RestoreAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("finnhub", 401, "application/json", """{"error":"Invalid API key"}""")]
    [InlineData("finnhub", 403, "application/json", """{"error":"You don't have access to this resource."}""")]
    [InlineData("finnhub", 429, "application/json", """{"error":"API limit reached. Please try again later. Remaining Limit: 0"}""")]
    [InlineData("finnhub", 502, "text/html", Proxy + "502 Bad Gateway")]
    [InlineData("alpha-vantage", 429, "text/html", Proxy + "429 Too Many Requests")]
    [InlineData("alpha-vantage", 500, "text/html", Proxy + "500 Internal Server Error")]
    [InlineData("twelve-data", 400, "application/json", """{"code":400,"message":"No data is available on the specified dates.""")]
    [InlineData("twelve-data", 401, "application/json", """{"code":401,"message":"**apikey** parameter is incorrect""")]
    [InlineData("twelve-data", 404, "application/json", """{"code":404,"message":"**symbol** or **figi** parameter""")]
    [InlineData(
        "twelve-data",
        429,
        "application/json",
        """{"code":429,"message":"You have run out of API credits for the current minute."""
    )]
    [InlineData("twelve-data", 500, "application/json", """{"code":500,"message":"Something went wrong.""")]
    [InlineData("twelve-data", 503, "text/html", Proxy + "503 Service Unavailable")]
    [InlineData("massive", 401, "application/json", """{"status":"ERROR","request_id":""")]
    [InlineData("massive", 403, "application/json", """{"status":"NOT_AUTHORIZED","request_id":""")]
    [InlineData("massive", 404, "application/json", """{"status":"NOT_FOUND","request_id":""")]
    [InlineData("massive", 504, "application/json", """{"status":"ERROR","request_id":""")]
    [InlineData("alpaca", 401, "application/json", """{"message":"forbidden."}""")]
    [InlineData("alpaca", 403, "application/json", """{"message":"forbidden."}""")]
    [InlineData("alpaca", 429, "application/json", """{"message":"too many requests."}""")]
    [InlineData("alpaca", 500, "application/json", """{"message":"internal server error"}""")]
    [InlineData("alpaca", 504, "text/html", Proxy + "504 Gateway Timeout")]
    [InlineData("eodhd", 401, "text/html", "Unauthenticated")]
    [InlineData("eodhd", 402, "text/html", "You exceeded your daily API requests limit.  Please contact")]
    [InlineData("eodhd", 403, "text/html", "Forbidden. Please contact support@eodhistoricaldata.com")]
    [InlineData("eodhd", 404, "text/html", "Ticker Not Found.")]
    [InlineData("eodhd", 429, "text/html", Proxy + "429 Too Many Requests")]
    [InlineData("eodhd", 500, "text/html", Proxy + "500 Internal Server Error")]
    public async Task A_forced_status_comes_with_the_vendors_own_body(string provider, int status, string contentType, string beginning)
    {
        await _server.FaultAsync($$"""{"provider":"{{provider}}","kind":"status","status":{{status}}}""");

        var answer = await _server.QuoteAsync(provider);

        Assert.Equal((status, contentType), (answer.Status, answer.ContentType));
        Assert.StartsWith(beginning, answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(205)]
    [InlineData(304)]
    public async Task A_status_without_a_body_comes_without_one(int status)
    {
        await _server.FaultAsync(
            $$"""[{"provider":"finnhub","kind":"status","status":{{status}},"retryAfter":"5"},{"provider":"finnhub","kind":"truncated"}]"""
        );

        var answer = await _server.QuoteAsync("finnhub");

        Assert.Equal((status, "", null, "5"), (answer.Status, answer.Body, answer.ContentType, answer.Header("Retry-After")));
    }

    [Theory]
    [InlineData("Wed, 21 Oct 2026 07:28:00 GMT")]
    [InlineData("-1")]
    [InlineData("soon")]
    public async Task Retry_After_is_sent_as_it_is(string value)
    {
        await _server.FaultAsync($$"""{"kind":"status","status":503,"retryAfter":"{{value}}"}""");

        Assert.Equal(value, (await _server.QuoteAsync("massive")).Headers.GetValues("Retry-After").Single());
    }

    [Fact]
    public async Task A_body_is_JSON_unless_it_is_called_something_else()
    {
        await _server.FaultAsync("""{"provider":"eodhd","kind":"status","status":418,"body":"{}"}""");

        var answer = await _server.QuoteAsync("eodhd");

        Assert.Equal((418, "application/json", "{}"), (answer.Status, answer.ContentType, answer.Body));
    }

    [Fact]
    public async Task A_status_goes_before_the_key_the_quota_and_the_path()
    {
        await _server.FaultAsync("""{"provider":"finnhub","kind":"status","status":503}""");

        Assert.Equal(503, (await _server.FinnhubAsync("AAPL", "wrong")).Status);
        Assert.Equal(503, (await _server.FinnhubAsync("AAPL", "sim-exhausted")).Status);
        Assert.Equal(503, (await _server.GetAsync("/finnhub/nowhere")).Status);
    }
}
