using System.Diagnostics;
using System.Globalization;

namespace Quorum.HubKills;

/// <summary>A worker process that can be suspended, continued and killed.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    /// <summary>Starts a worker and waits until it has joined the hub.</summary>
    public static async Task<ChildProcess> StartAsync(string connectionString, TimeSpan lease)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                typeof(ChildProcess).Assembly.Location,
                "worker",
                connectionString,
                ((int)lease.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            },
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("The worker process did not start.");
        if (await process.StandardOutput.ReadLineAsync() != "ready")
        {
            throw new InvalidOperationException("The worker process ended before it had joined the hub; its error output says why.");
        }

        return new ChildProcess(process);
    }

    /// <summary>Suspends the process (SIGSTOP).</summary>
    public Task SuspendAsync() => SignalAsync("-STOP");

    /// <summary>Continues the process (SIGCONT).</summary>
    public Task ContinueAsync() => SignalAsync("-CONT");

    /// <summary>Kills the process (SIGKILL) and waits for its end.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0)
        {
            throw new InvalidOperationException($"kill {signal} {_process.Id} failed with exit code {kill.ExitCode}.");
        }
    }
}
