using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Quorum.Functions.Telemetry;
using Quorum.Functions.Tests.EndToEnd;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Telemetry;

public sealed class RequestLogTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task Each_request_is_one_line_with_status_symbol_instance_and_trace()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await RunningApp.StartAsync(
            database,
            fixture.Simulator.Address,
            "Logging:LogLevel:Quorum.Functions.Telemetry=Information"
        );
        using var log = new FakeLoggerProvider();
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);

        var quote = await app.GetAsync("quotes/AAPL?budget=10000&code=secret-key");
        var bad = await app.GetAsync("quotes/A%0AB%20%F0%9F%92%A3");
        await app.GetAsync("batches/nosuch");
        await app.GetAsync("health/live");

        Assert.Collection(
            LinesOf(log),
            line =>
                Assert.Matches(
                    $"^Information GET /api/quotes/AAPL 200 [0-9.]+ ms, symbol AAPL, instance {quote.Value("instanceId")}, trace {quote.Value("traceId")}$",
                    line
                ),
            line =>
                Assert.Matches(
                    $"^Information GET /api/quotes/A%0AB%20%F0%9F%92%A3 400 [0-9.]+ ms, symbol -, instance -, trace {bad.Value("traceId")}$",
                    line
                ),
            line => Assert.Matches("^Information GET /api/batches/nosuch 404 [0-9.]+ ms, symbol -, instance -, trace [0-9a-f]{32}$", line)
        );
    }

    [Fact]
    public async Task Requests_without_a_key_do_not_fill_the_log()
    {
        const int Requests = 400;
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await RunningApp.StartAsync(
            database,
            fixture.Simulator.Address,
            "Logging:LogLevel:Quorum.Functions.Telemetry=Information"
        );
        using var log = new FakeLoggerProvider();
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);

        for (var number = 0; number < Requests; number++)
        {
            await app.GetAsync("openapi.json", ("If-None-Match", "*"));
        }

        Assert.InRange(LinesOf(log).Count, 60, Requests - 1); // 60 in each minute that the requests take
    }

    [Fact]
    public void Lines_beyond_the_limit_are_counted_until_the_minute_is_over()
    {
        var time = new ManualTimeProvider(DateTimeOffset.UnixEpoch);
        var limit = new LogRateLimit(perMinute: 2, time);

        Assert.True(limit.TryTake(out _));
        Assert.True(limit.TryTake(out _));
        Assert.False(limit.TryTake(out _));
        Assert.False(limit.TryTake(out var early));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(limit.TryTake(out var leftOut));
        Assert.True(limit.TryTake(out var later));

        Assert.Equal((0, 2, 0), (early, leftOut, later));
    }

    private static IReadOnlyList<string> LinesOf(FakeLoggerProvider log) =>
        [
            .. log
                .Collector.GetSnapshot()
                .Where(record => record.Category?.EndsWith("RequestLog", StringComparison.Ordinal) is true)
                .Select(record => $"{record.Level} {record.Message}"),
        ];
}
