using System.Net;
using System.Net.Sockets;

namespace Quorum.LocalServices;

/// <summary>Ports of the loopback address.</summary>
public static class FreePort
{
    /// <summary>Returns a port that was free a moment ago; another process may still take it first.</summary>
    public static int Find()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port; // bound, so it has an end point
    }

    /// <summary>Returns true if no process listens on the port.</summary>
    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
