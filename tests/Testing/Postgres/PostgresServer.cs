using Npgsql;
using Quorum.LocalServices.Postgres;

namespace Quorum.Testing.Postgres;

/// <summary>
/// The PostgreSQL server of a test process: the one in <c>ConnectionStrings__Quorum</c>, else one of its own on a free port, started on
/// first use and stopped with the process.
/// </summary>
public static class PostgresServer
{
    private static readonly Lock Gate = new();
    private static Task<string>? _server;

    /// <summary>Returns a connection string whose user may create databases.</summary>
    public static Task<string> GetConnectionStringAsync()
    {
        lock (Gate)
        {
            return _server ??= StartAsync();
        }
    }

    private static async Task<string> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("ConnectionStrings__Quorum") is { Length: > 0 } given)
        {
            return given;
        }

        var postgres = await LocalPostgres.StartAsync(
            new LocalPostgresOptions { DataDirectory = TemporaryFolder.NewPath(), Throwaway = true }
        );
        // A test host has 0.1 s to exit, so this only requests the stop; the server's data is deleted after it.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => postgres.BeginStop();
        return new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { IncludeErrorDetail = true }.ConnectionString;
    }
}
