using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Quorum.DurableTask.PostgreSql.Tests;

/// <summary>A relay to PostgreSQL that a test can cut: connections break, and new ones are refused until it is restored.</summary>
internal sealed class CutConnections : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly NpgsqlConnectionStringBuilder _target;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _gate = new();
    private readonly List<TcpClient> _open = [];
    private readonly Task _accepting;
    private bool _isCut;

    public CutConnections(string connectionString)
    {
        _target = new NpgsqlConnectionStringBuilder(connectionString);
        _listener.Start();
        var port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = port }.ConnectionString;
        _accepting = AcceptAsync();
    }

    public string ConnectionString { get; }

    public void Cut()
    {
        lock (_gate)
        {
            _isCut = true;
            _open.ForEach(client => client.Dispose());
            _open.Clear();
        }
    }

    public void Restore()
    {
        lock (_gate)
        {
            _isCut = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        Cut();
        _listener.Dispose();
        await _accepting;
        _disposed.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = RelayAsync(await _listener.AcceptTcpClientAsync(_disposed.Token));
            }
        }
        catch (OperationCanceledException) { }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            if (!TryOpen(client))
            {
                return;
            }

            await server.ConnectAsync(_target.Host!, _target.Port, _disposed.Token); // the test database has a host
            await Task.WhenAny(
                client.GetStream().CopyToAsync(server.GetStream(), _disposed.Token),
                server.GetStream().CopyToAsync(client.GetStream(), _disposed.Token)
            );
        }
        catch (Exception e)
            when (e is SocketException or IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // cut, or the test is over
        }
        finally
        {
            client.Dispose();
        }
    }

    private bool TryOpen(TcpClient client)
    {
        lock (_gate)
        {
            if (_isCut)
            {
                return false;
            }

            _open.Add(client);
            return true;
        }
    }
}
