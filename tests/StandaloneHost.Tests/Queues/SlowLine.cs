using System.Net;
using System.Net.Sockets;

namespace Quorum.StandaloneHost.Tests.Queues;

/// <summary>A port that leads to another one; whatever comes back is late.</summary>
internal sealed class SlowLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly TimeSpan _delay;
    private readonly CancellationTokenSource _closed = new();
    private readonly Task _accepting;

    public SlowLine(int target, TimeSpan delay)
    {
        (_target, _delay) = (target, delay);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _closed.Dispose();
    }

    private async Task AcceptAsync()
    {
        var served = new List<Task>();
        try
        {
            while (true)
            {
                served.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_closed.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(served);
        }
    }

    private async Task ServeAsync(TcpClient near)
    {
        using (near)
        {
            using var far = new TcpClient();
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, _target, _closed.Token);
                await Task.WhenAny(PassAsync(near, far, TimeSpan.Zero), PassAsync(far, near, _delay));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                // The test is over.
            }
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to, TimeSpan delay)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _closed.Token) is > 0 and var length)
            {
                if (delay > TimeSpan.Zero)
                {
                    await Task.Delay(delay, _closed.Token);
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, length), _closed.Token);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // One of both has hung up.
        }
    }
}
