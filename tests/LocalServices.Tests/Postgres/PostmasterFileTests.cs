using System.Diagnostics;
using Quorum.LocalServices.Postgres;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Postgres;

public sealed class PostmasterFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string PidFile => _folder["postmaster.pid"];

    [Theory]
    [InlineData("2147483647\n/data\n")]
    [InlineData("-2147483647\n/data\n")]
    [InlineData("")]
    [InlineData("no number\n")]
    public async Task File_whose_server_is_gone_is_deleted(string content)
    {
        await File.WriteAllTextAsync(PidFile, content);

        await ReleaseAsync(TimeSpan.Zero);

        Assert.False(File.Exists(PidFile));
    }

    [Fact]
    public async Task Folder_without_the_file_is_free() =>
        await PostmasterFile.ReleaseAsync(_folder["no-such-folder"], TimeSpan.Zero, CancellationToken.None);

    [LinuxTheory]
    [InlineData("")]
    [InlineData("-")] // of postgres --single, which prepares the data
    public async Task File_of_a_running_server_stays_and_the_server_is_named(string sign)
    {
        using var server = await StartServerAsync();
        await File.WriteAllTextAsync(PidFile, $"{sign}{server.Id}\n");

        var error = await Assert.ThrowsAsync<LocalServiceException>(() => ReleaseAsync(TimeSpan.Zero));

        Assert.Equal($"PostgreSQL already runs on {_folder.Path}, as process {server.Id}. Stop that one first.", error.Message);
        Assert.True(File.Exists(PidFile));
        await EndAsync(server);
    }

    [LinuxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Server_that_is_ending_is_awaited_whether_or_not_it_deletes_its_file(bool deletes)
    {
        using var server = await StartServerAsync();
        await File.WriteAllTextAsync(PidFile, $"{server.Id}\n");

        var releasing = ReleaseAsync(SignalTasks.Deadline);
        Assert.False(releasing.IsCompleted);
        await EndAsync(server);
        if (deletes)
        {
            File.Delete(PidFile);
        }

        await releasing.WithinAsync();
        Assert.False(File.Exists(PidFile));
    }

    public void Dispose() => _folder.Dispose();

    private Task ReleaseAsync(TimeSpan deadline) => PostmasterFile.ReleaseAsync(_folder.Path, deadline, CancellationToken.None);

    /// <summary>Starts a process named postgres that ends with its input.</summary>
    private async Task<Process> StartServerAsync()
    {
        File.CreateSymbolicLink(_folder["postgres"], "/bin/sh");
        var start = new ProcessStartInfo(_folder["postgres"], ["-c", "echo ready; read -r line"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var server = Process.Start(start) ?? throw new InvalidOperationException("The shell did not start.");
        Assert.Equal("ready", await server.StandardOutput.ReadLineAsync().WithinAsync()); // it has its name
        return server;
    }

    private static async Task EndAsync(Process server)
    {
        server.StandardInput.Close();
        await server.WaitForExitAsync().WithinAsync();
    }
}
