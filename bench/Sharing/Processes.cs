using Quorum.LocalServices.Azurite;
using Quorum.MarketData;
using Quorum.Surroundings;

namespace Quorum.Sharing;

/// <summary>Two processes of the app on one database, one account of queues and one simulator that enforces quotas.</summary>
internal sealed class Processes : IAsyncDisposable
{
    private readonly string _queues;
    private readonly LocalAzurite _azurite;
    private readonly AppProcess[] _apps;

    private Processes(Database database, string queues, LocalAzurite azurite, Simulator simulator, AppProcess[] apps)
    {
        (Database, _queues, _azurite, Simulator, _apps) = (database, queues, azurite, simulator, apps);
        Clients = [.. apps.Select(app => new AppClient(app.Address))];
        Provider = new SimulatorClient(simulator.Address);
    }

    public Database Database { get; }

    public Simulator Simulator { get; }

    public SimulatorClient Provider { get; }

    /// <summary>One for each process.</summary>
    public IReadOnlyList<AppClient> Clients { get; }

    /// <summary>Whether none has ended by itself.</summary>
    public bool AllRun => !_apps.Any(app => app.Exited.IsCompleted);

    /// <param name="plan">The simulator's plan for the key.</param>
    /// <param name="settings">Of the app, as environment variables.</param>
    public static async Task<Processes> StartAsync(
        string plan, IReadOnlyDictionary<string, string?> settings, Action<string> report, CancellationToken cancellationToken)
    {
        const int Apps = 2;
        var database = await Database.StartAsync("sharing", report, cancellationToken);
        var queues = Directory.CreateTempSubdirectory("quorum-sharing-").FullName;
        var azurite = await LocalAzurite.StartAsync(new LocalAzuriteOptions { DataDirectory = queues, InMemory = true }, report, cancellationToken);
        var simulator = await Simulator.StartAsync(["--plans", plan, "--quotas", "on"], cancellationToken);
        var apps = new List<AppProcess>(Apps);
        while (apps.Count < Apps)
        {
            apps.Add(await AppProcess.StartAsync(
                database.ConnectionString,
                _ => simulator.Address,
                new Dictionary<string, string?>(settings)
                {
                    ["AzureWebJobsStorage"] = azurite.ConnectionString,
                    ["Quorum__Prefetch__AllHours"] = "true", // the simulator trades day and night
                    ["Logging__LogLevel__Default"] = "Warning",
                },
                cancellationToken));
        }

        return new Processes(database, queues, azurite, simulator, [.. apps]);
    }

    public static string Setting(ProviderId provider, string name) => $"Providers__{provider.SettingsName}__{name}";

    public async ValueTask DisposeAsync()
    {
        foreach (var client in Clients)
        {
            client.Dispose();
        }

        foreach (var app in _apps)
        {
            await app.DisposeAsync();
        }

        Provider.Dispose();
        await Simulator.DisposeAsync();
        await _azurite.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(_queues, recursive: true);
    }
}
