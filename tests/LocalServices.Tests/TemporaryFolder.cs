using Quorum.LocalServices.Folders;

namespace Quorum.LocalServices.Tests;

/// <summary>A folder that is deleted in the end.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder()
    {
        var parent = UnixUser.IsRoot && UnixUser.FindClosedAncestor(System.IO.Path.GetTempPath()) is not null
            ? System.IO.Path.Combine(LocalFolder.Locate(), "tests")
            : System.IO.Path.GetTempPath();
        Path = System.IO.Path.Combine(parent, $"quorum-{Guid.NewGuid():N}");
        LocalFolder.CreateOpen(Path);
    }

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
