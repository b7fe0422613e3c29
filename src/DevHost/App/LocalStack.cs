using Quorum.DevHost.Settings;
using Quorum.DevHost.Supervision;
using Quorum.LocalServices.Folders;
using Quorum.LocalServices.Postgres;

namespace Quorum.DevHost.App;

/// <summary>The app and what it needs beyond the environment, supervised.</summary>
internal sealed class LocalStack : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> running = new(); // stopped in the reverse order: the app first
    private readonly Action<string> report;
    private readonly string folder;

    private LocalStack(int port, string folder, Action<string> report)
    {
        Port = port;
        this.folder = folder;
        this.report = report;
    }

    public int Port { get; }

    public string Address => $"http://127.0.0.1:{Port}";

    public string Logs => Path.Combine(folder, "logs");

    /// <summary>Where PostgreSQL's data is; <see langword="null"/> when the environment gives a server.</summary>
    public string? Data { get; private set; }

    /// <summary>The setting names of the providers that the simulator plays.</summary>
    public IReadOnlyList<string> Simulated { get; private set; } = [];

    /// <summary>Starts everything and waits until the app is ready; stops what it has started when that fails.</summary>
    /// <param name="port">Where the app shall listen.</param>
    /// <param name="folder">Where data and logs are kept; <see langword="null"/>: in this checkout's folder.</param>
    /// <param name="throwawayData">Uses data that is deleted afterwards when the lasting data is in use.</param>
    /// <param name="withQueues">Whether messages are to be sent and read; a storage account of the environment is used in any case.</param>
    /// <param name="report">Told what takes long, and later of each fall and return.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<LocalStack> StartAsync(
        int port, string? folder, bool throwawayData, bool withQueues, Action<string> report, CancellationToken cancellationToken)
    {
        var stack = new LocalStack(port, folder is null ? LocalFolder.Locate() : Path.GetFullPath(folder), report);
        try
        {
            await stack.StartAsync(throwawayData, withQueues, cancellationToken);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (running.TryPop(out var service))
            await service.DisposeAsync();
    }

    private async Task StartAsync(bool throwawayData, bool withQueues, CancellationToken cancellationToken)
    {
        var given = new GivenSettings(Environment.GetEnvironmentVariables());
        var data = new Lazy<DataFolder>(() => Take(throwawayData));
        var postgres = StartPostgresAsync(given, data, cancellationToken);
        var azurite = given.Has("AzureWebJobsStorage")
            ? null
            : new AzuriteService(Path.Combine(data.Value.Path, "azurite"), Path.Combine(Logs, "azurite.log"), report);

        // Nobody waits for queues to be read: neither does the app for its storage account, nor does one quote need any.
        var storage = azurite is null || !withQueues ? Task.CompletedTask : SuperviseAsync("Azurite", azurite.StartAsync, cancellationToken);
        var simulator = StartSimulatorAsync(given, cancellationToken);
        await Task.WhenAll(postgres, simulator);

        var settings = AppSettings.Compose(given, Port, await postgres, azurite?.ConnectionString, await simulator);
        var app = SuperviseAsync(
            "The app", token => AppService.StartAsync(Port, settings, Path.Combine(Logs, "app.log"), token), cancellationToken);
        await Task.WhenAll(storage, app);
    }

    private DataFolder Take(bool throwawayData)
    {
        var data = DataFolder.Take(folder, throwawayData);
        Push(data);
        return data;
    }

    private async Task<string?> StartPostgresAsync(GivenSettings given, Lazy<DataFolder> data, CancellationToken cancellationToken)
    {
        if (given.Has("ConnectionStrings__Quorum"))
            return null;
        Data = data.Value.Path;
        var postgres = new PostgresService(
            new LocalPostgresOptions
            {
                DataDirectory = Path.Combine(data.Value.Path, "postgres"),
                LogFile = Path.Combine(Logs, "postgres.log"),
                Throwaway = data.Value.Throwaway,
            },
            report);
        await SuperviseAsync("PostgreSQL", postgres.StartAsync, cancellationToken);
        return postgres.ConnectionString;
    }

    private async Task<string?> StartSimulatorAsync(GivenSettings given, CancellationToken cancellationToken)
    {
        Simulated = SimulatedProviders.Of(given);
        if (Simulated.Count == 0)
            return null;
        var simulator = new SimulatorService(Path.Combine(Logs, "simulator.log"));
        await SuperviseAsync("The provider simulator", simulator.StartAsync, cancellationToken);
        return simulator.Address;
    }

    private async Task SuperviseAsync(string name, Func<CancellationToken, Task<RunningService>> start, CancellationToken cancellationToken) =>
        Push(await SupervisedService.StartAsync(name, start, report, TimeProvider.System, cancellationToken));

    private void Push(IAsyncDisposable service)
    {
        lock (running)
            running.Push(service);
    }
}
