using Quorum.MarketData;
using Quorum.Surroundings;

namespace Quorum.Sharing;

/// <summary>Two processes of the app on one database, one account of queues and one simulator that enforces quotas.</summary>
internal sealed class Processes : IAsyncDisposable
{
    private readonly QueueStorage _queues;
    private readonly AppProcess[] _apps;

    private Processes(Database database, QueueStorage queues, Simulator simulator, AppProcess[] apps)
    {
        (Database, _queues, Simulator, _apps) = (database, queues, simulator, apps);
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
        const string Purpose = "sharing";
        var database = await Database.StartAsync(Purpose, report, cancellationToken);
        var queues = await QueueStorage.StartAsync(Purpose, report, cancellationToken);
        var simulator = await Simulator.StartAsync(["--plans", plan, "--quotas", "on"], cancellationToken);
        var apps = new List<AppProcess>(Apps);
        while (apps.Count < Apps)
        {
            apps.Add(await AppProcess.StartAsync(
                database.ConnectionString,
                _ => simulator.Address,
                new Dictionary<string, string?>(settings)
                {
                    ["AzureWebJobsStorage"] = queues.ConnectionString,
                    ["Quorum__Prefetch__AllHours"] = "true", // the simulator trades day and night
                    ["Logging__LogLevel__Default"] = "Warning",
                },
                logFile: null,
                cancellationToken));
        }

        return new Processes(database, queues, simulator, [.. apps]);
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
        await _queues.DisposeAsync();
        await Database.DisposeAsync();
    }
}
