using System.Diagnostics;
using System.Globalization;
using Quorum.LocalServices.Processes;
using Quorum.Testing;

namespace Quorum.DevHost.Tests;

/// <summary>DevHost as users start it: as a process, with data of its own.</summary>
internal sealed class RunningDevHost : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(5); // a first start installs PostgreSQL

    private readonly ChildProcess _process;

    private RunningDevHost(ChildProcess process) => _process = process;

    public static Task<RunningDevHost> StartAsync(string folder, params string[] arguments) =>
        StartInAsync(folder, new() { ["ConnectionStrings__Quorum"] = null }, arguments);

    public static async Task<RunningDevHost> StartInAsync(string folder, Dictionary<string, string?> environment, params string[] arguments)
    {
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
        {
            if (name.StartsWith("Providers__", StringComparison.OrdinalIgnoreCase))
            {
                environment[name] = null;
            }
        }
        return new RunningDevHost(
            await ChildProcess.StartAsync(
                new ChildCommand
                {
                    Name = "DevHost",
                    Program = "dotnet",
                    Arguments = [Program(), .. arguments, "--data", folder],
                    Environment = environment,
                    InheritsEnvironment = true,
                    LogFile = Path.Combine(folder, $"devhost-{Guid.NewGuid():N}.log"),
                }
            )
        );
    }

    public Task<string> WaitForLineAsync(string start) =>
        _process.WaitForLineAsync(line => line.StartsWith(start, StringComparison.Ordinal), StartDeadline, CancellationToken.None);

    public void Send(StopSignal signal) => _process.Send(signal);

    /// <summary>Completes with the exit code, and the output, of one that ends by itself.</summary>
    public async Task<(int Code, string Output)> EndAsync()
    {
        var code = await _process.Exited.WithinAsync(StartDeadline);
        return (code, await File.ReadAllTextAsync(_process.Command.LogFile!)); // set above
    }

    /// <summary>The processes that it started, and theirs.</summary>
    public List<Process> Descendants()
    {
        var found = new List<Process>();
        foreach (var id in Children(_process.Id))
        {
            try
            {
                found.Add(Process.GetProcessById(id));
            }
            catch (ArgumentException)
            {
                // One of PostgreSQL's workers has ended meanwhile.
            }
        }
        return found;
    }

    /// <summary>The one process among the descendants whose command line names a file.</summary>
    public Process Descendant(string file) =>
        Descendants().Single(candidate => File.ReadAllText($"/proc/{candidate.Id}/cmdline").Contains(file, StringComparison.Ordinal));

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static IEnumerable<int> Children(int parent)
    {
        foreach (var task in Directory.EnumerateDirectories($"/proc/{parent}/task"))
        {
            foreach (var child in File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var id = int.Parse(child, CultureInfo.InvariantCulture);
                yield return id;
                foreach (var grandchild in Children(id))
                {
                    yield return grandchild;
                }
            }
        }
    }

    // .../tests/DevHost.Tests/bin/<configuration>/<framework>/
    private static string Program()
    {
        var output = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        var configuration = Path.GetFileName(Path.GetDirectoryName(output));
        return Path.GetFullPath(
            Path.Combine(output, "../../../../..", "src/DevHost/bin", configuration!, Path.GetFileName(output), "Quorum.DevHost.dll")
        ); // a path of four folders
    }
}
