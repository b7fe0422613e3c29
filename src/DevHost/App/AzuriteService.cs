using Quorum.DevHost.Supervision;
using Quorum.LocalServices.Azurite;

namespace Quorum.DevHost.App;

/// <summary>The storage emulator, for the queues.</summary>
internal sealed class AzuriteService(LocalAzuriteOptions options, Action<string> report)
{
    private LocalAzuriteOptions _options = options;

    /// <summary>The connection string; empty before the first start, the same after each restart.</summary>
    public string ConnectionString { get; private set; } = "";

    public async Task<RunningService> StartAsync(CancellationToken cancellationToken)
    {
        var azurite = await LocalAzurite.StartAsync(_options, report, cancellationToken);
        _options = _options with { BlobPort = azurite.BlobPort, QueuePort = azurite.QueuePort, TablePort = azurite.TablePort };
        ConnectionString = azurite.ConnectionString;
        return new RunningService(azurite.Exited, () => azurite.DisposeAsync().AsTask());
    }
}
