using Quorum.LocalServices.Folders;

namespace Quorum.Testing;

/// <summary>A folder that is deleted in the end, and that users other than root can reach too.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => LocalFolder.CreateOpen(Path);

    public string Path { get; } = NewPath();

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Where a new one may be created; PostgreSQL, which is not root, must get there.</summary>
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
