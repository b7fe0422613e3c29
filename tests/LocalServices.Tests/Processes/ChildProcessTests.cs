using System.Diagnostics;
using Quorum.LocalServices.Processes;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Processes;

public sealed class ChildProcessTests
{
    [UnixFact]
    public async Task Exit_code_and_last_lines_are_told()
    {
        await using var child = await ChildProcess.StartAsync(Shell("echo one; echo two >&2; exit 3"));

        Assert.Equal(3, await child.Exited.WithinAsync());
        Assert.Equal(["one", "two"], child.LastLines.Order());
    }

    [UnixFact]
    public async Task Line_printed_before_anyone_waits_for_it_is_found()
    {
        await using var child = await ChildProcess.StartAsync(Shell("echo ready; exec sleep 600"));
        await child.WaitForLineAsync(line => line == "ready", SignalTasks.Deadline, CancellationToken.None);

        Assert.Equal("ready", await child.WaitForLineAsync(line => line == "ready", SignalTasks.Deadline, CancellationToken.None));
    }

    [UnixFact]
    public async Task Ending_before_it_is_ready_is_reported_with_its_last_lines()
    {
        await using var child = await ChildProcess.StartAsync(Shell("echo no such disk; exit 1"));

        var failure = await Assert.ThrowsAsync<LocalServiceException>(() =>
            child.WaitForLineAsync(line => line == "ready", SignalTasks.Deadline, CancellationToken.None)
        );

        Assert.Contains("exit code 1", failure.Message, StringComparison.Ordinal);
        Assert.Contains("no such disk", failure.Message, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Child_inherits_the_search_path_and_no_settings()
    {
        const string Setting = "Providers__ChildProcessTests__ApiKey";
        Environment.SetEnvironmentVariable(Setting, "not-for-children");
        try
        {
            var alone = await ChildProcess.RunToEndAsync(Shell("env"), CancellationToken.None);
            var trusted = await ChildProcess.RunToEndAsync(Shell("env") with { InheritsEnvironment = true }, CancellationToken.None);

            Assert.Contains($"PATH={Environment.GetEnvironmentVariable("PATH")}", alone);
            Assert.DoesNotContain(alone, line => line.Contains("not-for-children", StringComparison.Ordinal));
            Assert.Contains($"{Setting}=not-for-children", trusted);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Setting, null);
        }
    }

    [UnixFact]
    public async Task Missing_program_is_reported_by_name()
    {
        var command = new ChildCommand { Name = "The oracle", Program = "no-such-program" };

        var failure = await Assert.ThrowsAsync<LocalServiceException>(() => ChildProcess.RunToEndAsync(command, CancellationToken.None));

        Assert.Contains("The oracle", failure.Message, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task One_that_ignores_the_request_to_end_is_killed()
    {
        await using var child = await ChildProcess.StartAsync(Shell("trap '' TERM; echo ready; while :; do sleep 1; done"));
        await child.WaitForLineAsync(line => line == "ready", SignalTasks.Deadline, CancellationToken.None);

        await child.StopAsync(StopSignal.Terminate, TimeSpan.FromMilliseconds(1));

        Assert.Equal(128 + (int)StopSignal.Kill, await child.Exited.WithinAsync());
    }

    [UnixFact]
    public async Task Terminals_interrupt_does_not_reach_it()
    {
        await using var child = await ChildProcess.StartAsync(Shell("echo group $(ps -o pgid= -p $$); exec sleep 600"));
        var line = await child.WaitForLineAsync(
            line => line.StartsWith("group", StringComparison.Ordinal),
            SignalTasks.Deadline,
            CancellationToken.None
        );

        Assert.Equal(child.Id, int.Parse(line["group".Length..]));
    }

    [UnixFact]
    public async Task One_that_shares_the_session_stays_in_it()
    {
        await using var apart = await ChildProcess.StartAsync(Shell("echo session $(ps -o sid= -p $$); exec sleep 600"));
        await using var beside = await ChildProcess.StartAsync(
            Shell("echo session $(ps -o sid= -p $$) of $(ps -o sid= -p $PPID); exec sleep 600") with
            {
                SharesSession = true,
            }
        );

        Assert.Equal(apart.Id, int.Parse((await SessionLineAsync(apart))["session".Length..]));
        var sessions = (await SessionLineAsync(beside))["session".Length..].Split("of");
        Assert.Equal(sessions[1].Trim(), sessions[0].Trim());

        static Task<string> SessionLineAsync(ChildProcess child) =>
            child.WaitForLineAsync(
                line => line.StartsWith("session", StringComparison.Ordinal),
                SignalTasks.Deadline,
                CancellationToken.None
            );
    }

    [UnixFact]
    public async Task Folder_to_remove_is_gone_when_it_has_ended()
    {
        using var folder = new TemporaryFolder();
        await using var child = await ChildProcess.StartAsync(
            Shell("trap 'exit 0' TERM; echo ready; while :; do sleep 0.01; done") with
            {
                RemoveAfterwards = folder.Path,
            }
        );
        await child.WaitForLineAsync(line => line == "ready", SignalTasks.Deadline, CancellationToken.None);

        await child.StopAsync(StopSignal.Terminate, SignalTasks.Deadline);

        Assert.False(Directory.Exists(folder.Path));
    }

    [UnixFact]
    public async Task Without_the_kernels_help_a_shell_ends_it_with_its_parent()
    {
        var command = Shell("trap 'echo asked; exit 5' TERM; echo ready; while :; do sleep 0.01; done") with
        {
            WhenParentDies = StopSignal.Terminate,
        };
        var line = UnixGuard.Wrap(command, kernelWatches: false, Environment.ProcessId);
        using var guard = Start(line);
        Assert.Equal("ready", await guard.StandardOutput.ReadLineAsync().WithinAsync());

        guard.StandardInput.Close(); // as the kernel does when the parent dies

        Assert.Equal("asked", await guard.StandardOutput.ReadLineAsync().WithinAsync());
        await guard.WaitForExitAsync().WithinAsync();
        Assert.Equal(5, guard.ExitCode);
    }

    [LinuxFact]
    public async Task Killed_parent_in_the_background_takes_it_along_by_a_signal_that_backgrounds_ignore()
    {
        using var folder = new TemporaryFolder();
        var command = Node("process.on('SIGQUIT', () => process.exit()); console.log('ready'); setInterval(() => {}, 1000)") with
        {
            WhenParentDies = StopSignal.Quit,
            RemoveAfterwards = folder["data"],
        };
        Directory.CreateDirectory(folder["data"]);
        using var parent = Background(command);
        Assert.Equal("ready", await parent.StandardOutput.ReadLineAsync().WithinAsync());

        parent.Kill();

        Assert.Equal("", await parent.StandardOutput.ReadToEndAsync().WithinAsync()); // it is not open any more
        Assert.False(Directory.Exists(folder["data"]));
    }

    [LinuxFact]
    public async Task Signal_that_came_before_it_listened_is_sent_again_once_the_parent_is_dead()
    {
        using var folder = new TemporaryFolder();
        var command = Node(
            $$"""
            console.log('deaf');
            const early = setInterval(() => {
              if (!require('fs').existsSync('{{folder["listen"]}}')) return;
              clearInterval(early);
              process.on('SIGQUIT', () => process.exit());
              setInterval(() => {}, 1000);
            }, 10);
            """
        ) with
        {
            WhenParentDies = StopSignal.Quit,
            RemoveAfterwards = folder["data"],
        };
        using var parent = Background(command);
        Assert.Equal("deaf", await parent.StandardOutput.ReadLineAsync().WithinAsync());

        parent.Kill();
        await parent.WaitForExitAsync().WithinAsync();
        await File.WriteAllTextAsync(folder["listen"], "");

        Assert.Equal("", await parent.StandardOutput.ReadToEndAsync().WithinAsync());
    }

    [LinuxFact]
    public async Task Parent_that_died_before_the_kernel_watched_gets_no_child()
    {
        foreach (var folder in (string?[])[null, Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"))])
        {
            // Which is not this process.
            var line = UnixGuard.Wrap(Shell("echo alive") with { RemoveAfterwards = folder }, kernelWatches: true, parent: 1);
            using var guard = Start(line);

            Assert.Equal("", await guard.StandardOutput.ReadToEndAsync().WithinAsync());
        }
    }

    /// <summary>A shell that started the command in the background, as scripts and CI do: it ignores SIGINT and SIGQUIT, and so do its
    /// children.</summary>
    private static Process Background(ChildCommand command)
    {
        var shell = Start(["sh"]);
        var line = UnixGuard
            .Wrap(command, kernelWatches: true, shell.Id)
            .Select(argument => "'" + argument.Replace("'", "'\\''", StringComparison.Ordinal) + "'");
        // The input stays open, as it would for a child of this process.
        shell.StandardInput.Write($"trap '' INT QUIT\n{string.Join(' ', line)} &\nwait\n");
        shell.StandardInput.Flush();
        return shell;
    }

    private static Process Start(List<string> line) =>
        Process.Start(
            new ProcessStartInfo(line[0], line[1..])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        ) ?? throw new InvalidOperationException($"{line[0]} did not start.");

    private static ChildCommand Node(string script) =>
        new()
        {
            Name = "A script",
            Program = "node",
            Arguments = ["-e", script],
        };

    private static ChildCommand Shell(string script) =>
        new()
        {
            Name = "A shell",
            Program = "sh",
            Arguments = ["-c", script],
        };
}
