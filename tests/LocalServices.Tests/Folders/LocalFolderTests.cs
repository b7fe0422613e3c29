using System.Runtime.Versioning;
using Quorum.LocalServices.Folders;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Folders;

public sealed class LocalFolderTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Open =
        OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly TemporaryFolder _repository = new();

    [Fact]
    public void It_lies_beside_the_solution() => Assert.Equal(_repository[".quorum"], LocalFolder.LocateFor(_repository.Path));

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public void Closed_folder_on_the_way_is_found()
    {
        Directory.CreateDirectory(_repository["closed/open"]);
        File.SetUnixFileMode(_repository["closed"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.Equal(_repository["closed"], UnixUser.FindClosedAncestor(_repository["closed/open/not-yet-there"]));
        Assert.Null(UnixUser.FindClosedAncestor(_repository["open"]));
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public void Open_folder_can_be_entered_by_others_with_all_folders_above_it()
    {
        LocalFolder.CreateOpen(_repository["packages/set"]);

        Assert.All((string[])["packages", "packages/set"], name => Assert.Equal(Open, ModeOf(name)));
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public void Folder_that_its_owner_has_closed_is_not_opened_again()
    {
        Directory.CreateDirectory(_repository["mine"], OwnerOnly);

        LocalFolder.CreateOpen(_repository["mine/packages"]);

        Assert.Equal((OwnerOnly, Open), (ModeOf("mine"), ModeOf("mine/packages")));
    }

    [UnixFact]
    [UnsupportedOSPlatform("windows")]
    public void Closed_folder_is_closed_although_it_was_open_and_may_let_others_pass_through()
    {
        LocalFolder.CreateOpen(_repository["logs"]);

        LocalFolder.CreateClosed(_repository["logs"]);
        LocalFolder.CreateClosed(_repository["data"], passable: true);

        Assert.Equal(OwnerOnly, ModeOf("logs"));
        Assert.Equal(OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute, ModeOf("data"));
    }

    [Fact]
    public void Lock_has_one_holder_at_a_time()
    {
        var path = _repository["data/in-use"];
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

    public void Dispose() => _repository.Dispose();

    [UnsupportedOSPlatform("windows")]
    private UnixFileMode ModeOf(string name) => File.GetUnixFileMode(_repository[name]);
}
