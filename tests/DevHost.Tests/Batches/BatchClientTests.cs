using System.Net;
using System.Net.Sockets;
using System.Text;
using Quorum.DevHost.Batches;
using Quorum.DevHost.CommandLine;
using Quorum.LocalServices;

namespace Quorum.DevHost.Tests.Batches;

public sealed class BatchClientTests
{
    [Fact]
    public async Task Wrong_address_is_named_and_nothing_is_durable_before_the_batch_is_accepted()
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        using var stop = new CancellationTokenSource();
        var lines = new List<string>();
        using var client = new BatchClient(new RunningServer(address, Key: null), Report);

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
        using var client = new BatchClient(new RunningServer(new Uri($"http://{listener.LocalEndpoint}"), Key: null), Report);

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
