using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Quorum.HubKills.Relay;

/// <summary>
/// Stands between a process and PostgreSQL, reads the protocol, and applies a fault to each request that a delegate chooses. The process
/// needs nothing but the relay's connection string.
/// </summary>
/// <remarks>Messages: https://www.postgresql.org/docs/current/protocol-message-formats.html.</remarks>
public sealed class PostgresRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _disposed = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Func<PostgresRequest, Fate> _decide;
    private readonly Action? _broken;
    private readonly Task _accepting;
    private volatile bool _isCut;

    /// <param name="connectionString">Of the server.</param>
    /// <param name="decide">Chooses the fault of a request that has a point.</param>
    /// <param name="broken">Called at the first connection that a fault breaks. From then on the relay passes nothing more in either
    /// direction, as if the process had been killed at that moment. <see langword="null"/> to break single connections only.</param>
    public PostgresRelay(string connectionString, Func<PostgresRequest, Fate> decide, Action? broken = null)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        _host = target.Host ?? throw new ArgumentException("The connection string must name a host.", nameof(connectionString));
        _port = target.Port;
        _decide = decide;
        _broken = broken;
        _listener.Start();
        target.Host = "127.0.0.1";
        target.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        ConnectionString = target.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>Of the server behind the relay.</summary>
    public string ConnectionString { get; }

    /// <summary>True if the relay passes nothing more.</summary>
    internal bool IsCut => _isCut;

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _disposed.Dispose();
    }

    /// <summary>Called by a connection that a fault breaks now.</summary>
    internal void Break()
    {
        if (_broken is not null && !_isCut)
        {
            _isCut = true;
            _broken();
            _ = _disposed.CancelAsync();
        }
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_disposed.Token)));
                open.RemoveAll(connection => connection.IsCompleted);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            _listener.Stop();
            await Task.WhenAll(open);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        client.LingerState = new LingerOption(enable: true, seconds: 0); // its end is a reset, as from a process that died
        try
        {
            await server.ConnectAsync(_host, _port, _disposed.Token);
            using var connection = new RelayedConnection(client.GetStream(), server.GetStream(), _decide, this);
            await connection.RunAsync(_disposed.Token);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // one of the two sides has left, or the relay ends
        }
        finally
        {
            client.Dispose();
        }
    }
}
