using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using Quorum.LocalServices;

namespace Quorum.DevHost.App;

/// <summary>The PostgreSQL server that the environment names.</summary>
internal static class GivenPostgres
{
    private const int DefaultPort = 5432;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Fails within seconds when no server listens there. The app itself finds out if the server accepts the user.</summary>
    /// <exception cref="LocalServiceException">The connection string is malformed, or none of its hosts answers.</exception>
    public static async Task RequireReachableAsync(string connectionString, CancellationToken cancellationToken)
    {
        var (hosts, port) = Read(connectionString);
        if (hosts.Any(host => host.StartsWith('/')))
        {
            return; // a Unix socket
        }

        var faults = new List<string>();
        foreach (var host in hosts)
        {
            if (await ConnectAsync(host, port, cancellationToken) is not { } fault)
            {
                return;
            }

            faults.Add(fault);
        }

        throw new LocalServiceException(
            $"PostgreSQL does not answer: {string.Join("; ", faults)}. ConnectionStrings__Quorum names it: start the server, correct the setting, "
                + "or remove the setting to use a PostgreSQL from npm."
        );
    }

    private static (string[] Hosts, int Port) Read(string connectionString)
    {
        try
        {
            var values = new DbConnectionStringBuilder { ConnectionString = connectionString };
            var hosts = (Value("Host") ?? Value("Server") ?? "").Split(
                ',',
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
            );
            return (
                hosts.Length > 0 ? hosts : throw new LocalServiceException("ConnectionStrings__Quorum must name a Host."),
                int.TryParse(Value("Port"), CultureInfo.InvariantCulture, out var port) ? port : DefaultPort
            );

            string? Value(string name) => values.TryGetValue(name, out var value) ? value.ToString() : null;
        }
        catch (ArgumentException exception)
        {
            // DevHost prints our message only: the parser's may repeat the value, including the password.
            throw new LocalServiceException(
                "ConnectionStrings__Quorum must be of the form Host=...;Username=...;Password=...;Database=...; its value is not shown.",
                exception
            );
        }
    }

    private static async Task<string?> ConnectAsync(string host, int defaultPort, CancellationToken cancellationToken)
    {
        var colon = host.LastIndexOf(':');
        var isAddressV6 = colon != host.IndexOf(':', StringComparison.Ordinal) && host[colon - 1] != ']'; // ::1, but not [::1]:5432
        var (name, port) =
            colon > 0 && !isAddressV6 && int.TryParse(host.AsSpan(colon + 1), CultureInfo.InvariantCulture, out var own)
                ? (host[..colon], own)
                : (host, defaultPort);
        using var expiry = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        expiry.CancelAfter(ConnectTimeout);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(name, port, expiry.Token);
            return null;
        }
        catch (SocketException exception)
        {
            return $"{name}:{port}: {exception.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{name}:{port}: no answer within {ConnectTimeout.TotalSeconds:0} s";
        }
    }
}
