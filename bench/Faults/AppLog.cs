using Quorum.LocalServices.Folders;

namespace Quorum.Faults;

/// <summary>What the app said while it was broken: <c>.quorum/faults/app.log</c>, of the last run.</summary>
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
