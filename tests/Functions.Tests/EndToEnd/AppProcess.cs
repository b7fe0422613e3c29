using System.Diagnostics;
using Quorum.LocalServices;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>The app as a process of its own, to be killed.</summary>
internal sealed class AppProcess : IAsyncDisposable
{
    private readonly Process _process;

    private AppProcess(Process process, int port)
    {
        _process = process;
        Address = new Uri($"http://127.0.0.1:{port}");
    }

    public Uri Address { get; }

    /// <summary>Completes when the app serves.</summary>
    public static async Task<AppProcess> StartAsync(TestDatabase database, Uri providers, params string[] settings)
    {
        var port = FreePort.Find();
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Quorum.Functions.dll"));
        string[] own = [$"--port={port}", "--Logging:LogLevel:Quorum.EmbeddedRuntime.Hosting.Http.HttpServer=Information"];
        var arguments = await RunningApp.ArgumentsAsync(database, providers);
        foreach (var argument in arguments.Where(argument => argument != "--port=0").Concat(own).Concat(settings.Select(setting => "--" + setting)))
        {
            start.ArgumentList.Add(argument);
        }

        var serves = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = Process.Start(start) ?? throw new InvalidOperationException("The app did not start.");
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("GetQuote", StringComparison.Ordinal) == true)
            {
                serves.TrySetResult();
            }
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await serves.Task.WithinAsync(what: "the app's start");
        return new AppProcess(process, port);
    }

    /// <summary>As <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WithinAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }
}
