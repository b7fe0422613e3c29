using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Quorum.Faults;

/// <summary>A proxy in front of a server, on a port of its own. It can refuse, reset, delay, or present an untrusted certificate.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly int _target;
    private readonly Certificates? _certificates;
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _sockets = [];
    private TcpListener? _listener;
    private TimeSpan _delay;
    private volatile X509Certificate2? _certificate;

    private FaultProxy(int target, Certificates? certificates) =>
        (_target, _certificates, _certificate) = (target, certificates, certificates?.Trusted);

    public int Port { get; private set; }

    public static FaultProxy Open(int target)
    {
        var proxy = new FaultProxy(target, certificates: null);
        proxy.Accept();
        return proxy;
    }

    /// <summary>Opens a proxy that speaks TLS, at first with the trusted certificate.</summary>
    /// <param name="certificates">Must be disposed of after the proxy.</param>
    public static FaultProxy OpenTls(int target, Certificates certificates)
    {
        var proxy = new FaultProxy(target, certificates);
        proxy.Accept();
        return proxy;
    }

    /// <summary>Accepts connections, again on the same port after <see cref="Refuse"/>.</summary>
    public void Accept()
    {
        var listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _listener = listener;
        _ = AcceptAsync(listener);
    }

    /// <summary>Refuses new connections and resets the open ones.</summary>
    public void Refuse()
    {
        _listener?.Dispose();
        Reset();
    }

    /// <summary>Resets the open connections.</summary>
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

    /// <summary>Uses this certificate for new connections, and resets the open ones.</summary>
    public void ShowCertificate(bool trusted)
    {
        _certificate = trusted ? _certificates?.Trusted : _certificates?.Untrusted;
        Reset();
    }

    /// <summary>Delays all data from now on, in each direction.</summary>
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
            // Refuse was called.
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
                await tls.AuthenticateAsServerAsync(certificate!); // set where TLS is used
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
            // One of the two sides has closed the connection.
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
