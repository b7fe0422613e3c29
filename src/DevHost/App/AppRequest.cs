using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Quorum.DevHost.App;

/// <summary>Sends GET requests to the app.</summary>
/// <remarks>Uses a plain socket: an HTTP client would take more memory than the rest of this process.</remarks>
internal static class AppRequest
{
    /// <summary>Sends one request and returns the status code of its answer; 0 when there is none.</summary>
    /// <param name="port">The app's port on this machine.</param>
    /// <param name="target">Path and query, for example <c>/api/health/ready</c>.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public static async Task<int> GetStatusAsync(int port, string target, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (!await TryConnectAsync(socket, port).WaitAsync(cancellationToken))
        {
            return 0;
        }

        try
        {
            var request = $"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n";
            await socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
            return ReadStatus(await ReadStartAsync(socket, cancellationToken));
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    /// <summary>Returns the status code in the first line of an answer; 0 when the line is not an HTTP status line.</summary>
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

    /// <summary>
    /// Connects without throwing for each refusal: there are dozens while the app starts, and the memory that exceptions load is not
    /// released.
    /// </summary>
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

    /// <summary>Reads the whole answer, so that closing the connection does not reset it, and keeps the beginning.</summary>
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
