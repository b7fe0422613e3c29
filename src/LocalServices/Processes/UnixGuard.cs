namespace Quorum.LocalServices.Processes;

/// <summary>Makes a child process end with its parent, and keeps the terminal's Ctrl+C from it, so that its parent stops it in order.</summary>
/// <remarks>
/// Linux does it by <c>setpriv --pdeathsig</c> and <c>setsid</c>, which replace themselves by the child. Elsewhere, and where something
/// remains to be done after the child, a shell stays beside it and watches its standard input, which ends with the parent.
/// A child that shares the session (<see cref="ChildCommand.SharesSession"/>) hears Ctrl+C itself.
/// A child of that shell ignores SIGINT and SIGQUIT unless it sets handlers of its own, as PostgreSQL does.
/// </remarks>
internal static class UnixGuard
{
    // $1: signal on the parent's death, or "" when the kernel sees to that; $2: folder to remove in the end, or "".
    private const string Script = """
        death=$1 folder=$2; shift 2
        [ "$death" ] && set -m
        exec 3<&0
        "$@" </dev/null 3<&- &
        child=$!
        trap 'kill -INT $child' INT
        trap 'kill -QUIT $child' QUIT
        trap 'kill -TERM $child' TERM
        watcher=
        if [ "$death" ]; then
          (cat <&3 >/dev/null; kill -"$death" $child) >/dev/null 2>&1 &
          watcher=$!
        fi
        exec 3<&-
        while :; do
          wait $child; code=$?
          kill -0 $child 2>/dev/null || break
        done
        [ "$watcher" ] && kill $watcher 2>/dev/null
        [ "$folder" ] && rm -rf "$folder" 2>/dev/null
        exit $code
        """;

    private static readonly string? SetPriv = SearchPath.Find("setpriv");
    private static readonly string? SetSid = SearchPath.Find("setsid");

    private static readonly bool KernelWatches = OperatingSystem.IsLinux() && SetPriv is not null && SetSid is not null;

    /// <summary>Whether the guard reads the child's standard input, which then must stay open.</summary>
    public static bool WatchesInputOf(ChildCommand command) => WatchesInputOf(command, KernelWatches);

    /// <summary>The command line that runs <paramref name="command"/> guarded.</summary>
    /// <exception cref="LocalServiceException">It asks for another user, and this machine has no <c>setpriv</c>.</exception>
    public static List<string> Wrap(ChildCommand command) => Wrap(command, KernelWatches);

    internal static List<string> Wrap(ChildCommand command, bool kernelWatches)
    {
        var line = new List<string>();
        var watchesInput = WatchesInputOf(command, kernelWatches);
        if (kernelWatches)
        {
            line.AddRange([SetPriv!, "--pdeathsig", SignalName(command.WhenParentDies)]); // both found, or the kernel would not watch
            AddUser(line, command);
            line.Add("--");
            if (!command.SharesSession)
                line.Add(SetSid!);
        }
        else if (command.RunAs is not null)
        {
            line.Add(SetPriv ?? throw new LocalServiceException(
                $"{command.Name} does not run as root, and this machine lacks setpriv (package util-linux) to run it as "
                + $"{command.RunAs.Name}. Run as an ordinary user."));
            AddUser(line, command);
            line.Add("--");
        }

        if (watchesInput || command.RemoveAfterwards is not null)
        {
            line.AddRange(["sh", "-c", Script, "sh"]);
            line.Add(watchesInput ? SignalName(command.WhenParentDies) : "");
            line.Add(command.RemoveAfterwards ?? "");
        }

        line.Add(command.Program);
        line.AddRange(command.Arguments);
        return line;
    }

    private static bool WatchesInputOf(ChildCommand command, bool kernelWatches) => !kernelWatches && command.Input is null;

    private static void AddUser(List<string> line, ChildCommand command)
    {
        if (command.RunAs is { } user)
            line.AddRange(["--reuid", $"{user.Id}", "--regid", $"{user.GroupId}", "--clear-groups"]);
    }

    private static string SignalName(StopSignal signal) => signal switch
    {
        StopSignal.Interrupt => "INT",
        StopSignal.Quit => "QUIT",
        StopSignal.Kill => "KILL",
        _ => "TERM",
    };
}
