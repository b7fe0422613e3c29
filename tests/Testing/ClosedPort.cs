using System.Net;
using System.Net.Sockets;

namespace Quorum.Testing;

/// <summary>A port of the loopback address that refuses connections until this is disposed: it is taken, and nothing listens.</summary>
public sealed class ClosedPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Number => ((IPEndPoint)_socket.LocalEndPoint!).Port; // bound, so it has an end point

    public void Dispose() => _socket.Dispose();
}
