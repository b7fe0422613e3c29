using Quorum.LocalServices.Folders;

namespace Quorum.Faults;

/// <summary>The app's log of the last run: <c>.quorum/faults/app.log</c>.</summary>
internal static class AppLog
{
    public static string Path => System.IO.Path.Combine(LocalFolder.Locate(), "faults", "app.log");

    /// <returns>The path.</returns>
    public static string StartAnew()
    {
        File.Delete(Path);
        return Path;
    }
}
