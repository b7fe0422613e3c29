using Quorum.LocalServices.Folders;

namespace Quorum.Testing;

/// <summary>A folder that is deleted at the end, and that users other than root can enter.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => LocalFolder.CreateOpen(Path);

    public string Path { get; } = NewPath();

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Returns a path for a new folder that PostgreSQL, which does not run as root, can reach.</summary>
    public static string NewPath()
    {
        var temporary = System.IO.Path.GetTempPath();
        if (UnixUser.IsRoot && UnixUser.FindClosedAncestor(temporary) is not null)
        {
            temporary = System.IO.Path.Combine(LocalFolder.Locate(), "tests");
        }

        return System.IO.Path.Combine(temporary, $"quorum-{Guid.NewGuid():N}");
    }

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
