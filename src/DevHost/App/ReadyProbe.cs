using System.Globalization;
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
        if (!await TryConnectAsync(socket, port).WaitAsync(cancellationToken))
        {
            return 0;
        }

        try
        {
            var request = $"GET /api/health/ready HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n";
            await socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
            return ReadStatus(await ReadStartAsync(socket, cancellationToken));
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    /// <summary>The status code in the first line of an answer; 0 when it is none.</summary>
    internal static int ReadStatus(ReadOnlySpan<char> answer)
    {
        const int At = 9; // after "HTTP/1.1 "
        return
            answer.StartsWith("HTTP/1.", StringComparison.Ordinal)
            && answer.Length >= At + 3
            && int.TryParse(answer.Slice(At, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? status
            : 0;
    }

    /// <summary>Connects without an exception for each refusal: there are dozens while the app starts, and what an exception loads
    /// stays.</summary>
    private static async Task<bool> TryConnectAsync(Socket socket, int port)
    {
        using var connect = new SocketAsyncEventArgs { RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, port) };
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connect.Completed += (_, _) => done.SetResult();
        if (socket.ConnectAsync(connect))
        {
            await done.Task;
        }

        return connect.SocketError == SocketError.Success;
    }

    /// <summary>Reads all of the answer, lest closing the connection resets it, and keeps what fits.</summary>
    private static async Task<string> ReadStartAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[512];
        var start = "";
        while (await socket.ReceiveAsync(buffer, cancellationToken) is > 0 and var count)
        {
            if (start.Length < buffer.Length)
            {
                start += Encoding.ASCII.GetString(buffer, 0, count);
            }
        }
        return start;
    }
}
