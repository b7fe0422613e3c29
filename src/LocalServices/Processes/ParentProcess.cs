using System.Runtime.InteropServices;

namespace Quorum.LocalServices.Processes;

/// <summary>The process that started this one.</summary>
internal static partial class ParentProcess
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Runs an action once when <c>dotnet run</c> is killed: it forwards signals, but cannot report its own sudden end.</summary>
    /// <returns>
    /// <see langword="null"/> when the parent is not dotnet but, for instance, a shell, whose end must not stop this process.
    /// </returns>
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
            return false; // the process or /proc is gone
        }
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int GetParentId();
}
