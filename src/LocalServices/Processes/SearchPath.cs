namespace Quorum.LocalServices.Processes;

/// <summary>Finds programs as a shell does.</summary>
internal static class SearchPath
{
    private static readonly string[] Endings = OperatingSystem.IsWindows() ? [".exe", ".cmd", ".bat"] : [""];

    /// <summary>Returns the first program of that name on PATH; <see langword="null"/> for none.</summary>
    public static string? Find(string name)
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            foreach (var ending in Endings)
            {
                var path = Path.Combine(folder, name + ending);
                if (folder.Length > 0 && File.Exists(path))
                {
                    return path;
                }
            }
        }
        return null;
    }
}
