using Quorum.DevHost.Supervision;
using Quorum.LocalServices;
using Quorum.LocalServices.Azurite;

namespace Quorum.DevHost.App;

/// <summary>The storage emulator, for the queues. Its ports are chosen before it starts, and stay the same after each restart.</summary>
internal sealed class AzuriteService
{
    private readonly LocalAzuriteOptions options;
    private readonly Action<string> report;

    public AzuriteService(string folder, string logFile, Action<string> report)
    {
        options = new LocalAzuriteOptions
        {
            DataDirectory = folder,
            LogFile = logFile,
            BlobPort = FreePort.Find(),
            QueuePort = FreePort.Find(),
            TablePort = FreePort.Find(),
        };
        this.report = report;
    }

    public async Task<string> GetConnectionStringAsync(CancellationToken cancellationToken) =>
        LocalAzurite.ConnectionStringAt(
            options.BlobPort,
            options.QueuePort,
            options.TablePort,
            await LocalAzurite.ReadOrCreateKeyAsync(options.DataDirectory, cancellationToken)
        );

    public async Task<RunningService> StartAsync(CancellationToken cancellationToken)
    {
        var azurite = await LocalAzurite.StartAsync(options, report, cancellationToken);
        return new RunningService(azurite.Exited, () => azurite.DisposeAsync().AsTask());
    }
}
