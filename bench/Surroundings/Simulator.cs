using Quorum.LocalServices.Processes;

namespace Quorum.Surroundings;

/// <summary>The six providers as a child process: the default latencies, no quotas.</summary>
public sealed class Simulator : IAsyncDisposable
{
    private const string Announcement = "listening on ";
    private static readonly TimeSpan ReadyDeadline = TimeSpan.FromSeconds(30);

    private readonly ChildProcess _process;

    private Simulator(ChildProcess process, string address) => (_process, Address) = (process, address);

    /// <summary>Without a slash at the end.</summary>
    public string Address { get; }

    public static async Task<Simulator> StartAsync(CancellationToken cancellationToken)
    {
        var process = await ChildProcess.StartAsync(new ChildCommand
        {
            Name = "The provider simulator",
            Program = BuiltPrograms.DotNet,
            Arguments = [BuiltPrograms.Simulator, "--port", "0", "--quotas", "off"],
            WhenParentDies = StopSignal.Kill,
        });
        try
        {
            var line = await process.WaitForLineAsync(
                line => line.StartsWith(Announcement, StringComparison.Ordinal), ReadyDeadline, cancellationToken);
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
