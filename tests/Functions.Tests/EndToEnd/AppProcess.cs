using Quorum.LocalServices;
using Quorum.LocalServices.Processes;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>The app as a process of its own, to be killed; when this one is killed, it ends too.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private AppProcess(ChildProcess process, int port) => (_process, Address) = (process, new Uri($"http://127.0.0.1:{port}"));

    public Uri Address { get; }

    /// <summary>Completes when the app serves.</summary>
    public static Task<AppProcess> StartAsync(TestDatabase database, Uri providers, params string[] settings) =>
        StartAsync(database, providers, new Dictionary<string, string?>(), log: null, settings);

    /// <param name="environment">Overrides of host.json, such as <c>AzureFunctionsJobHost__extensions__queues__batchSize</c>.</param>
    public static Task<AppProcess> StartAsync(
        TestDatabase database,
        Uri providers,
        IReadOnlyDictionary<string, string?> environment,
        params string[] settings
    ) => StartAsync(database, providers, environment, log: null, settings);

    /// <param name="log">A file for what it logs.</param>
    public static Task<AppProcess> StartLoggedAsync(string log, TestDatabase database, Uri providers, params string[] settings) =>
        StartAsync(database, providers, new Dictionary<string, string?>(), log, settings);

    private static async Task<AppProcess> StartAsync(
        TestDatabase database,
        Uri providers,
        IReadOnlyDictionary<string, string?> environment,
        string? log,
        string[] settings
    )
    {
        var port = FreePort.Find();
        string[] own = [$"--port={port}", "--Logging:LogLevel:Quorum.Functions.Starting.WarmUp=Information"];
        var arguments = await RunningApp.ArgumentsAsync(database, providers);
        var process = await ChildProcess.StartAsync(
            new ChildCommand
            {
                Name = "The app",
                Program = "dotnet",
                Arguments =
                [
                    Path.Combine(AppContext.BaseDirectory, "Quorum.StandaloneApp.dll"),
                    .. arguments.Where(argument => argument != "--port=0"),
                    .. own,
                    .. settings.Select(setting => "--" + setting),
                ],
                Environment = environment,
                InheritsEnvironment = true,
                WhenParentDies = StopSignal.Kill,
                LogFile = log,
            }
        );
        var app = new AppProcess(process, port);
        await process.WaitForLineAsync(HasEndedWarmUp, SignalTasks.Deadline, CancellationToken.None);
        return app;
    }

    /// <summary>True for the log line with which the app accepts requests: its warm-up has succeeded, or failed since the machine is
    /// busy.</summary>
    public static bool HasEndedWarmUp(string line) =>
        line.Contains("Warmed up in", StringComparison.Ordinal) || line.Contains("The warm-up failed", StringComparison.Ordinal);

    /// <summary>Completes when a line of its log holds the text.</summary>
    public Task UntilItSaysAsync(string text) =>
        _process.WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal), SignalTasks.Deadline, CancellationToken.None);

    /// <summary>As <c>kill -9</c> does.</summary>
    public Task KillAsync() => _process.StopAsync(StopSignal.Kill, SignalTasks.Deadline);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await _process.DisposeAsync();
    }
}
