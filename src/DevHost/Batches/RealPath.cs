namespace Quorum.DevHost.Batches;

/// <summary>Compares files by their real paths.</summary>
internal static class RealPath
{
    private const int MaxLinks = 40; // Linux follows no more

    /// <summary>True if two paths lead to one file, also through links and in another spelling.</summary>
    public static bool AreSame(string one, string other) =>
        string.Equals(
            Of(one),
            Of(other),
            OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase // as their file systems compare
        );

    private static string Of(string path, int links = 0)
    {
        var full = Path.IsPathRooted(path) ? path : Path.Combine(Environment.CurrentDirectory, path);
        var real = Path.GetPathRoot(full) ?? "";
        foreach (var part in full[real.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar]))
        {
            if (part is "" or ".")
            {
                continue;
            }

            real = part == ".." ? Path.GetDirectoryName(real) ?? real : Path.Combine(real, part);
            if (links < MaxLinks && part != ".." && new FileInfo(real).LinkTarget is { } target)
            {
                real = Of(Path.Combine(Path.GetDirectoryName(real) ?? real, target), links + 1);
            }
        }

        return real;
    }
}
