namespace Quorum.LocalServices.Folders;

/// <summary>An unprivileged user of this machine. Root starts PostgreSQL as this user, because PostgreSQL refuses to run as root.</summary>
public sealed record UnixUser(string Name, int Id, int GroupId)
{
    private static readonly string[] Preferred = ["postgres", "nobody"];

    /// <summary>True if this process runs as root on a Unix system.</summary>
    public static bool IsRoot => !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess;

    /// <summary>Returns the first of <c>postgres</c> and <c>nobody</c> that exists.</summary>
    /// <exception cref="LocalServiceException">The machine has neither.</exception>
    public static UnixUser FindUnprivileged() => Find(File.ReadLines("/etc/passwd"));

    internal static UnixUser Find(IEnumerable<string> passwd)
    {
        UnixUser? found = null;
        var rank = Preferred.Length;
        foreach (var line in passwd)
        {
            var fields = line.Split(':');
            if (fields.Length < 4 || !int.TryParse(fields[2], out var id) || !int.TryParse(fields[3], out var group))
            {
                continue;
            }

            var at = Array.IndexOf(Preferred, fields[0]);
            if (at < 0 || at >= rank)
            {
                continue;
            }

            (rank, found) = (at, new UnixUser(fields[0], id, group));
        }
        return found
            ?? throw new LocalServiceException(
                "PostgreSQL does not run as root, and this machine has no user postgres or nobody to run it as. Run as an ordinary user."
            );
    }

    /// <summary>
    /// Returns the nearest existing folder at or above <paramref name="path"/> that other users may not enter; <see langword="null"/> for
    /// none.
    /// </summary>
    public static string? FindClosedAncestor(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        for (var folder = new DirectoryInfo(Path.GetFullPath(path)); folder is not null; folder = folder.Parent)
        {
            if (folder.Exists && !folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
            {
                return folder.FullName;
            }
        }
        return null;
    }
}
