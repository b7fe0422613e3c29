using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Quorum.Faults;

/// <summary>Stands before a server on a port of its own, and can be made to refuse, to reset, to be slow, or to show a certificate that
/// nobody trusts.</summary>
internal sealed class Front : IAsyncDisposable
{
    private readonly int _target;
    private readonly Certificates? _certificates;
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _sockets = [];
    private TcpListener? _listener;
    private TimeSpan _delay;
    private volatile X509Certificate2? _certificate;

    private Front(int target, Certificates? certificates) =>
        (_target, _certificates, _certificate) = (target, certificates, certificates?.Trusted);

    public int Port { get; private set; }

    public static Front Open(int target)
    {
        var front = new Front(target, certificates: null);
        front.Accept();
        return front;
    }

    /// <summary>Speaks TLS, at first with the certificate that is trusted.</summary>
    /// <param name="certificates">Outlive the front.</param>
    public static Front OpenTls(int target, Certificates certificates)
    {
        var front = new Front(target, certificates);
        front.Accept();
        return front;
    }

    /// <summary>Takes connections (again, on the same port).</summary>
    public void Accept()
    {
        var listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _listener = listener;
        _ = AcceptAsync(listener);
    }

    /// <summary>New connections are refused, and those that stand are reset.</summary>
    public void Refuse()
    {
        _listener?.Dispose();
        Reset();
    }

    /// <summary>Resets the connections that stand.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            foreach (var socket in _sockets)
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
                socket.Dispose();
            }

            _sockets.Clear();
        }
    }

    /// <summary>Connections from now on see this certificate, and those that stand are reset.</summary>
    public void ShowCertificate(bool trusted)
    {
        _certificate = trusted ? _certificates?.Trusted : _certificates?.Untrusted;
        Reset();
    }

    /// <summary>Whatever passes is so much later from now on, in each direction.</summary>
    public void Delay(TimeSpan delay) => _delay = delay;

    public ValueTask DisposeAsync()
    {
        Refuse();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptSocketAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It refuses from now on.
        }
    }

    private async Task ServeAsync(Socket near)
    {
        var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        near.NoDelay = true;
        lock (_gate)
        {
            _sockets.Add(near);
            _sockets.Add(far);
        }

        try
        {
            await far.ConnectAsync(IPAddress.Loopback, _target);
            await using var inside = new NetworkStream(far);
            var certificate = _certificate;
            await using Stream outside = certificate is null ? new NetworkStream(near) : new SslStream(new NetworkStream(near));
            if (outside is SslStream tls)
            {
                await tls.AuthenticateAsServerAsync(certificate!); // There is one where there is TLS.
            }

            await Task.WhenAny(PassAsync(outside, inside), PassAsync(inside, outside));
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or SocketException
                        or ObjectDisposedException
                        or System.Security.Authentication.AuthenticationException
            )
        {
            // Either side has gone.
        }
        finally
        {
            lock (_gate)
            {
                _sockets.Remove(near);
                _sockets.Remove(far);
            }

            near.Dispose();
            far.Dispose();
        }
    }

    private async Task PassAsync(Stream from, Stream to)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer) is > 0 and var read)
        {
            if (_delay > TimeSpan.Zero)
            {
                await Task.Delay(_delay);
            }

            await to.WriteAsync(buffer.AsMemory(0, read));
        }
    }
}
