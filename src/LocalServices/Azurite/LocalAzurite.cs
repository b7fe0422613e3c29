using Quorum.LocalServices.Folders;
using Quorum.LocalServices.Npm;
using Quorum.LocalServices.Processes;

namespace Quorum.LocalServices.Azurite;

/// <summary>The Azure Storage emulator on 127.0.0.1, from the npm package; it ends with this process.</summary>
public sealed class LocalAzurite : IAsyncDisposable
{
    // The emulator's well-known account; not a secret:
    // https://learn.microsoft.com/azure/storage/common/storage-use-azurite#well-known-storage-account-and-key
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const int StartAttempts = 5;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly ChildProcess server;

    private LocalAzurite(ChildProcess server, int blobPort, int queuePort, int tablePort)
    {
        this.server = server;
        BlobPort = blobPort;
        QueuePort = queuePort;
        TablePort = tablePort;
    }

    public int BlobPort { get; }

    public int QueuePort { get; }

    public int TablePort { get; }

    /// <summary>The connection string, as <c>AzureWebJobsStorage</c> takes it.</summary>
    public string ConnectionString => ConnectionStringOf(Account);

    /// <summary>
    /// Returns the connection string of a further account, counted from 1 to <see cref="LocalAzuriteOptions.FurtherAccounts"/>.
    /// </summary>
    public string ConnectionStringOf(int account) => ConnectionStringOf(FurtherAccount(account));

    /// <summary>Returns the connection string of an emulator at these ports, which may not have started yet.</summary>
    public static string ConnectionStringAt(int blobPort, int queuePort, int tablePort) =>
        ConnectionStringAt(blobPort, queuePort, tablePort, Account);

    private static readonly LocalNodePackage Package = new(
        "azurite",
        "azurite/dist/src/azurite.js",
        "its download failed.",
        MegabytesOnDisk: 61
    );

    /// <summary>The id of the process that listens.</summary>
    public int ProcessId => server.Id;

    /// <summary>Completes with the exit code when the emulator has ended for any reason.</summary>
    public Task<int> Exited => server.Exited;

    /// <summary>Installs Azurite if necessary, starts it and waits until its three services listen.</summary>
    /// <param name="options">The emulator to start.</param>
    /// <param name="report">Receives a line before each slow step; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Cancels the start, and ends what was started.</param>
    /// <exception cref="LocalServiceException">
    /// Azurite cannot be installed or started; the message gives the reason and the remedy.
    /// </exception>
    public static async Task<LocalAzurite> StartAsync(
        LocalAzuriteOptions options,
        Action<string>? report = null,
        CancellationToken cancellationToken = default
    )
    {
        var modules = await LocalNodePackages.InstallAsync(Package, LocalFolder.Locate(), report, cancellationToken);
        var folder = Path.GetFullPath(options.DataDirectory);
        Directory.CreateDirectory(folder);

        for (var attempt = 1; ; attempt++)
        {
            var (blob, queue, table) = (Choose(options.BlobPort), Choose(options.QueuePort), Choose(options.TablePort));
            var child = await ChildProcess.StartAsync(Command(modules, folder, options, blob, queue, table));
            try
            {
                foreach (var service in (string[])["Blob", "Queue", "Table"])
                {
                    await child.WaitForLineAsync(
                        line => line.Contains($"{service} service is successfully listening", StringComparison.Ordinal),
                        StartDeadline,
                        cancellationToken
                    );
                }
                return new LocalAzurite(child, blob, queue, table);
            }
            catch (LocalServiceException) when (attempt < StartAttempts && LostItsPort(child, options))
            {
                await child.DisposeAsync();
            }
            catch
            {
                await child.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Writes the emulator's data to disk and stops it.</summary>
    public Task StopAsync() => server.StopAsync(StopSignal.Terminate, StopTimeout);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await server.DisposeAsync();
    }

    private static string FurtherAccount(int account) => $"quorum{account}";

    private string ConnectionStringOf(string account) => ConnectionStringAt(BlobPort, QueuePort, TablePort, account);

    private static string ConnectionStringAt(int blobPort, int queuePort, int tablePort, string account) =>
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={Key};"
        + $"BlobEndpoint=http://127.0.0.1:{blobPort}/{account};"
        + $"QueueEndpoint=http://127.0.0.1:{queuePort}/{account};"
        + $"TableEndpoint=http://127.0.0.1:{tablePort}/{account};";

    private static int Choose(int port) => port == 0 ? FreePort.Find() : port;

    private static bool LostItsPort(ChildProcess server, LocalAzuriteOptions options) =>
        (options.BlobPort == 0 || options.QueuePort == 0 || options.TablePort == 0)
        && server.LastLines.Any(line => line.Contains("EADDRINUSE", StringComparison.Ordinal));

    private static ChildCommand Command(string modules, string folder, LocalAzuriteOptions options, int blob, int queue, int table) =>
        new()
        {
            Name = "Azurite",
            Program = "node",
            Arguments =
            [
                // It serves one machine: low memory use matters more than speed.
                "--optimize-for-size",
                "--max-semi-space-size=2",
                Path.Combine(modules, "azurite", "dist", "src", "azurite.js"),
                .. options.InMemory ? (string[])["--inMemoryPersistence"] : ["--location", folder],
                "--silent",
                "--loose",
                "--skipApiVersionCheck",
                "--disableTelemetry",
                "--blobHost",
                "127.0.0.1",
                "--blobPort",
                $"{blob}",
                "--queueHost",
                "127.0.0.1",
                "--queuePort",
                $"{queue}",
                "--tableHost",
                "127.0.0.1",
                "--tablePort",
                $"{table}",
            ],
            Environment =
                options.FurtherAccounts == 0
                    ? new Dictionary<string, string?>()
                    : new Dictionary<string, string?>
                    {
                        ["AZURITE_ACCOUNTS"] = string.Join(
                            ';',
                            Enumerable
                                .Range(1, options.FurtherAccounts)
                                .Select(FurtherAccount)
                                .Prepend(Account)
                                .Select(name => $"{name}:{Key}")
                        ),
                    },
            WorkingDirectory = folder,
            LogFile = options.LogFile,
        };
}
