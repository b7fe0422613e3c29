using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Quorum.StandaloneHost.Hosting.Http;
using Quorum.StandaloneHost.Tests.Worker.App;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.StandaloneHost.Tests.Worker.Http;

/// <summary>The abuse table of SECURITY.md: what requests without a key can take of memory, connections, time and log.</summary>
public sealed class AbuseTests
{
    private const string Host = "Host: localhost\r\n";

    [Fact]
    public async Task Bodies_under_way_share_a_memory_and_a_request_beyond_it_gets_503()
    {
        await using var app = await StartAsync(("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "60000"), ("Functions:Http:MaxBodyMemory", "65536"));
        var memory = app.Host.Services.GetRequiredService<BodyReading>().Memory;
        using var first = await RawHttp.OpenAsync(app.Address);
        await first.SendAsync($"POST /api/echo HTTP/1.1\r\n{Host}Content-Length: 50000\r\n\r\n{new string('x', 49_999)}");
        await UntilAsync(() => memory.Taken == 65_536);

        using var refused = await app.Client.PostAsync("api/echo", new StringContent("x"));
        await ProblemAssert.IsAsync(refused, HttpStatusCode.ServiceUnavailable);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Single(
            app.Logs.Collector.GetSnapshot(),
            entry => entry.Message == "Requests answered with 503 because bodies in flight use all of 65536 bytes: 1"
        );

        await first.SendAsync("x");
        Assert.Equal(200, (await first.ReadAsync())?.Status);
        await UntilAsync(() => memory.Taken == 0);
        using var accepted = await app.Client.PostAsync("api/echo", new StringContent("x"));
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    [Fact]
    public async Task A_request_for_which_there_is_no_memory_does_not_keep_a_part_of_it()
    {
        await using var app = await StartAsync(("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "60000"), ("Functions:Http:MaxBodyMemory", "65536"));
        var memory = app.Host.Services.GetRequiredService<BodyReading>().Memory;
        Assert.True(memory.TryTake(40_000));

        using var refused = await app.Client.PostAsync("api/echo", new ByteArrayContent(new byte[50_000]));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await UntilAsync(() => memory.Taken == 40_000);
    }

    [Fact]
    public async Task A_body_that_drips_in_is_not_waited_for_beyond_its_whole_time()
    {
        var clock = new ManualTimeProvider();
        await using var app = await RunningApp.StartAsync(
            typeof(HttpFunctions),
            builder =>
            {
                builder.Services.AddSingleton<Signals>().AddSingleton<TimeProvider>(clock);
                builder.Configuration["Functions:Http:BodyTimeout"] = "00:00:20";
                builder.Configuration["Functions:Http:BodyGrace"] = "01:00:00";
            }
        );
        var memory = app.Host.Services.GetRequiredService<BodyReading>().Memory;
        using var client = await RawHttp.OpenAsync(app.Address);
        await client.SendAsync($"POST /api/echo HTTP/1.1\r\n{Host}Content-Length: 10000\r\n\r\n");
        await clock.WhenArmedAsync();
        clock.Advance(TimeSpan.FromSeconds(10));
        await client.SendAsync(new string('x', 5000));
        await UntilAsync(() => memory.Taken == 8192);
        clock.Advance(TimeSpan.FromSeconds(10));

        var answer = await client.ReadAsync();

        Assert.NotNull(answer);
        ProblemAssert.Is(answer.Body, 408);
        Assert.Contains("Connection: close", answer.Head, StringComparison.Ordinal);
        Assert.Null(await client.ReadAsync());
        Assert.Equal(0, memory.Taken);
    }

    [Fact]
    public async Task A_connection_beyond_the_limit_is_closed_and_all_of_them_are_one_line_of_log()
    {
        await using var app = await StartAsync(("Functions:Http:MaxConnections", "2"));
        using var first = await KeptOpenAsync(app);
        using var second = await KeptOpenAsync(app);

        for (var i = 0; i < 20; i++)
        {
            using var third = await RawHttp.OpenAsync(app.Address);
            await third.SendAsync($"GET /api/items/special HTTP/1.1\r\n{Host}\r\n");
            Assert.Null(await third.ReadAsync());
        }

        Assert.Equal("Connections closed because 2 are open: 1", Assert.Single(NoticesOf(app)).Message);
        await first.SendAsync($"GET /api/items/special HTTP/1.1\r\n{Host}\r\n");
        Assert.Equal("special", (await first.ReadAsync())?.Body);
    }

    [Fact]
    public async Task Broken_requests_are_one_short_line_of_log_a_minute_with_their_number()
    {
        var clock = new ManualTimeProvider();
        await using var app = await RunningApp.StartAsync(
            typeof(HttpFunctions),
            builder => builder.Services.AddSingleton<Signals>().AddSingleton<TimeProvider>(clock)
        );
        string[] broken =
        [
            "nonsense\r\n\r\n",
            $"GET /api/items/1?code=secret HTTP/1.1\r\n{Host}No colon\r\n\r\n",
            $"POST /api/items HTTP/1.1\r\n{Host}Content-Length: many\r\n\r\n",
            $"POST /api/items HTTP/1.1\r\n{Host}Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            $"POST /api/items HTTP/1.1\r\n{Host}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
            $"POST /api/items HTTP/1.1\r\n{Host}Transfer-Encoding: chunked\r\n\r\n1\r\n{{no end of the chunk",
        ];
        for (var i = 0; i < 120; i++)
        {
            Assert.Equal(400, (await RawHttp.SendAsync(app.Address, broken[i % broken.Length])).Status);
        }

        var line = Assert.Single(NoticesOf(app));
        Assert.Equal("Invalid, incomplete or too slow requests: 1; the last got status 400, from 127.0.0.1", line.Message);

        clock.Advance(TimeSpan.FromMinutes(1));
        await RawHttp.SendAsync(app.Address, broken[0]);

        Assert.Equal(2, NoticesOf(app).Count);
        Assert.Equal("Invalid, incomplete or too slow requests: 120; the last got status 400, from 127.0.0.1", NoticesOf(app)[1].Message);
        Assert.All(app.Logs.Collector.GetSnapshot(), entry => Assert.Null(entry.Exception));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_breaks_off_its_body_leaves_no_error_in_the_log(bool resets)
    {
        await using var app = await StartAsync();
        var memory = app.Host.Services.GetRequiredService<BodyReading>().Memory;
        using var client = await RawHttp.OpenAsync(app.Address);
        await client.SendAsync($"POST /api/echo HTTP/1.1\r\n{Host}Content-Length: 100\r\n\r\nand then nothing");
        await UntilAsync(() => memory.Taken > 0);

        if (resets)
        {
            client.Reset();
        }
        else
        {
            client.EndSending();
            Assert.True(await client.ReadAsync() is null or { Status: 400 });
        }

        await UntilAsync(() => memory.Taken == 0);
        Assert.All(app.Logs.Collector.GetSnapshot(), entry => Assert.Null(entry.Exception));
        Assert.DoesNotContain(app.Logs.Collector.GetSnapshot(), entry => entry.Level >= LogLevel.Error);
    }

    private static Task<RunningApp> StartAsync(params (string Key, string Value)[] settings) =>
        RunningApp.StartAsync(
            typeof(HttpFunctions),
            builder =>
            {
                builder.Services.AddSingleton<Signals>();
                foreach (var (key, value) in settings)
                {
                    builder.Configuration[key] = value;
                }
            }
        );

    private static async Task<RawHttp> KeptOpenAsync(RunningApp app)
    {
        var connection = await RawHttp.OpenAsync(app.Address);
        await connection.SendAsync($"GET /api/items/special HTTP/1.1\r\n{Host}\r\n");
        Assert.Equal(200, (await connection.ReadAsync())?.Status);
        return connection;
    }

    /// <summary>The log records of the host and the server below it about the requests.</summary>
    private static List<FakeLogRecord> NoticesOf(RunningApp app) =>
        [.. app.Logs.Collector.GetSnapshot().Where(entry => entry.Level >= LogLevel.Warning)];

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var deadline = new CancellationTokenSource(SignalTasks.Deadline);
        while (!holds())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
