using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Quorum.Functions.Prefetch;
using Quorum.Functions.Tests.EndToEnd;
using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Postgres;
using static Quorum.Functions.Tests.Security.CanaryRun;

namespace Quorum.Functions.Tests.Security;

/// <summary>All that fails during a <see cref="CanaryRun"/>: providers in every way, PostgreSQL, the storage account, callers and senders
/// of messages.</summary>
/// <param name="responses">Receives every response.</param>
internal sealed class CanaryScenario(
    HttpClient http,
    TestDatabase database,
    RunningSimulator simulator,
    QueueOfBatches queues,
    RecordedWire wire,
    string role,
    ConcurrentQueue<string> responses
)
{
    private static readonly object[] Faults =
    [
        new { kind = "refused" },
        new { kind = "slow-headers", ms = 1000 },
        new
        {
            kind = "dripped-body",
            bytes = 8,
            ms = 100,
        },
        new { kind = "reset" },
        new
        {
            kind = "status",
            status = 429,
            retryAfter = "1",
        },
        new { kind = "status", status = 429 },
        new { kind = "status", status = 401 },
        new { kind = "status", status = 403 },
        new { kind = "status", status = 500 },
        new { kind = "status", status = 503 },
        new { kind = "html" },
        new { kind = "truncated" },
        new { kind = "empty" },
        new { kind = "drift", drift = "retyped" },
        new { kind = "oversized", bytes = 2_000_000 },
        new { kind = "stale", seconds = 500_000 },
        new { kind = "bad-numbers", text = "NaN" },
        // Providers that repeat the key in their answer.
        new
        {
            kind = "status",
            status = 401,
            body = "{\"error\":\"the key " + Canary + "-finnhub is not valid\"}",
        },
        new
        {
            kind = "status",
            status = 200,
            body = "{\"Information\":\"We have detected your API key as " + Canary + "-alpha-vantage\"}",
        },
        new
        {
            kind = "status",
            status = 200,
            body = "{\"c\":\""
                + Canary
                + "-echo\",\"code\":\""
                + Canary
                + "-echo\",\"status\":\"error\",\"message\":\""
                + Canary
                + "-echo\"}",
        },
        new
        {
            kind = "status",
            status = 500,
            body = Canary + "-echo",
            contentType = "text/plain",
            headers = new Dictionary<string, string> { ["X-Echo"] = Canary + "-echo" },
        },
    ];

    public async Task RunAsync()
    {
        await AskAsync("GET", "/api/quotes/T0197?budget=10000&maxAge=0");
        await AskAsync("PUT", "/api/watchlist/T0196", """{"maxAge":5}""");
        await AskAsync("POST", "/api/batches", $$"""{"batchId":"well","symbols":[{{Tickers(600, 30)}}]}""");
        await queues.SendRawAsync(
            new PrefetchMessage(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddMinutes(5), [Symbol.Parse("T0195")]).Write(),
            PrefetchMessage.Queue
        );
        await database.WaitUntilAsync("select exists (select from quorum.batches where id = 'well' and state = 'completed')");

        var ticker = 200;
        foreach (var fault in Faults)
        {
            await simulator.FailAsync(fault);
            await AskAsync("GET", $"/api/quotes/T0{ticker++}?budget=400&maxAge=0");
            await AskAsync(
                "POST",
                "/api/batches",
                $$"""{"batchId":"ill-{{ticker}}","symbols":[{{Tickers(700 + (ticker % 100 * 3), 3)}},"no symbol"]}"""
            );
            await simulator.MendAsync();
        }

        await SendBadMessagesAsync();
        await CallBadlyAsync();
        await database.WaitUntilAsync("select count(*) = 8 and min(deliveries) = 2 from quorum.dead_letters");
        await LosePostgresAsync();
        await LoseStorageAsync();

        await database.WaitUntilAsync("select not exists (select from quorum.batches where state in ('accepted', 'running'))");
        await ReadEverythingAsync();
    }

    private async Task SendBadMessagesAsync()
    {
        foreach (var queue in (string[])["quote-batches", "quote-prefetch"])
        {
            await queues.SendRawAsync("no Base64, from stranger8a2d", queue);
            await queues.SendRawAsync(Convert.ToBase64String("""{"version": 9, "note": "from stranger8a2d"}"""u8), queue);
            await queues.SendRawAsync(
                Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"version": 1, "note": "{{Borrowed}}"}""")),
                queue
            );
            await queues.SendRawAsync(
                Convert.ToBase64String(
                    Encoding.UTF8.GetBytes(
                        $$"""
                        {"version": 1, "note": "{{Secret.InBase64Twice(Borrowed)}}", "also": "{{Secret.InBase64OfUtf16(Borrowed)}}",
                         "at": "https://example.com/{{Secret.UrlEncodedTwice(Borrowed)}}"}
                        """
                    )
                ),
                queue
            );
        }
    }

    private async Task CallBadlyAsync()
    {
        foreach (
            var path in (string[])
                [
                    "/api/quotes/T0198?budget=2000",
                    "/api/quotes/T0198?budget=nonsense",
                    "/api/nowhere?x=1",
                    "/api/batches/well?x=1",
                    "/api/quotes/T0198?maxAge=0&budget=50",
                ]
        )
        {
            await AskAsync("GET", $"{path}&code={FunctionKey}", key: null);
            await AskAsync("GET", $"{path}&code={FunctionKey}x", key: null);
            await AskAsync("GET", path, key: FunctionKey + "x");
            await AskAsync("GET", path, key: MasterKey);
        }

        await AskAsync("POST", $"/api/batches?code={FunctionKey}", "[", key: null);
        foreach (
            var request in (string[])
                [
                    $"GET /api/quotes/T0199?code={FunctionKey} HTTP/9.9\r\nHost: x\r\n\r\n",
                    $"GET /api/quotes/T0199?code={FunctionKey} with spaces HTTP/1.1\r\nHost: x\r\n\r\n",
                    $"NONSENSE {FunctionKey}\r\n\r\n",
                    $"GET /api/quotes/T0199?code={FunctionKey}\u0001 HTTP/1.1\r\nHost: x\r\n\r\n",
                    $"GET /api/quotes/T0199 HTTP/1.1\r\nHost: x\r\nx-functions-key: {FunctionKey}\r\nContent-Length: -5\r\n\r\n",
                    $"GET /api/quotes/T0199 HTTP/1.1\r\nHost: x\r\nx-functions-key {FunctionKey}\r\n\r\n",
                    $"GET /api/quotes/T0199?code={FunctionKey}{new string('x', 20_000)} HTTP/1.1\r\nHost: x\r\n\r\n",
                    $"POST /api/batches?code={FunctionKey} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
                ]
        )
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, http.BaseAddress!.Port); // It has one.
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
            client.Client.Shutdown(SocketShutdown.Send);
            using var reader = new StreamReader(stream);
            responses.Enqueue(await reader.ReadToEndAsync());
        }
    }

    private async Task LosePostgresAsync()
    {
        await database.ExecuteAsync(
            $"alter role {role} nologin; select pg_terminate_backend(pid) from pg_stat_activity where usename = '{role}'"
        );
        foreach (
            var path in (string[])
                [
                    "quotes/T0190?maxAge=0&budget=1000",
                    "quotes/T0191?maxAge=0",
                    "quotes/T0190/history",
                    "batches/well",
                    "watchlist",
                    "providers",
                    "health/ready",
                ]
        )
        {
            await AskAsync("GET", "/api/" + path);
        }

        await AskAsync("POST", "/api/batches", """{"symbols":["T0192"]}""");
        await database.ExecuteAsync($"alter role {role} login password '{Canary}-of-another'; alter role {role} password '{Password}'");
        await UntilAsync("/api/health/ready");
    }

    private async Task LoseStorageAsync()
    {
        wire.IsCut = true;
        await AskAsync("POST", "/api/batches", """{"batchId":"unsent","symbols":["T0193"]}""");
        wire.IsCut = false;
        await AskAsync("POST", "/api/batches", """{"batchId":"unsent","symbols":["T0193"]}""");
    }

    /// <summary>All that can be read over HTTP, history of orchestrations included.</summary>
    private async Task ReadEverythingAsync()
    {
        const string Management = "/runtime/webhooks/durabletask/instances";
        await AskAsync("GET", $"{Management}?showInput=true&top=1000", key: MasterKey);
        // There are some.
        foreach (var id in (await database.QueryAsync<string[]>("select array_agg(instance_id) from taskhub.instances"))!)
        {
            await AskAsync("GET", $"{Management}/{id}?showHistory=true&showHistoryOutput=true&showInput=true", key: MasterKey);
        }

        foreach (
            var path in (string[])
                [
                    "quotes/T0197/history",
                    "batches/well",
                    "batches/well/items",
                    "watchlist",
                    "providers",
                    "instruments",
                    "openapi.json",
                    "health/live",
                ]
        )
        {
            await AskAsync("GET", "/api/" + path);
        }

        foreach (var id in (await database.QueryAsync<string[]>("select array_agg(id) from quorum.batches"))!) // As above.
        {
            await AskAsync("GET", $"/api/batches/{id}/items?limit=500");
        }
    }

    private async Task UntilAsync(string path)
    {
        using var expired = new CancellationTokenSource(SignalTasks.Deadline);
        while (await AskAsync("GET", path) != HttpStatusCode.OK)
        {
            await database.ExecuteAsync("select pg_sleep(0.05)", expired.Token);
        }
    }

    private async Task<HttpStatusCode> AskAsync(string method, string path, string? body = null, string? key = FunctionKey)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("x-functions-key", key);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await http.SendAsync(request);
        responses.Enqueue($"{response} {await response.Content.ReadAsStringAsync()}");
        return response.StatusCode;
    }

    private static string Tickers(int first, int count) =>
        string.Join(',', Enumerable.Range(first, count).Select(number => $"\"T{number:0000}\""));
}
