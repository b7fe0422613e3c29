using System.Net;
using System.Net.Sockets;
using System.Text;
using Quorum.Testing;

namespace Quorum.EmbeddedRuntime.Tests.Worker.App;

/// <summary>Sends bytes that no HTTP client would, and reads what comes back until the server closes.</summary>
internal static class RawHttp
{
    public static async Task<RawAnswer> SendAsync(Uri address, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, address.Port);
        var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        }
        catch (IOException)
        {
            // The server answers and closes before it has read all of a hopeless request; the answer is there to be read.
        }

        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var answer = await reader.ReadToEndAsync().WithinAsync();
        var head = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(head > 0, $"No answer to: {request[..Math.Min(request.Length, 200)]}");
        return new RawAnswer(int.Parse(answer.Split(' ')[1]), answer[..head], answer[(head + 4)..]);
    }
}

internal sealed record RawAnswer(int Status, string Head, string Body);
