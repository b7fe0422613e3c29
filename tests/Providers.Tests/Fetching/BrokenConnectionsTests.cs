using System.Net;
using System.Net.Sockets;
using System.Text;
using Quorum.MarketData;

namespace Quorum.Providers.Tests;

public class BrokenConnectionsTests
{
    private const string Head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

    private static async Task<FetchOutcome> FetchFromAsync(Func<Socket, Task> answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, answer);
        await using var fleet = new FleetUnderTest(time: null, ("Finnhub:BaseAddress", $"http://{listener.LocalEndpoint}"));

        var outcome = await fleet.FetchAsync(ProviderId.Finnhub);
        listener.Stop();
        await serving;
        return outcome;
    }

    private static async Task ServeAsync(TcpListener listener, Func<Socket, Task> answer)
    {
        while (true)
        {
            try
            {
                using var socket = await listener.AcceptSocketAsync();
                await socket.ReceiveAsync(new byte[4096]);
                await answer(socket);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return; // the listener was stopped
            }
        }
    }

    private static async Task SendAsync(Socket socket, string text, bool reset = false)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(text));
        if (reset)
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        else
            socket.Shutdown(SocketShutdown.Send);
    }

    [Fact]
    public async Task Nobody_listening_is_unreachable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        listener.Stop();
        await using var fleet = new FleetUnderTest(time: null, ("Finnhub:BaseAddress", address));

        var outcome = await fleet.FetchAsync(ProviderId.Finnhub);

        Assert.Equal((FetchStatus.Unreachable, 3, "No connection, or it broke (ConnectionError)."), (outcome.Status, outcome.Attempts, outcome.Detail));
    }

    [Fact]
    public async Task A_connection_closed_without_an_answer_is_unreachable() =>
        Assert.Equal(FetchStatus.Unreachable, (await FetchFromAsync(_ => Task.CompletedTask)).Status);

    [Fact]
    public async Task A_reset_before_the_answer_is_unreachable() =>
        Assert.Equal(FetchStatus.Unreachable, (await FetchFromAsync(socket => SendAsync(socket, "", reset: true))).Status);

    [Fact]
    public async Task An_answer_that_ends_before_its_length_is_malformed()
    {
        var outcome = await FetchFromAsync(socket => SendAsync(socket, Head + "Content-Length: 500\r\n\r\n{\"c\":214.29,"));

        Assert.Equal((FetchStatus.MalformedResponse, "The answer is cut off."), (outcome.Status, outcome.Detail));
    }

    [Fact]
    public async Task A_chunked_answer_without_its_last_chunk_is_malformed() =>
        Assert.Equal(
            FetchStatus.MalformedResponse,
            (await FetchFromAsync(socket => SendAsync(socket, Head + "Transfer-Encoding: chunked\r\n\r\nc\r\n{\"c\":214.29,\r\n"))).Status);

    [Fact]
    public async Task An_answer_that_ends_with_its_connection_is_whole() =>
        Assert.Equal(
            FetchStatus.Ok,
            (await FetchFromAsync(socket => SendAsync(socket, Head + "Connection: close\r\n\r\n" + Successes.Of(ProviderId.Finnhub)))).Status);

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    [InlineData("HTTP/1.1 abc\r\n\r\n")]
    [InlineData("\0\0\0\0\0\0\0\0\r\n\r\n")]
    public async Task What_is_no_HTTP_is_malformed(string text) =>
        Assert.Equal(FetchStatus.MalformedResponse, (await FetchFromAsync(socket => SendAsync(socket, text))).Status);

    [Fact]
    public async Task Endless_headers_are_malformed() =>
        Assert.Equal(
            FetchStatus.MalformedResponse,
            (await FetchFromAsync(socket => SendAsync(socket, Head + "X-Long: " + new string('x', 200_000) + "\r\n\r\n{}"))).Status);

    [Fact]
    public async Task Garbage_that_claims_to_be_compressed_is_malformed() =>
        Assert.Equal(
            FetchStatus.MalformedResponse,
            (await FetchFromAsync(socket => SendAsync(socket, Head + "Content-Encoding: gzip\r\nContent-Length: 12\r\n\r\n{\"c\":214.29,"))).Status);
}
