using Quorum.LocalServices.Folders;

namespace Quorum.LocalServices.Processes;

/// <summary>The command that starts a child process.</summary>
public sealed record ChildCommand
{
    /// <summary>The display name of the process in messages.</summary>
    public required string Name { get; init; }

    /// <summary>The program: a path, or a name to look for on the search path.</summary>
    public required string Program { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>
    /// Variables added to the inherited ones (<see cref="InheritsEnvironment"/>); a <see langword="null"/> value removes a variable.
    /// </summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>
    /// True to inherit the whole environment of this process, which may hold secrets. Default false: the child inherits only what a program
    /// needs to run, such as the search path and the home folder.
    /// </summary>
    public bool InheritsEnvironment { get; init; }

    /// <summary>The working directory; <see langword="null"/> for that of this process.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>
    /// The text on its standard input; <see langword="null"/> for none. On macOS a child with input is not ended when this process ends
    /// suddenly, so it should be short-lived.
    /// </summary>
    public string? Input { get; init; }

    /// <summary>The user to run as; needs root. <see langword="null"/> for the user of this process.</summary>
    public UnixUser? RunAs { get; init; }

    /// <summary>A file that the output is appended to; <see langword="null"/> keeps only the last lines, in memory.</summary>
    public string? LogFile { get; init; }

    /// <summary>The signal that the child gets when this process ends without having stopped it, for instance when it is killed.</summary>
    public StopSignal WhenParentDies { get; init; } = StopSignal.Terminate;

    /// <summary>
    /// True to keep the child in this process's session, on Linux. The kernel divides the cores among sessions first (autogroups,
    /// sched(7)): a busy child in a session of its own takes processor time from the processes it works with, which cost the app a tenth of
    /// its throughput. The child must then end in order on Ctrl+C. Default false.
    /// </summary>
    public bool SharesSession { get; init; }

    /// <summary>
    /// A folder to delete once the child has ended, even if this process has ended before; <see langword="null"/> for none. Not on Windows,
    /// and not together with <see cref="StopSignal.Kill"/> as <see cref="WhenParentDies"/>.
    /// </summary>
    public string? RemoveAfterwards { get; init; }
}
