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
    public static async Task<AppProcess> StartAsync(TestDatabase database, Uri providers, params string[] settings)
    {
        var port = FreePort.Find();
        string[] own = [$"--port={port}", "--Logging:LogLevel:Quorum.EmbeddedRuntime.Hosting.Http.HttpServer=Information"];
        var arguments = await RunningApp.ArgumentsAsync(database, providers);
        var process = await ChildProcess.StartAsync(new ChildCommand
        {
            Name = "The app",
            Program = "dotnet",
            Arguments =
            [
                Path.Combine(AppContext.BaseDirectory, "Quorum.Functions.dll"),
                .. arguments.Where(argument => argument != "--port=0"),
                .. own,
                .. settings.Select(setting => "--" + setting),
            ],
            WhenParentDies = StopSignal.Kill,
        });
        await process.WaitForLineAsync(line => line.Contains("GetQuote", StringComparison.Ordinal), SignalTasks.Deadline, CancellationToken.None);
        return new AppProcess(process, port);
    }

    /// <summary>As <c>kill -9</c> does.</summary>
    public Task KillAsync() => _process.StopAsync(StopSignal.Kill, SignalTasks.Deadline);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await _process.DisposeAsync();
    }
}
