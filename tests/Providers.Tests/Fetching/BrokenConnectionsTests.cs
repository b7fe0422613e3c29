using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Time;

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
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        else
        {
            socket.Shutdown(SocketShutdown.Send);
        }
    }

    [Fact]
    public async Task A_port_without_a_listener_is_unreachable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://{listener.LocalEndpoint}";
        listener.Stop();
        await using var fleet = new FleetUnderTest(time: null, ("Finnhub:BaseAddress", address));

        var outcome = await fleet.FetchAsync(ProviderId.Finnhub);

        Assert.Equal(
            (FetchStatus.Unreachable, 3, "No connection, or it broke (ConnectionError)."),
            (outcome.Status, outcome.Attempts, outcome.Detail)
        );
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
            (await FetchFromAsync(socket => SendAsync(socket, Head + "Transfer-Encoding: chunked\r\n\r\nc\r\n{\"c\":214.29,\r\n"))).Status
        );

    [Fact]
    public async Task An_answer_that_ends_with_its_connection_is_whole() =>
        Assert.Equal(
            FetchStatus.Ok,
            (
                await FetchFromAsync(socket => SendAsync(socket, Head + "Connection: close\r\n\r\n" + Successes.Of(ProviderId.Finnhub)))
            ).Status
        );

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
            (await FetchFromAsync(socket => SendAsync(socket, Head + "X-Long: " + new string('x', 200_000) + "\r\n\r\n{}"))).Status
        );

    [Fact]
    public async Task Garbage_that_claims_to_be_compressed_is_malformed() =>
        Assert.Equal(
            FetchStatus.MalformedResponse,
            (
                await FetchFromAsync(socket =>
                    SendAsync(socket, Head + "Content-Encoding: gzip\r\nContent-Length: 12\r\n\r\n{\"c\":214.29,")
                )
            ).Status
        );

    [Fact]
    public async Task A_reset_in_the_middle_of_the_answer_is_unreachable() =>
        Assert.Equal(
            FetchStatus.Unreachable,
            (await FetchFromAsync(socket => SendAsync(socket, Head + "Content-Length: 500\r\n\r\n{\"c\":214.29,", reset: true))).Status
        );

    [Fact]
    public async Task A_name_that_does_not_resolve_is_unreachable()
    {
        // A top-level domain that never exists (RFC 6761).
        await using var fleet = new FleetUnderTest(
            time: null,
            ("Finnhub:BaseAddress", "http://provider.invalid"),
            ("Finnhub:Retry:MaxRetries", "0")
        );

        var outcome = await fleet.FetchAsync(ProviderId.Finnhub);

        Assert.Equal(FetchStatus.Unreachable, outcome.Status);
    }

    [Fact]
    public async Task A_server_that_speaks_no_TLS_where_it_should_is_unreachable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, socket => SendAsync(socket, "HTTP/1.1 400 Bad Request\r\n\r\n"));
        await using var fleet = new FleetUnderTest(time: null, ("Finnhub:BaseAddress", $"https://{listener.LocalEndpoint}"));

        var outcome = await fleet.FetchAsync(ProviderId.Finnhub);
        listener.Stop();
        await serving;

        Assert.Equal((FetchStatus.Unreachable, "No connection, or it broke (SecureConnectionError)."), (outcome.Status, outcome.Detail));
    }

    [Fact]
    public async Task A_server_that_never_answers_the_TLS_handshake_is_unreachable_after_the_connect_timeout()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(); // the system accepts the connection, and no bytes follow
        await using var fleet = new FleetUnderTest(
            time: null,
            ("Finnhub:BaseAddress", $"https://{listener.LocalEndpoint}"),
            ("Finnhub:ConnectTimeout", "00:00:00.050"),
            ("Finnhub:AttemptTimeout", "00:01:00"),
            ("Finnhub:Retry:MaxRetries", "0")
        );

        var outcome = await fleet.FetchAsync(ProviderId.Finnhub, DateTimeOffset.MaxValue).WithinAsync();

        Assert.Equal((FetchStatus.Unreachable, 1, "No connection in time."), (outcome.Status, outcome.Attempts, outcome.Detail));
    }

    [Fact]
    public async Task An_untrusted_certificate_is_unreachable()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest(
            "CN=127.0.0.1",
            key,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        ).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeTlsAsync(listener, certificate);
        await using var fleet = new FleetUnderTest(time: null, ("Finnhub:BaseAddress", $"https://{listener.LocalEndpoint}"));

        var outcome = await fleet.FetchAsync(ProviderId.Finnhub);
        listener.Stop();
        await serving;

        Assert.Equal((FetchStatus.Unreachable, "No connection, or it broke (SecureConnectionError)."), (outcome.Status, outcome.Detail));
    }

    [Theory]
    [InlineData("")]
    [InlineData(Head)]
    [InlineData(Head + "Content-Length: 500\r\n\r\n{\"c\":214.29,")]
    public async Task An_answer_that_stops_coming_is_timed_out_at_the_deadline(string beginning)
    {
        var time = new ManualTimeProvider();
        var over = new TaskCompletionSource();
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(
            listener,
            async socket =>
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(beginning));
                sent.TrySetResult();
                await over.Task;
            }
        );
        await using var fleet = new FleetUnderTest(
            time,
            ("Finnhub:BaseAddress", $"http://{listener.LocalEndpoint}"),
            ("Finnhub:BackgroundLimit", "00:00:00")
        );

        var fetch = fleet.FetchAsync(ProviderId.Finnhub, time.GetUtcNow().AddMilliseconds(200));
        await sent.Task.WithinAsync();
        await time.WhenArmedAsync();
        time.Advance(TimeSpan.FromMilliseconds(200));
        var outcome = await fetch.WithinAsync();
        over.SetResult();
        listener.Stop();
        await serving;

        Assert.Equal((FetchStatus.TimedOut, 1), (outcome.Status, outcome.Attempts));
    }

    [Fact]
    public async Task An_endless_answer_is_malformed_at_the_size_limit()
    {
        var chunk = "1000\r\n" + new string(' ', 4096) + "\r\n";
        var outcome = await FetchFromAsync(async socket =>
        {
            try
            {
                await SendPartAsync(socket, Head + "Transfer-Encoding: chunked\r\n\r\n");
                while (true)
                {
                    await SendPartAsync(socket, chunk);
                }
            }
            catch (SocketException)
            {
                // The reader has had enough.
            }
        });

        Assert.Equal((FetchStatus.MalformedResponse, "The answer is larger than the limit."), (outcome.Status, outcome.Detail));
    }

    private static async Task SendPartAsync(Socket socket, string text) => await socket.SendAsync(Encoding.ASCII.GetBytes(text));

    private static async Task ServeTlsAsync(TcpListener listener, X509Certificate2 certificate)
    {
        while (true)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync();
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(certificate);
                await tls.ReadExactlyAsync(new byte[1]);
            }
            catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
            {
                continue; // the client does not trust it
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return; // the listener was stopped
            }
        }
    }
}
