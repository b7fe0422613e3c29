namespace Quorum.LocalServices.Processes;

/// <summary>
/// Makes a child process end with its parent, and keeps the terminal's Ctrl+C from it, so that its parent stops it in order.
/// </summary>
/// <remarks>
/// Linux does it by <c>setpriv --pdeathsig</c> and <c>setsid</c>, which replace themselves by the child. Elsewhere, and where a folder must
/// be removed after the child, a shell stays beside it and watches its standard input, which ends with the parent. A child that shares the
/// session (<see cref="ChildCommand.SharesSession"/>) receives Ctrl+C itself. A child of that shell ignores SIGINT and SIGQUIT unless it
/// sets handlers of its own, as PostgreSQL does. The shell itself ignores them permanently where this process was started in the background
/// of another shell, so it receives SIGUSR1 and SIGUSR2 instead (<see cref="SignalTo"/>).
/// </remarks>
internal static class UnixGuard
{
    // $1: signal on the parent's death, or "" when the kernel sends it; $2: folder to remove at the end, or ""; $3: the parent, or "". A
    // signal that arrives before the child has set its handlers is lost; a living parent asks again or kills.
    private const string Script = """
        death=$1 folder=$2 parent=$3; shift 3
        orphaned() { [ "$parent" ] && read -r _ _ _ above _ </proc/$$/stat && [ "$above" != "$parent" ]; }
        child= asked=
        ask() { asked=$1; [ "$child" ] && kill -"$asked" $child 2>/dev/null; }
        trap 'ask INT' INT USR1
        trap 'ask QUIT' QUIT USR2
        trap 'ask TERM' TERM
        orphaned && exit 1
        [ "$death" ] && set -m
        exec 3<&0
        "$@" </dev/null 3<&- &
        child=$!
        [ "$asked" ] && kill -"$asked" $child
        watcher=
        if [ "$death" ]; then
          (cat <&3; while kill -"$death" $child; do sleep 0.5; done) >/dev/null 2>&1 &
          watcher=$!
        fi
        exec 3<&-
        while :; do
          wait $child; code=$?
          kill -0 $child 2>/dev/null || break
          while orphaned && kill -"${asked:-TERM}" $child 2>/dev/null; do sleep 0.5; done
        done
        [ "$watcher" ] && kill $watcher 2>/dev/null
        [ "$folder" ] && rm -rf "$folder" 2>/dev/null
        exit $code
        """;

    // The kernel watches from setpriv on; this check covers a parent that died before it.
    private const string StartUnlessOrphaned = """[ "$PPID" = "$1" ] || exit 1; shift; exec "$@" """;

    private static readonly string? SetPriv = SearchPath.Find("setpriv");
    private static readonly string? SetSid = SearchPath.Find("setsid");

    private static readonly bool KernelWatches = OperatingSystem.IsLinux() && SetPriv is not null && SetSid is not null;

    /// <summary>Returns true if the guard reads the child's standard input, which then must stay open.</summary>
    public static bool WatchesInputOf(ChildCommand command) => WatchesInputOf(command, KernelWatches);

    /// <summary>
    /// Returns the number of the signal that delivers <paramref name="signal"/> to the child when it is sent to what
    /// <see cref="Wrap(ChildCommand)"/> started.
    /// </summary>
    public static int SignalTo(ChildCommand command, StopSignal signal) =>
        signal switch
        {
            StopSignal.Interrupt when HasShell(command, KernelWatches) => OperatingSystem.IsMacOS() ? 30 : 10, // SIGUSR1
            StopSignal.Quit when HasShell(command, KernelWatches) => OperatingSystem.IsMacOS() ? 31 : 12, // SIGUSR2
            _ => (int)signal,
        };

    /// <summary>Returns the command line that runs <paramref name="command"/> under the guard.</summary>
    /// <exception cref="LocalServiceException">The command names another user, and this machine has no <c>setpriv</c>.</exception>
    public static List<string> Wrap(ChildCommand command) => Wrap(command, KernelWatches, Environment.ProcessId);

    internal static List<string> Wrap(ChildCommand command, bool kernelWatches, int parent)
    {
        var hasShell = HasShell(command, kernelWatches);
        var line = new List<string>();
        var watchesInput = WatchesInputOf(command, kernelWatches);
        if (kernelWatches)
        {
            line.AddRange([SetPriv!, "--pdeathsig", SignalName(command.WhenParentDies, hasShell)]); // both exist where the kernel watches
            AddUser(line, command);
            line.Add("--");
            if (!hasShell)
            {
                line.AddRange(["sh", "-c", StartUnlessOrphaned, "sh", $"{parent}"]);
            }

            if (!command.SharesSession)
            {
                line.Add(SetSid!);
            }
        }
        else if (command.RunAs is not null)
        {
            line.Add(
                SetPriv
                    ?? throw new LocalServiceException(
                        $"{command.Name} does not run as root, and this machine lacks setpriv (package util-linux) to run it as "
                            + $"{command.RunAs.Name}. Run as an ordinary user."
                    )
            );
            AddUser(line, command);
            line.Add("--");
        }

        if (hasShell)
        {
            line.AddRange(["sh", "-c", Script, "sh"]);
            line.Add(watchesInput ? SignalName(command.WhenParentDies, toShell: false) : "");
            line.Add(command.RemoveAfterwards ?? "");
            line.Add(kernelWatches ? $"{parent}" : "");
        }

        line.Add(command.Program);
        line.AddRange(command.Arguments);
        return line;
    }

    private static bool WatchesInputOf(ChildCommand command, bool kernelWatches) => !kernelWatches && command.Input is null;

    private static bool HasShell(ChildCommand command, bool kernelWatches) =>
        WatchesInputOf(command, kernelWatches) || command.RemoveAfterwards is not null;

    private static void AddUser(List<string> line, ChildCommand command)
    {
        if (command.RunAs is { } user)
        {
            line.AddRange(["--reuid", $"{user.Id}", "--regid", $"{user.GroupId}", "--clear-groups"]);
        }
    }

    private static string SignalName(StopSignal signal, bool toShell) =>
        signal switch
        {
            StopSignal.Interrupt => toShell ? "USR1" : "INT",
            StopSignal.Quit => toShell ? "USR2" : "QUIT",
            StopSignal.Kill => "KILL",
            _ => "TERM",
        };
}
