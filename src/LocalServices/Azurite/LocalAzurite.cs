using System.Security.Cryptography;
using Quorum.LocalServices.Folders;
using Quorum.LocalServices.Npm;
using Quorum.LocalServices.Processes;

namespace Quorum.LocalServices.Azurite;

/// <summary>The Azure Storage emulator on 127.0.0.1, from the npm package; it ends with this process.</summary>
public sealed class LocalAzurite : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";
    private const int KeyBytes = 64; // as Azure's

    private const int StartAttempts = 5;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly ChildProcess _server;
    private readonly string _accountKey;

    private LocalAzurite(ChildProcess server, string key, int blobPort, int queuePort, int tablePort)
    {
        _server = server;
        _accountKey = key;
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
    /// <param name="key">The account's key, in Base64: <see cref="ReadOrCreateKeyAsync"/>.</param>
    public static string ConnectionStringAt(int blobPort, int queuePort, int tablePort, string key) =>
        ConnectionStringAt(blobPort, queuePort, tablePort, Account, key);

    /// <summary>
    /// Returns the account's key of a data folder, in Base64. It is random, so that a program that knows only the emulator's well-known key
    /// reads nothing.
    /// </summary>
    /// <param name="dataDirectory">The folder; created when absent.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async Task<string> ReadOrCreateKeyAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        LocalFolder.CreateClosed(Path.GetFullPath(dataDirectory));
        var file = Path.Combine(dataDirectory, "account-key");
        if (!File.Exists(file))
        {
            var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));
            await SecretFile.WriteAsync(file, key, cancellationToken);
        }

        return await File.ReadAllTextAsync(file, cancellationToken);
    }

    private static readonly LocalNodePackage Package = new(
        "azurite",
        "azurite/dist/src/azurite.js",
        "its download failed.",
        MegabytesOnDisk: 61
    )
    {
        RecommendedNode = NodeVersion.Recommended,
    };

    /// <summary>The id of the process that listens.</summary>
    public int ProcessId => _server.Id;

    /// <summary>Completes with the exit code when the emulator has ended for any reason.</summary>
    public Task<int> Exited => _server.Exited;

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
        var key = await ReadOrCreateKeyAsync(folder, cancellationToken);

        for (var attempt = 1; ; attempt++)
        {
            var (blob, queue, table) = (Choose(options.BlobPort), Choose(options.QueuePort), Choose(options.TablePort));
            var child = await ChildProcess.StartAsync(Command(modules, folder, key, options, blob, queue, table));
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
                return new LocalAzurite(child, key, blob, queue, table);
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
    public Task StopAsync() => _server.StopAsync(StopSignal.Terminate, StopTimeout);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _server.DisposeAsync();
    }

    private static string FurtherAccount(int account) => $"quorum{account}";

    private string ConnectionStringOf(string account) => ConnectionStringAt(BlobPort, QueuePort, TablePort, account, _accountKey);

    private static string ConnectionStringAt(int blobPort, int queuePort, int tablePort, string account, string key) =>
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={key};"
        + $"BlobEndpoint=http://127.0.0.1:{blobPort}/{account};"
        + $"QueueEndpoint=http://127.0.0.1:{queuePort}/{account};"
        + $"TableEndpoint=http://127.0.0.1:{tablePort}/{account};";

    private static int Choose(int port) => port == 0 ? FreePort.Find() : port;

    private static bool LostItsPort(ChildProcess server, LocalAzuriteOptions options) =>
        (options.BlobPort == 0 || options.QueuePort == 0 || options.TablePort == 0)
        && server.LastLines.Any(line => line.Contains("EADDRINUSE", StringComparison.Ordinal));

    private static ChildCommand Command(
        string modules,
        string folder,
        string key,
        LocalAzuriteOptions options,
        int blob,
        int queue,
        int table
    ) =>
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
            Environment = new Dictionary<string, string?>
            {
                ["AZURITE_ACCOUNTS"] = string.Join(
                    ';',
                    Enumerable.Range(1, options.FurtherAccounts).Select(FurtherAccount).Prepend(Account).Select(name => $"{name}:{key}")
                ),
            },
            WorkingDirectory = folder,
            LogFile = options.LogFile,
        };
}
