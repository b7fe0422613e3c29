using Quorum.LocalServices.Folders;
using Quorum.LocalServices.Processes;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Processes;

public sealed class UnixGuardTests
{
    private const int Parent = 4711;

    private static readonly ChildCommand Command = new()
    {
        Name = "A tool",
        Program = "tool",
        Arguments = ["-c", "two words", "$HOME"],
    };

    [LinuxFact]
    public void Arguments_come_last_and_unchanged()
    {
        Assert.All(
            new[] { Command, Command with { RemoveAfterwards = "/data" }, Command with { Input = "select 1" } }.SelectMany(
                command => (bool[])[true, false],
                (command, kernelWatches) => UnixGuard.Wrap(command, kernelWatches, Parent)
            ),
            line => Assert.Equal(["tool", "-c", "two words", "$HOME"], line[^4..])
        );
    }

    [LinuxFact]
    public void Other_user_has_no_groups_of_this_one()
    {
        var command = Command with { RunAs = new UnixUser("postgres", 101, 104) };

        foreach (var kernelWatches in (bool[])[true, false])
        {
            var line = UnixGuard.Wrap(command, kernelWatches, Parent);

            Assert.Contains("--reuid 101 --regid 104 --clear-groups -- ", string.Join(' ', line), StringComparison.Ordinal);
        }
    }

    [LinuxFact]
    public void Signal_at_the_parents_death_reaches_the_child_in_each_way()
    {
        var command = Command with { WhenParentDies = StopSignal.Quit };

        Assert.Equal(["--pdeathsig", "QUIT"], UnixGuard.Wrap(command, kernelWatches: true, Parent)[1..3]);
        // The shell beside the child may ignore SIGQUIT, and takes SIGUSR2 in its place.
        Assert.Equal(
            ["--pdeathsig", "USR2"],
            UnixGuard.Wrap(command with { RemoveAfterwards = "/data" }, kernelWatches: true, Parent)[1..3]
        );
        Assert.Equal(["QUIT", "", "", "tool"], UnixGuard.Wrap(command, kernelWatches: false, Parent)[^7..^3]);
    }

    [LinuxFact]
    public void Child_with_input_of_its_own_gets_no_shell_that_would_read_it() =>
        Assert.Equal(
            ["tool", "-c", "two words", "$HOME"],
            UnixGuard.Wrap(Command with { Input = "select 1" }, kernelWatches: false, Parent)
        );

    [LinuxFact]
    public void Shell_beside_the_child_is_sent_signals_that_it_cannot_ignore()
    {
        var besideShell = Command with { RemoveAfterwards = "/data" };

        Assert.Equal(10, UnixGuard.SignalTo(besideShell, StopSignal.Interrupt)); // SIGUSR1
        Assert.Equal(12, UnixGuard.SignalTo(besideShell, StopSignal.Quit)); // SIGUSR2
        Assert.Equal(15, UnixGuard.SignalTo(besideShell, StopSignal.Terminate));
        Assert.Equal(9, UnixGuard.SignalTo(besideShell, StopSignal.Kill));
    }
}
