using System.Net;
using System.Net.Sockets;
using System.Text;
using Quorum.Functions.Tests.EndToEnd;
using Xunit.Abstractions;

namespace Quorum.Functions.Tests.Security;

/// <summary>Requests from a generator. <c>QUORUM_SEED</c> repeats a run.</summary>
public sealed class GeneratedRequestsTests(QuorumFixture fixture, ITestOutputHelper output) : IClassFixture<QuorumFixture>
{
    private const int Requests = 10_000,
        RawRequests = 300;
    private const long MemoryAllowance = 200L << 20;

    private static readonly string[] Paths =
    [
        "/api/quotes/",
        "/api/quotes/AAPL/history",
        "/api/batches",
        "/api/batches/",
        "/api/instruments",
        "/api/instruments/",
        "/api/watchlist",
        "/api/watchlist/",
        "/api/providers",
        "/api/health/live",
        "/api/openapi.json",
        "/runtime/webhooks/durabletask/instances",
        "/runtime/webhooks/durabletask/instances/",
        "/",
        "/api",
        "/api//",
    ];

    private static readonly string[] Queries =
    [
        "budget",
        "maxAge",
        "providers",
        "from",
        "to",
        "limit",
        "cursor",
        "after",
        "code",
        "showHistory",
        "top",
        "x",
        "",
    ];
    private static readonly string[] Bodies =
    [
        "",
        "{}",
        "[]",
        "null",
        "{\"symbols\":null}",
        "{\"symbols\":[1]}",
        "{\"batchId\":\"../x\",\"symbols\":[\"A A\"]}",
        "{\"symbols\":[",
        "\"x\"",
        "1e999",
    ];
    private static readonly HttpMethod[] Methods =
    [
        HttpMethod.Get,
        HttpMethod.Get,
        HttpMethod.Get,
        HttpMethod.Post,
        HttpMethod.Put,
        HttpMethod.Delete,
        HttpMethod.Patch,
        HttpMethod.Options,
        HttpMethod.Head,
        new("BREW"),
    ];

    private readonly int _seed = int.TryParse(Environment.GetEnvironmentVariable("QUORUM_SEED"), out var given)
        ? given
        : Random.Shared.Next();

    [Fact]
    public async Task Ten_thousand_generated_requests_cause_no_server_error_show_no_stack_and_keep_memory_bounded()
    {
        output.WriteLine($"QUORUM_SEED={_seed}");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Requests),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (number, cancellationToken) =>
            {
                using var request = Generate(new Random(_seed + number));
                var what = $"seed {_seed}, request {number}: {request.Method} {request.RequestUri}";
                var answer = await fixture.App.SendAsync(request, cancellationToken);
                Assert.True(
                    answer.Status is < HttpStatusCode.InternalServerError || IsNoQuote(request, answer),
                    $"{what} -> {answer.Status} {answer.Text}"
                );
                Assert.DoesNotContain("   at ", answer.Text, StringComparison.Ordinal);
                Assert.DoesNotContain("Exception", answer.Text, StringComparison.Ordinal);
            }
        );

        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < MemoryAllowance, $"seed {_seed}: {grown >> 20} MiB");
    }

    [Fact]
    public async Task Bytes_that_are_no_HTTP_get_a_client_error_or_nothing()
    {
        output.WriteLine($"QUORUM_SEED={_seed}");
        for (var i = 0; i < RawRequests; i++)
        {
            var answer = await SendAsync(Garbage(new Random(_seed + i)));
            Assert.True(
                answer.Length == 0
                    || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal)
                    || answer.StartsWith("HTTP/1.1 2", StringComparison.Ordinal)
                    || answer.StartsWith("HTTP/1.1 302", StringComparison.Ordinal) // still a request for the root
                    || answer.StartsWith("HTTP/1.1 505", StringComparison.Ordinal) // HTTP Version Not Supported
                    || answer.StartsWith("\0\0\b\a", StringComparison.Ordinal), // HTTP/2's GOAWAY, the server's answer to an HTTP/2 preface
                $"seed {_seed}, request {i}: {answer}"
            );
        }

        Assert.Equal(HttpStatusCode.OK, (await fixture.App.GetAsync("health/live")).Status);
    }

    /// <summary>True for the specified answer to a valid symbol of which no provider gave a price inside the budget: a machine that is busy
    /// may let all of them time out. It says when to ask again.</summary>
    private static bool IsNoQuote(HttpRequestMessage request, Answer answer) =>
        answer.Status is HttpStatusCode.ServiceUnavailable
        && request.RequestUri!.AbsolutePath.StartsWith("/api/quotes/", StringComparison.Ordinal) // The client has made it absolute.
        && answer.Headers.ContainsKey("Retry-After")
        && (request.Method == HttpMethod.Head ? answer.Text.Length == 0 : answer.Value("type") == "urn:quorum:problem:no-quote");

    private static HttpRequestMessage Generate(Random random)
    {
        var path = Paths[random.Next(Paths.Length)];
        if (path.EndsWith('/'))
        {
            path += Uri.EscapeDataString(Text(random));
        }

        if (random.Next(2) == 0)
        {
            path +=
                "?"
                + string.Join(
                    '&',
                    Enumerable
                        .Range(0, random.Next(1, 4))
                        .Select(_ => $"{Queries[random.Next(Queries.Length)]}={Uri.EscapeDataString(Text(random))}")
                );
        }

        var request = new HttpRequestMessage(Methods[random.Next(Methods.Length)], path);
        if (random.Next(3) == 0)
        {
            request.Headers.TryAddWithoutValidation(
                random.Next(2) == 0 ? "If-None-Match" : "traceparent",
                string.Concat(Text(random).Where(c => c is >= ' ' and <= '~'))
            );
        }

        if (random.Next(4) == 0 && request.Method != HttpMethod.Head)
        {
            request.Content = new StringContent(
                Bodies[random.Next(Bodies.Length)],
                Encoding.UTF8,
                random.Next(2) == 0 ? "application/json" : "text/plain"
            );
        }

        return request;
    }

    private static string Text(Random random)
    {
        string[] known =
        [
            "AAPL",
            "VOD:XLON",
            "..",
            "../..",
            "%00",
            "'; drop table quorum.quotes; --",
            "<script>",
            "-1",
            "0",
            "99999999999999999999",
            "NaN",
            "2026-11-20T00:00:00Z",
            "finnhub",
            "💣",
            " ",
            "A\nB",
        ];
        if (random.Next(2) == 0)
        {
            return known[random.Next(known.Length)];
        }

        var text = new StringBuilder();
        for (var length = random.Next(1, random.Next(20) == 0 ? 4000 : 20); length > 0; length--)
        {
            text.Append((char)(random.Next(4) == 0 ? random.Next(1, 0xd7ff) : random.Next(32, 127)));
        }

        return text.ToString();
    }

    private static byte[] Garbage(Random random)
    {
        var bytes = new byte[random.Next(1, 600)];
        random.NextBytes(bytes);
        string[] starts =
        [
            "",
            "GET ",
            "GET /api/quotes/AAPL HTTP/1.1\r\n",
            "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999\r\n\r\n",
            "POST /api/batches HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ];
        return [.. Encoding.Latin1.GetBytes(starts[random.Next(starts.Length)]), .. bytes];
    }

    private async Task<string> SendAsync(byte[] request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, fixture.App.Address.Port);
        await using var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(request);
            client.Client.Shutdown(SocketShutdown.Send);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            return await reader.ReadToEndAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return ""; // The connection was reset: no more than it deserved.
        }
    }
}
