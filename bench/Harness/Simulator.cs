using Quorum.LocalServices.Processes;

namespace Quorum.Harness;

/// <summary>The six providers as a child process, with the default latencies.</summary>
public sealed class Simulator : IAsyncDisposable
{
    private const string Announcement = "listening on ";
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _process;

    private Simulator(ChildProcess process, string address) => (_process, Address) = (process, address);

    /// <summary>The address without a trailing slash.</summary>
    public string Address { get; }

    /// <summary>Starts the simulator without quotas.</summary>
    public static Task<Simulator> StartAsync(CancellationToken cancellationToken) => StartAsync(["--quotas", "off"], cancellationToken);

    /// <param name="options">The options of its command line, without the port.</param>
    public static async Task<Simulator> StartAsync(IReadOnlyList<string> options, CancellationToken cancellationToken)
    {
        var process = await ChildProcess.StartAsync(
            new ChildCommand
            {
                Name = "The provider simulator",
                Program = BuiltPrograms.DotNet,
                Arguments = [BuiltPrograms.Simulator, "--port", "0", .. options],
                WhenParentDies = StopSignal.Kill,
            }
        );
        try
        {
            var line = await process.WaitForLineAsync(
                line => line.StartsWith(Announcement, StringComparison.Ordinal),
                ReadyDeadline,
                cancellationToken
            );
            return new Simulator(process, line[Announcement.Length..].TrimEnd('/'));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
