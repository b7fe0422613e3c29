using System.Collections.Concurrent;
using Azure.Core;
using Azure.Identity;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Quorum.DurableTask.PostgreSql.Functions;

/// <summary>Creates the provider of the host's task hub, and one for each other hub or connection that a client binding names.</summary>
internal sealed class PostgresDurabilityProviderFactory(
    IOptions<DurableTaskOptions> extension,
    IConnectionInfoResolver connections,
    INameResolver appSettings,
    ILoggerFactory loggers
) : IDurabilityProviderFactory
{
    /// <summary>The scope of a token for PostgreSQL
    /// (https://learn.microsoft.com/azure/postgresql/flexible-server/how-to-connect-with-managed-identity).</summary>
    private static readonly TokenRequestContext TokenForPostgres = new(["https://ossrdbms-aad.database.windows.net/.default"]);

    /// <summary>The interval of the token refresh. Tokens are valid for at least an hour; the credential caches and renews them.</summary>
    private static readonly TimeSpan TokenRefresh = TimeSpan.FromMinutes(20),
        TokenRetry = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Connection, string Hub), Lazy<PostgresDurabilityProvider>> _providers = new();
    private readonly Lazy<StorageProviderSettings> _settings = new(() =>
        new StorageProviderSettings(extension.Value.StorageProvider, appSettings)
    );

    public string Name => PostgresDurabilityProvider.ProviderName;

    public DurabilityProvider GetDurabilityProvider() => GetDurabilityProvider(new DurableClientAttribute());

    public DurabilityProvider GetDurabilityProvider(DurableClientAttribute attribute)
    {
        var connection = attribute.ConnectionName is { Length: > 0 } named ? named : _settings.Value.ConnectionName;
        var hub = attribute.TaskHub is { Length: > 0 } other ? other : extension.Value.HubName;
        return _providers.GetOrAdd((connection, hub), key => new(() => Create(key.Connection, key.Hub))).Value;
    }

    /// <summary>Does nothing: entities are not supported.</summary>
    public void SetUseSeparateQueueForEntityWorkItems(bool newValue) { }

    private PostgresDurabilityProvider Create(string connectionName, string hubName)
    {
        var defaults = new PostgresOrchestrationOptions { ConnectionString = ConnectionStringOf(connectionName) };
        var options = _settings.Value.ToOptions(
            new PostgresOrchestrationOptions
            {
                ConnectionString = defaults.ConnectionString,
                HubName = hubName,
                LoggerFactory = loggers,
                ConfigureDataSource = _settings.Value.EntraAuthentication ? UseTokens : null,
                MaxConcurrentActivities = extension.Value.MaxConcurrentActivityFunctions ?? defaults.MaxConcurrentActivities,
                MaxConcurrentOrchestrations = extension.Value.MaxConcurrentOrchestratorFunctions ?? defaults.MaxConcurrentOrchestrations,
                KeepOrchestratorsInMemory = false, // the worker gets the whole history with each turn
            }
        );
        return new PostgresDurabilityProvider(new PostgresOrchestrationService(options), options, connectionName);
    }

    private string ConnectionStringOf(string connectionName) =>
        connections.Resolve(connectionName)?.Value is { Length: > 0 } connectionString
            ? connectionString
            : throw new InvalidOperationException(
                $"The task hub on PostgreSQL needs the connection string or app setting '{connectionName}', which is not set. "
                    + $"Set ConnectionStrings__{connectionName}, or name another one in extensions.durableTask.storageProvider.connectionName of host.json."
            );

    private static void UseTokens(NpgsqlDataSourceBuilder builder)
    {
        var credential = new DefaultAzureCredential();
        builder.UsePeriodicPasswordProvider(
            async (_, cancellationToken) => (await credential.GetTokenAsync(TokenForPostgres, cancellationToken)).Token,
            TokenRefresh,
            TokenRetry
        );
    }
}
