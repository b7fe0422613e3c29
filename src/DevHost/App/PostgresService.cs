using Quorum.DevHost.Supervision;
using Quorum.LocalServices.Postgres;

namespace Quorum.DevHost.App;

/// <summary>The embedded PostgreSQL.</summary>
internal sealed class PostgresService(LocalPostgresOptions options, Action<string> report)
{
    private LocalPostgresOptions _options = options;

    /// <summary>The app's connection string; empty before the first start, the same after each restart.</summary>
    public string ConnectionString { get; private set; } = "";

    public async Task<RunningService> StartAsync(CancellationToken cancellationToken)
    {
        var postgres = await LocalPostgres.StartAsync(_options, report, cancellationToken);
        _options = _options with { Port = postgres.Port };
        ConnectionString = postgres.AppConnectionString;
        return new RunningService(postgres.Exited, () => postgres.DisposeAsync().AsTask());
    }
}
