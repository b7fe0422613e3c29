using System.Net;
using System.Net.Sockets;
using System.Text;
using Quorum.DevHost.Batches;
using Quorum.DevHost.CommandLine;
using Quorum.LocalServices;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.DevHost.Tests.Batches;

public sealed class BatchClientTests
{
    private const string State = """{"total":10,"done":4,"failed":3,"cancelled":2,"finished":null}""";

    private readonly ManualTimeProvider _clock = new();
    private readonly List<string> _reports = [];

    [Fact]
    public async Task Wrong_address_is_named_and_nothing_is_durable_before_the_batch_is_accepted()
    {
        using var port = new ClosedPort();
        var address = new Uri($"http://127.0.0.1:{port.Number}");
        using var stop = new CancellationTokenSource();
        var lines = new List<string>();
        using var client = new BatchClient(new RunningServer(address, Key: null), Report, TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(["AAPL"], stop.Token));

        var line = Assert.Single(lines);
        Assert.StartsWith($"{address} does not answer", line, StringComparison.Ordinal);
        Assert.Contains("It has not accepted the batch yet. Is the address right?", line, StringComparison.Ordinal);
        Assert.DoesNotContain("durable", line, StringComparison.Ordinal);

        void Report(string text)
        {
            lines.Add(text);
            stop.Cancel();
        }
    }

    [Fact]
    public async Task Accepted_batch_is_durable_while_the_app_is_away()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerOnceAsync(listener);
        using var stop = new CancellationTokenSource();
        var lines = new List<string>();
        using var client = new BatchClient(
            new RunningServer(new Uri($"http://{listener.LocalEndpoint}"), Key: null),
            Report,
            TimeProvider.System
        );

        var id = await client.SendAsync(["AAPL"], stop.Token);
        await answering; // and then nothing listens
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetStateAsync(id, stop.Token));

        Assert.EndsWith("The batch is durable.", Assert.Single(lines), StringComparison.Ordinal);

        void Report(string text)
        {
            lines.Add(text);
            stop.Cancel();
        }
    }

    [Theory]
    [InlineData(
        503,
        """{"title":"Starting","detail":"Thirty orchestrations must run first."}""",
        "Starting: Thirty orchestrations must run first"
    )]
    [InlineData(429, "", "TooManyRequests (status 429)")]
    public async Task Request_that_is_rejected_for_now_is_reported_once_and_sent_again_until_it_is_accepted(
        int status,
        string body,
        string reason
    )
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("POST ", status, body).On("POST ", status, body).On("POST ", 202, "{}");
        using var client = Client(instance.Address);

        var sending = client.SendAsync(["AAPL"], CancellationToken.None);
        await AdvanceAsync(seconds: 1);
        await AdvanceAsync(seconds: 1);
        await sending.WithinAsync();

        Assert.Equal(
            [
                $"{instance.Address}/ accepts no request now ({reason}); waiting up to 2 minutes for it. It has not accepted the batch yet.",
                $"{instance.Address}/ answers again; the batch goes on.",
            ],
            _reports
        );
        Assert.Single(instance.Requests.Select(request => request.Body).Distinct()); // one batch, however often it is sent
    }

    [Fact]
    public async Task Retry_after_is_obeyed()
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("GET ", 429, "", ("Retry-After", "40")).On("GET ", 200, State);
        using var client = Client(instance.Address);

        var asking = client.GetStateAsync("b1", CancellationToken.None);
        await AdvanceAsync(seconds: 39);
        Assert.Equal(1, _clock.ArmedTimers);
        await AdvanceAsync(seconds: 1);

        Assert.Equal(new BatchState(10, 4, 3, 2, IsFinished: false), await asking.WithinAsync());
    }

    [Fact]
    public async Task Limit_that_resets_later_than_the_longest_wait_is_an_error_at_once()
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On("POST ", 429, """{"title":"Consumer limit","detail":"They are used up."}""", ("Retry-After", "3600"));
        using var client = Client(instance.Address);

        var error = await Assert.ThrowsAsync<LocalServiceException>(() => client.SendAsync(["AAPL"], CancellationToken.None).WithinAsync());

        Assert.Equal("Consumer limit: They are used up.", error.Message);
        Assert.Empty(_reports);
    }

    [Theory]
    [InlineData(true, "gave no answer for 2 minutes: ")]
    [InlineData(false, "ServiceUnavailable (status 503)")]
    public async Task Outage_of_more_than_two_minutes_is_an_error(bool isBroken, string text)
    {
        await using var instance = await FakeInstance.StartAsync();
        instance.On(
            "GET ",
            context =>
            {
                context.Response.StatusCode = 503;
                if (isBroken)
                {
                    context.Abort();
                }

                return Task.CompletedTask;
            }
        );
        using var client = Client(instance.Address);

        var asking = client.GetStateAsync("b1", CancellationToken.None);
        await AdvanceAsync(seconds: 120);
        var error = await Assert.ThrowsAsync<LocalServiceException>(() => asking.WithinAsync());

        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Equal(2, instance.Requests.Count);
    }

    [Fact]
    public async Task Connection_that_breaks_during_the_search_for_an_instrument_does_not_end_the_batch()
    {
        await using var instance = await FakeInstance.StartAsync();
        instance
            .On(
                "GET ",
                context =>
                {
                    context.Abort();
                    return Task.CompletedTask;
                }
            )
            .On("GET ", 200, """{"symbol":"VOD:XLON"}""");
        using var client = Client(instance.Address);

        var finding = client.FindSymbolAsync("VOD.L", CancellationToken.None);
        await AdvanceAsync(seconds: 1);

        Assert.Equal("VOD:XLON", await finding.WithinAsync());
    }

    [Fact]
    public async Task Redirect_is_not_followed_since_the_keys_are_for_one_server()
    {
        await using var other = await FakeInstance.StartAsync();
        await using var instance = await FakeInstance.StartAsync();
        instance.On("POST ", 308, "", ("Location", $"{other.Address}/api/batches"));
        using var client = Client(instance.Address);

        var error = await Assert.ThrowsAsync<LocalServiceException>(() => client.SendAsync(["AAPL"], CancellationToken.None).WithinAsync());

        Assert.StartsWith($"{instance.Address}/ redirects to {other.Address}/api/batches.", error.Message, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    private BatchClient Client(string address) => new(new RunningServer(new Uri(address), "secret"), _reports.Add, _clock);

    /// <summary>Moves the clock once the client waits. What it does then sees the new time, and none in between.</summary>
    private async Task AdvanceAsync(int seconds)
    {
        await _clock.WhenArmedAsync();
        _clock.SetUtcNow(_clock.GetUtcNow().AddSeconds(seconds));
        _clock.Advance(TimeSpan.Zero);
    }

    private static async Task AnswerOnceAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync();
        listener.Stop();
        await using var stream = client.GetStream();
        var request = new byte[16 * 1024];
        var text = "";
        while (!text.EndsWith("]}", StringComparison.Ordinal))
        {
            text += Encoding.ASCII.GetString(request, 0, await stream.ReadAsync(request));
        }

        await stream.WriteAsync("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"u8.ToArray());
    }
}
