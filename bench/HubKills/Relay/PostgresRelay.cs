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
    private readonly Action<PostgresRequest> _answered;
    private readonly Task _accepting;

    /// <param name="connectionString">Of the server.</param>
    /// <param name="decide">Chooses the fault of a request that has a point.</param>
    /// <param name="answered">Called when the server has answered such a request, before the answer is passed on.</param>
    public PostgresRelay(string connectionString, Func<PostgresRequest, Fate> decide, Action<PostgresRequest>? answered = null)
    {
        var target = new NpgsqlConnectionStringBuilder(connectionString);
        _host = target.Host ?? throw new ArgumentException("The connection string must name a host.", nameof(connectionString));
        _port = target.Port;
        _decide = decide;
        _answered = answered ?? (static _ => { });
        _listener.Start();
        target.Host = "127.0.0.1";
        target.Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        ConnectionString = target.ConnectionString;
        _accepting = AcceptAsync();
    }

    /// <summary>Of the server behind the relay.</summary>
    public string ConnectionString { get; }

    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _disposed.Dispose();
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
        catch (OperationCanceledException)
        {
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
            using var connection = new RelayedConnection(client.GetStream(), server.GetStream(), _decide, _answered);
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
