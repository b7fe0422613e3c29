using System.Net;
using Quorum.LocalServices;
using Quorum.LocalServices.Processes;
using Quorum.MarketData;

namespace Quorum.Harness;

/// <summary>The real app as a child process, on the standalone host.</summary>
public sealed class AppProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(50);

    private readonly ChildProcess _process;

    private AppProcess(ChildProcess process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public int ProcessId => _process.Id;

    /// <summary>Completes when the app has ended unexpectedly.</summary>
    public Task<int> Exited => _process.Exited;

    /// <exception cref="LocalServiceException">The app ended, or was not ready in time; the message has its last lines.</exception>
    public static Task<AppProcess> StartAsync(string database, string simulator, CancellationToken cancellationToken) =>
        StartAsync(database, _ => simulator, new Dictionary<string, string?>(), logFile: null, cancellationToken);

    /// <param name="providers">Returns the base address of each provider, without a trailing slash.</param>
    /// <param name="settings">Further settings, as environment variables.</param>
    /// <param name="logFile">The log is appended to this file; <see langword="null"/> keeps no log.</param>
    /// <exception cref="LocalServiceException">The app ended, or was not ready in time; the message has its last lines.</exception>
    public static async Task<AppProcess> StartAsync(
        string database,
        Func<ProviderId, string> providers,
        IReadOnlyDictionary<string, string?> settings,
        string? logFile,
        CancellationToken cancellationToken
    )
    {
        var port = FreePort.Find();
        var program = BuiltPrograms.App;
        var environment = new Dictionary<string, string?>(SimulatedProviders.Settings(providers, separator: "__"))
        {
            ["FUNCTIONS_HTTP_PORT"] = $"{port}",
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development", // no function keys
            ["ConnectionStrings__Quorum"] = database,
        };
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        var process = await ChildProcess.StartAsync(
            new ChildCommand
            {
                Name = "The app",
                Program = BuiltPrograms.DotNet,
                Arguments = [program],
                Environment = environment,
                InheritsEnvironment = true,
                WorkingDirectory = Path.GetDirectoryName(program),
                WhenParentDies = StopSignal.Kill,
                LogFile = logFile,
            }
        );
        var app = new AppProcess(process, new Uri($"http://127.0.0.1:{port}/"));
        try
        {
            await app.WaitUntilReadyAsync(cancellationToken);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var http = new HttpClient(handler) { BaseAddress = Address };
        using var expiry = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        expiry.CancelAfter(ReadyDeadline);
        try
        {
            while (!await IsReadyAsync(http, expiry.Token))
            {
                if (_process.Exited.IsCompleted)
                {
                    throw _process.Failure($"The app ended with exit code {await _process.Exited} before it was ready.");
                }

                await Task.Delay(ProbeInterval, expiry.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw _process.Failure($"The app was not ready within {ReadyDeadline.TotalSeconds:0} s.");
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(new Uri("api/health/ready", UriKind.Relative), cancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // the app does not listen yet
        }
    }
}
