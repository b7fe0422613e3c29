using Azure.Core.Pipeline;
using Azure.Storage.Queues;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quorum.StandaloneHost.Hosting.Settings;

namespace Quorum.StandaloneHost.Queues;

/// <summary>Opens the queues of a storage account as the app's settings describe it: a connection string with an account key or a shared
/// access signature, or an address and an identity.</summary>
/// <remarks>https://learn.microsoft.com/azure/azure-functions/functions-reference#configure-an-identity-based-connection</remarks>
internal static class StorageConnection
{
    /// <returns><see langword="null"/> if no setting of this name exists.</returns>
    /// <exception cref="FormatException">The settings cannot be used. The message holds no key.</exception>
    public static QueueServiceClient? Open(IConfiguration app, string name)
    {
        if ((app.GetConnectionString(name) ?? app[name]) is { Length: > 0 } connectionString)
        {
            return Open(connectionString);
        }

        var identity = app.GetSection(name);
        var address =
            identity["queueServiceUri"]
            ?? identity["serviceUri"]
            ?? (identity["accountName"] is { Length: > 0 } account ? $"https://{account}.queue.core.windows.net" : null);
        if (address is null)
        {
            return null;
        }

        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps)
        {
            throw new FormatException(
                $"The address of the queue service must be an absolute https address, since a token is sent there; got {SettingsReader.Shown(address)}."
            );
        }

        var services = new ServiceCollection();
        services.AddAzureClientsCore();
        using var provider = services.BuildServiceProvider();
        return new QueueServiceClient(uri, provider.GetRequiredService<AzureComponentFactory>().CreateTokenCredential(identity), Options());
    }

    /// <exception cref="FormatException">The text is not a connection string of a storage account.</exception>
    public static QueueServiceClient Open(string connectionString)
    {
        try
        {
            return new QueueServiceClient(connectionString, Options());
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException)
        {
            throw new FormatException(fault.Message, fault);
        }
    }

    // Retries cover a restart of the service, not an outage. If an answer was lost, a message may be sent twice.
    private static QueueClientOptions Options() =>
        new()
        {
            MessageEncoding = QueueMessageEncoding.None, // decoded later: an invalid message must not fail its batch
            Retry =
            {
                MaxRetries = 3,
                Delay = TimeSpan.FromMilliseconds(200),
                MaxDelay = TimeSpan.FromSeconds(2),
                NetworkTimeout = TimeSpan.FromSeconds(30),
            },
            Diagnostics = { IsDistributedTracingEnabled = false }, // the listener and the output have spans of their own; polling has none
            Transport = new HttpClientTransport(
                new HttpClient(
                    new SocketsHttpHandler
                    {
                        UseCookies = false,
                        AllowAutoRedirect = false,
                        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                        ConnectTimeout = TimeSpan.FromSeconds(5),
                        ActivityHeadersPropagator = null, // no span for each poll of an empty queue
                    }
                )
            ),
        };
}
