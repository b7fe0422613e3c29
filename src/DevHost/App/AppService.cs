using Quorum.DevHost.Supervision;
using Quorum.LocalServices;
using Quorum.LocalServices.Processes;

namespace Quorum.DevHost.App;

/// <summary>The app as a child process.</summary>
internal static class AppService
{
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(6);

    /// <summary>Starts the app and waits until it reports that it is ready.</summary>
    /// <exception cref="LocalServiceException">The app ended, or was not ready in time; the message has its last lines.</exception>
    public static async Task<RunningService> StartAsync(
        int port,
        IReadOnlyDictionary<string, string?> settings,
        string logFile,
        CancellationToken cancellationToken
    )
    {
        var program = BuiltPrograms.App;
        var app = await ChildProcess.StartAsync(
            new ChildCommand
            {
                Name = "The app",
                Program = BuiltPrograms.DotNet,
                Arguments = [program],
                Environment = settings,
                InheritsEnvironment = true, // its settings, providers' keys among them, are there
                WorkingDirectory = Path.GetDirectoryName(program),
                LogFile = logFile,
                SharesSession = true,
                WhenParentDies = StopSignal.Kill, // unfinished work continues at the next start
            }
        );
        try
        {
            await WaitUntilReadyAsync(app, port, cancellationToken);
        }
        catch
        {
            await app.StopAsync(StopSignal.Terminate, StopTimeout);
            await app.DisposeAsync();
            throw;
        }
        return new RunningService(app.Exited, StopAsync);

        async Task StopAsync()
        {
            await app.StopAsync(StopSignal.Terminate, StopTimeout);
            await app.DisposeAsync();
        }
    }

    private static async Task WaitUntilReadyAsync(ChildProcess app, int port, CancellationToken cancellationToken)
    {
        using var expiry = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        expiry.CancelAfter(ReadyDeadline);
        var status = 0;
        try
        {
            while (!app.Exited.IsCompleted)
            {
                status = await AppRequest.GetStatusAsync(port, "/api/health/ready", expiry.Token);
                if (status == 200)
                {
                    return;
                }

                await Task.Delay(ProbeInterval, expiry.Token);
            }
            throw app.Failure($"The app ended with exit code {await app.Exited} before it was ready.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var answer = status == 0 ? "nothing answered" : $"status {status}";
            throw app.Failure(
                $"The app was not ready within {ReadyDeadline.TotalSeconds:0} s: GET /api/health/ready on port {port}: {answer}."
            );
        }
    }
}
