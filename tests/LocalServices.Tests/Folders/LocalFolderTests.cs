using System.Runtime.Versioning;
using Quorum.LocalServices.Folders;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Folders;

public sealed class LocalFolderTests : IDisposable
{
    private readonly TemporaryFolder repository = new();

    [Fact]
    public void It_lies_beside_the_solution() => Assert.Equal(repository[".quorum"], LocalFolder.LocateFor(repository.Path));

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public void Closed_folder_on_the_way_is_found()
    {
        Directory.CreateDirectory(repository["closed/open"]);
        File.SetUnixFileMode(repository["closed"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.Equal(repository["closed"], UnixUser.FindClosedAncestor(repository["closed/open/not-yet-there"]));
        Assert.Null(UnixUser.FindClosedAncestor(repository["open"]));
    }

    [Fact]
    public void Lock_has_one_holder_at_a_time()
    {
        var path = repository["data/in-use"];
        using (var first = FolderLock.TryTake(path))
        {
            Assert.NotNull(first);
            Assert.Null(FolderLock.TryTake(path));
        }
        using var next = FolderLock.TryTake(path);
        Assert.NotNull(next);
    }

    [Fact]
    public void Postgres_is_preferred_to_nobody()
    {
        string[] both = ["root:x:0:0::/root:/bin/sh", "nobody:x:65534:65533::/:/bin/false", "postgres:x:101:104::/:/bin/sh"];

        Assert.Equal(new UnixUser("postgres", 101, 104), UnixUser.Find(both));
        Assert.Equal(new UnixUser("nobody", 65534, 65533), UnixUser.Find(both[..2]));
        Assert.Throws<LocalServiceException>(() => UnixUser.Find(both[..1]));
    }

    public void Dispose() => repository.Dispose();
}
