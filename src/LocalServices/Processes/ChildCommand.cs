using Quorum.LocalServices.Folders;

namespace Quorum.LocalServices.Processes;

/// <summary>What to start as a child process.</summary>
public sealed record ChildCommand
{
    /// <summary>What people call it: it names the process in messages.</summary>
    public required string Name { get; init; }

    /// <summary>The program: a path, or a name to look for on the search path.</summary>
    public required string Program { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Added to this process's own environment; a <see langword="null"/> value removes a variable.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary><see langword="null"/>: that of this process.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>What it reads from standard input; <see langword="null"/>: nothing. On macOS a child with input is not
    /// guarded against this process's sudden end, so it should be a short one.</summary>
    public string? Input { get; init; }

    /// <summary>Whom to run as; needs root. <see langword="null"/>: as this process.</summary>
    public UnixUser? RunAs { get; init; }

    /// <summary>A file that its output is appended to; <see langword="null"/>: only the last lines are kept, in memory.</summary>
    public string? LogFile { get; init; }

    /// <summary>What it gets when this process ends without having stopped it, killed for instance.</summary>
    public StopSignal WhenParentDies { get; init; } = StopSignal.Terminate;

    /// <summary>Whether it stays in this process's session, on Linux. The kernel shares the cores out among sessions first (autogroups,
    /// sched(7)): a busy child in a session of its own takes them from those it works with in another order, which cost the app a tenth of
    /// its requests. It must then end in order on Ctrl+C. Default no.</summary>
    public bool SharesSession { get; init; }

    /// <summary>A folder to delete once the child has ended, even when this process is no more; <see langword="null"/>: none.
    /// Not on Windows, and not together with <see cref="StopSignal.Kill"/> as <see cref="WhenParentDies"/>.</summary>
    public string? RemoveAfterwards { get; init; }
}
