using Azure.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Quorum.Storage;

/// <summary>The connection pool of the app's database. Statements are prepared automatically on each connection, by their text.</summary>
/// <remarks>
/// Unless the connection string says otherwise: at most 20 connections, no reset between uses (no statement here changes a session),
/// buffers for a usual group (64 KB out, 32 KB in), a command timeout of 10 s. The planner uses the index that every frequent statement has
/// (<c>enable_seqscan=off</c>, and no joins that read a whole table) and plans it once (<c>plan_cache_mode=force_generic_plan</c>): a plan
/// made while the tables are empty would otherwise scan them until the next analyze. A join with <c>unnest</c> has <c>= any</c> beside it:
/// before PostgreSQL 18 it would else read the whole index, if it was planned for a few rows.
/// </remarks>
public sealed class QuorumDatabase : IAsyncDisposable
{
    private const string PlannerSettings =
        "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan -c jit=off";

    /// <summary>
    /// The scope of a token for PostgreSQL
    /// (https://learn.microsoft.com/azure/postgresql/flexible-server/how-to-connect-with-managed-identity).
    /// </summary>
    private static readonly TokenRequestContext TokenForPostgres = new(["https://ossrdbms-aad.database.windows.net/.default"]);

    /// <summary>The interval of the token refresh. Tokens are valid for at least an hour; the credential caches and renews them.</summary>
    private static readonly TimeSpan TokenRefresh = TimeSpan.FromMinutes(20),
        TokenRetry = TimeSpan.FromSeconds(5);

    private readonly NpgsqlDataSource _pool;
    private readonly NpgsqlDataSource _dedicated;

    /// <param name="credential">
    /// The source of tokens when <see cref="StorageOptions.EntraAuthentication"/> is on; otherwise not needed.
    /// </param>
    public QuorumDatabase(IOptions<StorageOptions> options, ILoggerFactory? loggers = null, TokenCredential? credential = null)
    {
        if (options.Value.EntraAuthentication)
        {
            ArgumentNullException.ThrowIfNull(credential);
        }

        var settings = new NpgsqlConnectionStringBuilder(options.Value.ConnectionString);
        Default("Application Name", () => settings.ApplicationName = "quorum");
        Default("Maximum Pool Size", () => settings.MaxPoolSize = Math.Max(20, settings.MinPoolSize));
        Default("No Reset On Close", () => settings.NoResetOnClose = true);
        Default("Max Auto Prepare", () => settings.MaxAutoPrepare = 64);
        Default("Auto Prepare Min Usages", () => settings.AutoPrepareMinUsages = 1);
        Default("Write Buffer Size", () => settings.WriteBufferSize = 64 * 1024);
        Default("Read Buffer Size", () => settings.ReadBufferSize = 32 * 1024);
        Default("Command Timeout", () => settings.CommandTimeout = 10);
        Default("Timeout", () => settings.Timeout = 5);
        settings.Options = string.IsNullOrWhiteSpace(settings.Options) ? PlannerSettings : $"{PlannerSettings} {settings.Options}";
        _pool = Build(settings.ConnectionString);

        settings.Pooling = false;
        settings.CommandTimeout = 0; // a migration may take long, and a listener waits without a limit
        settings.KeepAlive = 30; // detects a broken connection of a listener
        _dedicated = Build(settings.ConnectionString);

        void Default(string keyword, Action set)
        {
            // ContainsKey of Npgsql's builder is also true for keywords with their default; ShouldSerialize is true for given ones only.
            if (!settings.ShouldSerialize(keyword))
            {
                set();
            }
        }

        NpgsqlDataSource Build(string connectionString)
        {
            var builder = new NpgsqlDataSourceBuilder(connectionString);
            builder.UseLoggerFactory(loggers);
            if (options.Value.EntraAuthentication)
            {
                builder.UsePeriodicPasswordProvider(GetTokenAsync, TokenRefresh, TokenRetry);
            }

            return builder.Build();
        }

        async ValueTask<string> GetTokenAsync(NpgsqlConnectionStringBuilder connection, CancellationToken cancellationToken) =>
            (await credential!.GetTokenAsync(TokenForPostgres, cancellationToken)).Token; // checked above
    }

    /// <summary>Opens a pooled connection for one round trip.</summary>
    internal ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _pool.OpenConnectionAsync(cancellationToken);

    /// <summary>Opens a connection outside the pool, for a caller that keeps it or changes its session.</summary>
    internal ValueTask<NpgsqlConnection> OpenDedicatedAsync(CancellationToken cancellationToken) =>
        _dedicated.OpenConnectionAsync(cancellationToken);

    /// <summary>Opens connections of the pool ahead of the first requests, which would otherwise wait for them.</summary>
    /// <param name="connections">The minimum number of connections in the pool when this completes, limited by its maximum.</param>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer, or rejects a connection.</exception>
    public async Task OpenPoolAsync(int connections, CancellationToken cancellationToken)
    {
        var max = new NpgsqlConnectionStringBuilder(_pool.ConnectionString).MaxPoolSize;
        var opening = Enumerable.Range(0, Math.Min(connections, max)).Select(_ => OpenAsync(cancellationToken).AsTask()).ToList();
        try
        {
            await Task.WhenAll(opening);
        }
        finally
        {
            foreach (var opened in opening.Where(open => open.IsCompletedSuccessfully))
            {
                await (await opened).DisposeAsync();
            }
        }
    }

    /// <summary>Completes when PostgreSQL has answered.</summary>
    /// <exception cref="NpgsqlException">PostgreSQL did not answer.</exception>
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select 1", connection);
        await command.ExecuteScalarAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _dedicated.DisposeAsync();
    }

    /// <summary>
    /// Returns the fault of a connection string, without repeating it (it may hold a password); <see langword="null"/> for none.
    /// </summary>
    internal static string? FaultOf(string connectionString, bool entraAuthentication)
    {
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString);
            return string.IsNullOrWhiteSpace(settings.Host) ? "must name a Host."
                : entraAuthentication && !string.IsNullOrEmpty(settings.Password)
                    ? "must have no Password while EntraAuthentication is true: remove one of them."
                : entraAuthentication && string.IsNullOrWhiteSpace(settings.Username)
                    ? "must name a Username while EntraAuthentication is true: the identity's role."
                : null;
        }
        catch (ArgumentException)
        {
            return "must be a list of Npgsql's keywords: Host=...;Database=...;Username=...";
        }
    }
}
