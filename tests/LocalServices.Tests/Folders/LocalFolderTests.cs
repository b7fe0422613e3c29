using System.Runtime.Versioning;
using Quorum.LocalServices.Folders;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Folders;

public sealed class LocalFolderTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Open =
        OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

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

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public void Open_folder_can_be_entered_by_others_with_all_folders_above_it()
    {
        LocalFolder.CreateOpen(repository["packages/set"]);

        Assert.All((string[])["packages", "packages/set"], name => Assert.Equal(Open, ModeOf(name)));
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public void Folder_that_its_owner_has_closed_is_not_opened_again()
    {
        Directory.CreateDirectory(repository["mine"], OwnerOnly);

        LocalFolder.CreateOpen(repository["mine/packages"]);

        Assert.Equal((OwnerOnly, Open), (ModeOf("mine"), ModeOf("mine/packages")));
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public void Closed_folder_is_closed_although_it_was_open_and_may_let_others_pass_through()
    {
        LocalFolder.CreateOpen(repository["logs"]);

        LocalFolder.CreateClosed(repository["logs"]);
        LocalFolder.CreateClosed(repository["data"], passable: true);

        Assert.Equal(OwnerOnly, ModeOf("logs"));
        Assert.Equal(OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute, ModeOf("data"));
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

    [UnsupportedOSPlatform("windows")]
    private UnixFileMode ModeOf(string name) => File.GetUnixFileMode(repository[name]);
}
