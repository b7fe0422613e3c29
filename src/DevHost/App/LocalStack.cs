using Quorum.DevHost.CommandLine;
using Quorum.DevHost.Settings;
using Quorum.DevHost.Supervision;
using Quorum.LocalServices.Azurite;
using Quorum.LocalServices.Folders;
using Quorum.LocalServices.Postgres;

namespace Quorum.DevHost.App;

/// <summary>A request for a local stack.</summary>
/// <param name="Port">The app's port.</param>
/// <param name="Options">Data folder and simulated providers.</param>
/// <param name="Command">The command's name, which names its log folder.</param>
/// <param name="ThrowawayData">True to use temporary data while another DevHost uses the permanent data.</param>
internal sealed record LocalStackRequest(int Port, StackOptions Options, string Command, bool ThrowawayData);

/// <summary>The app and the services that the environment does not provide, supervised.</summary>
internal sealed class LocalStack : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _running = new(); // stopped in the reverse order: the app first
    private readonly Action<string> _report;
    private readonly LocalStackRequest _request;
    private readonly GivenSettings _given = new(Environment.GetEnvironmentVariables());
    private readonly string _folder;

    private LocalStack(LocalStackRequest request, Action<string> report)
    {
        _request = request;
        _report = report;
        _folder = request.Options.DataFolder is { } folder ? Path.GetFullPath(folder) : LocalFolder.Locate();
        Roles = ProviderRoles.Of(_given, request.Options.SimulateMissing);
    }

    public string Address => $"http://127.0.0.1:{_request.Port}";

    public string Logs => Path.Combine(_folder, "logs", _request.Command);

    /// <summary>The data folder of PostgreSQL; <see langword="null"/> when the environment provides a server.</summary>
    public string? Data { get; private set; }

    /// <summary>Real, simulated and disabled providers.</summary>
    public ProviderRoles Roles { get; }

    /// <summary>The simulator's address; <see langword="null"/> when no provider is simulated.</summary>
    public string? Simulator { get; private set; }

    /// <summary>Starts everything and waits until the app is ready; stops what it has started when that fails.</summary>
    /// <param name="request">The stack to start.</param>
    /// <param name="report">
    /// Receives a line before each slow step, at least one every few seconds, and later one for each crash and restart.
    /// </param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="LocalServices.LocalServiceException">
    /// A service cannot be started; the message gives the reason and the remedy.
    /// </exception>
    public static async Task<LocalStack> StartAsync(LocalStackRequest request, Action<string> report, CancellationToken cancellationToken)
    {
        var stack = new LocalStack(request, report);
        foreach (var warning in UnknownProviderSettings.Warnings(stack._given))
        {
            report(warning);
        }

        try
        {
            await stack.StartAsync(cancellationToken);
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Requests one quote before the user can: the runtime compiles each method at its first call, so the first answer of a process, the
    /// simulator's included, is late. Not when a provider is real, since the call would count against its quota.
    /// </summary>
    public async Task SendFirstQuoteAsync(CancellationToken cancellationToken)
    {
        if (Roles.Real.Count == 0)
        {
            await AppRequest.GetStatusAsync(_request.Port, "/api/quotes/KO?maxAge=0&budget=5000", cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_running.TryPop(out var service))
        {
            await service.DisposeAsync();
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var progress = new StartProgress(_report, TimeProvider.System);
        LocalFolder.CreateClosed(Logs);
        var data = new Lazy<DataFolder>(TakeData);
        var postgres = progress.Track("PostgreSQL", StartPostgresAsync(data, cancellationToken));
        var azurite = progress.Track("Azurite", StartAzuriteAsync(data, cancellationToken));
        var simulator = progress.Track("the provider simulator", StartSimulatorAsync(cancellationToken));
        await Task.WhenAll(postgres, azurite, simulator);

        Simulator = await simulator;
        var settings = AppSettings.Compose(_given, _request.Port, await postgres, await azurite, Roles, Simulator);
        await progress.Track(
            "the app",
            SuperviseAsync(
                "The app",
                token => AppService.StartAsync(_request.Port, settings, Path.Combine(Logs, "app.log"), token),
                cancellationToken
            )
        );
    }

    private DataFolder TakeData()
    {
        var data = DataFolder.Take(_folder, _request.ThrowawayData);
        Push(data);
        return data;
    }

    private async Task<string?> StartPostgresAsync(Lazy<DataFolder> data, CancellationToken cancellationToken)
    {
        if (_given.Find("ConnectionStrings__Quorum") is { } connectionString)
        {
            await GivenPostgres.RequireReachableAsync(connectionString, cancellationToken);
            return null;
        }

        Data = data.Value.Path;
        var postgres = new PostgresService(
            new LocalPostgresOptions
            {
                DataDirectory = Path.Combine(data.Value.Path, "postgres"),
                LogFile = Path.Combine(Logs, "postgres.log"),
                Throwaway = data.Value.Throwaway,
            },
            _report
        );
        await SuperviseAsync("PostgreSQL", postgres.StartAsync, cancellationToken);
        return postgres.ConnectionString;
    }

    private async Task<string?> StartAzuriteAsync(Lazy<DataFolder> data, CancellationToken cancellationToken)
    {
        if (_given.Has("AzureWebJobsStorage"))
        {
            return null;
        }

        var azurite = new AzuriteService(
            new LocalAzuriteOptions
            {
                DataDirectory = Path.Combine(data.Value.Path, "azurite"),
                LogFile = Path.Combine(Logs, "azurite.log"),
            },
            _report
        );
        await SuperviseAsync("Azurite", azurite.StartAsync, cancellationToken);
        return azurite.ConnectionString;
    }

    private async Task<string?> StartSimulatorAsync(CancellationToken cancellationToken)
    {
        if (Roles.Simulated.Count == 0)
        {
            return null;
        }

        var simulator = new SimulatorService(Path.Combine(Logs, "simulator.log"));
        await SuperviseAsync("The provider simulator", simulator.StartAsync, cancellationToken);
        return simulator.Address;
    }

    private async Task SuperviseAsync(
        string name,
        Func<CancellationToken, Task<RunningService>> start,
        CancellationToken cancellationToken
    ) => Push(await SupervisedService.StartAsync(name, start, _report, TimeProvider.System, cancellationToken));

    private void Push(IAsyncDisposable service)
    {
        lock (_running)
        {
            _running.Push(service);
        }
    }
}
