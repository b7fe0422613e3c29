using Quorum.DevHost.Supervision;
using Quorum.LocalServices.Processes;

namespace Quorum.DevHost.App;

/// <summary>The provider simulator as a child process.</summary>
internal sealed class SimulatorService(string logFile)
{
    private const string Announcement = "listening on ";
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private int _port;

    /// <summary>The address without a trailing slash; empty before the first start, the same after each restart.</summary>
    public string Address => _port == 0 ? "" : $"http://127.0.0.1:{_port}";

    public async Task<RunningService> StartAsync(CancellationToken cancellationToken)
    {
        var simulator = await ChildProcess.StartAsync(
            new ChildCommand
            {
                Name = "The provider simulator",
                Program = BuiltPrograms.DotNet,
                // Off by default; POST /admin/quotas enforces them.
                Arguments = [BuiltPrograms.Simulator, "--port", $"{_port}", "--quotas", "off"],
                LogFile = logFile,
                WhenParentDies = StopSignal.Kill,
            }
        );
        try
        {
            var line = await simulator.WaitForLineAsync(
                line => line.StartsWith(Announcement, StringComparison.Ordinal),
                ReadyDeadline,
                cancellationToken
            );
            _port = new Uri(line[Announcement.Length..]).Port;
            return new RunningService(simulator.Exited, StopAsync);
        }
        catch
        {
            await simulator.DisposeAsync();
            throw;
        }

        async Task StopAsync()
        {
            await simulator.StopAsync(StopSignal.Terminate, StopTimeout);
            await simulator.DisposeAsync();
        }
    }
}
