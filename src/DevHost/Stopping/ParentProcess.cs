using System.Runtime.InteropServices;

namespace Quorum.DevHost.Stopping;

/// <summary>The process that started this one.</summary>
internal static partial class ParentProcess
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Calls once when <c>dotnet run</c> is killed: it passes signals on, but cannot pass on its own sudden end.</summary>
    /// <returns><see langword="null"/> when the parent is none of dotnet's, a shell for instance, which may go without stopping
    /// this.</returns>
    public static Timer? Watch(Action gone)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var parent = GetParentId();
        if (!IsDotNet(parent))
        {
            return null;
        }

        return new Timer(
            _ =>
            {
                if (GetParentId() != parent)
                {
                    gone();
                }
            },
            state: null,
            Interval,
            Interval
        );
    }

    private static bool IsDotNet(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/comm").TrimEnd() == "dotnet";
        }
        catch (IOException)
        {
            return false; // it is gone, or /proc is
        }
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParentId();
}
