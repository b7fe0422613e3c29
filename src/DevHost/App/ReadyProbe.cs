using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Quorum.DevHost.App;

/// <summary>Asks the app whether it is ready.</summary>
/// <remarks>Straight over a socket: an HTTP client would take more memory than all the rest of this process.</remarks>
internal static class ReadyProbe
{
    /// <summary>The status code of <c>GET /api/health/ready</c>; 0 while nobody answers.</summary>
    public static async Task<int> AskAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            var request = $"GET /api/health/ready HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n";
            await socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
            return ReadStatus(await ReadStartAsync(socket, "HTTP/1.1 200".Length, cancellationToken));
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    internal static int ReadStatus(string start) =>
        start.StartsWith("HTTP/1.", StringComparison.Ordinal) && int.TryParse(start.AsSpan("HTTP/1.1 ".Length), out var status) ? status : 0;

    private static async Task<string> ReadStartAsync(Socket socket, int length, CancellationToken cancellationToken)
    {
        var buffer = new byte[length];
        var read = 0;
        while (read < length)
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(read), cancellationToken);
            if (count == 0)
                break;
            read += count;
        }
        return read < length ? "" : Encoding.ASCII.GetString(buffer);
    }
}
