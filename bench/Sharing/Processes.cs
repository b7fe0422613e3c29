using System.Diagnostics;
using Quorum.Harness;
using Quorum.MarketData;

namespace Quorum.Sharing;

/// <summary>Two processes of the app on one database, one storage account and one simulator that enforces quotas.</summary>
internal sealed class Processes : IAsyncDisposable
{
    private const int Apps = 2;

    private readonly QueueStorage _queues;
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly AppProcess[] _apps = new AppProcess[Apps];
    private readonly AppClient[] _clients = new AppClient[Apps];
    private volatile int _away = -1;

    private Processes(Database database, QueueStorage queues, Simulator simulator, IReadOnlyDictionary<string, string?> settings)
    {
        (Database, _queues, Simulator, _settings) = (database, queues, simulator, settings);
        Provider = new SimulatorClient(simulator.Address);
    }

    public Database Database { get; }

    public Simulator Simulator { get; }

    public SimulatorClient Provider { get; }

    /// <summary>The clients, one per process.</summary>
    public IReadOnlyList<AppClient> Clients => _clients;

    /// <summary>True if no process has ended by itself.</summary>
    public bool AllRun => !_apps.Any(app => app.Exited.IsCompleted);

    /// <param name="plan">The simulator's plan for the key.</param>
    /// <param name="settings">Settings of the app, as environment variables.</param>
    public static async Task<Processes> StartAsync(
        string plan,
        IReadOnlyDictionary<string, string?> settings,
        Action<string> report,
        CancellationToken cancellationToken
    )
    {
        const string Purpose = "sharing";
        var database = await Database.StartAsync(Purpose, report, cancellationToken);
        var queues = await QueueStorage.StartAsync(Purpose, report, cancellationToken);
        var simulator = await Simulator.StartAsync(["--plans", plan, "--quotas", "on"], cancellationToken);
        var processes = new Processes(database, queues, simulator, settings);
        for (var i = 0; i < Apps; i++)
        {
            await processes.StartAppAsync(i, cancellationToken);
        }

        return processes;
    }

    /// <summary>Returns the process for a caller, in turns; a process that is being restarted is skipped.</summary>
    public AppClient ClientFor(int caller)
    {
        var place = caller % Apps;
        return _clients[place == _away ? (place + 1) % Apps : place];
    }

    /// <summary>
    /// Kills a process as <c>kill -9</c> does, once its callers have their answers, and restarts it. It does not return its quota leases.
    /// </summary>
    public async Task KillAndRestartAsync(int place, CancellationToken cancellationToken)
    {
        _away = place;
        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        using (var process = Process.GetProcessById(_apps[place].ProcessId))
        {
            process.Kill();
        }

        await _apps[place].DisposeAsync();
        _clients[place].Dispose();
        await StartAppAsync(place, cancellationToken);
        _away = -1;
    }

    public static string Setting(ProviderId provider, string name) => $"Providers__{provider.SettingsName}__{name}";

    private async Task StartAppAsync(int place, CancellationToken cancellationToken)
    {
        _apps[place] = await AppProcess.StartAsync(
            Database.ConnectionString,
            _ => Simulator.Address,
            new Dictionary<string, string?>(_settings)
            {
                ["AzureWebJobsStorage"] = _queues.ConnectionString,
                ["Quorum__Prefetch__AllHours"] = "true", // the simulator's market is always open
                ["Logging__LogLevel__Default"] = "Warning",
            },
            logFile: null,
            cancellationToken
        );
        _clients[place] = new AppClient(_apps[place].Address);
    }

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
