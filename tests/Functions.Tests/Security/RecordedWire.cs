using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Quorum.Functions.Tests.Security;

/// <summary>Stands between the app and a service, and keeps every byte that the app sends.</summary>
internal sealed class RecordedWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<MemoryStream> _sent = [];
    private readonly int _port;
    private readonly Task _accepting;
    private volatile bool _isCut;

    /// <param name="port">The service's.</param>
    public RecordedWire(int port)
    {
        _port = port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>While it is cut, connections break as soon as something is sent.</summary>
    public bool IsCut
    {
        set => _isCut = value;
    }

    public IEnumerable<byte[]> Sent
    {
        get
        {
            foreach (var stream in _sent)
            {
                lock (stream)
                {
                    yield return stream.ToArray();
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = PassAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // It is over.
        }
    }

    private async Task PassAsync(TcpClient app)
    {
        using (app)
        using (var service = new TcpClient())
        {
            try
            {
                await service.ConnectAsync(IPAddress.Loopback, _port, _stopping.Token);
                var answers = service.GetStream().CopyToAsync(app.GetStream(), _stopping.Token);
                var recording = RecordAsync(app.GetStream(), service.GetStream());
                if (await Task.WhenAny(answers, recording) == recording)
                {
                    await recording;
                    service.Client.Shutdown(SocketShutdown.Send);
                    await answers;
                }
                else
                {
                    app.Close();
                    await recording.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException)
            {
                // One of them has left; both connections end.
            }
        }
    }

    private static void Keep(MemoryStream kept, ReadOnlySpan<byte> sent)
    {
        lock (kept)
        {
            kept.Write(sent);
        }
    }

    private async Task RecordAsync(NetworkStream app, NetworkStream service)
    {
        var kept = new MemoryStream();
        _sent.Add(kept);
        var buffer = new byte[16 * 1024];
        while (await app.ReadAsync(buffer, _stopping.Token) is > 0 and var length)
        {
            Keep(kept, buffer.AsSpan(0, length));
            if (_isCut)
            {
                throw new IOException("Cut.");
            }

            await service.WriteAsync(buffer.AsMemory(0, length), _stopping.Token);
        }
    }
}
