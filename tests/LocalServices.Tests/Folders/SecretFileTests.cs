using System.Runtime.Versioning;
using Quorum.LocalServices.Folders;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Folders;

[UnsupportedOSPlatform("windows")]
public sealed class SecretFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everyone = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly TemporaryFolder _folder = new();

    [UnixFact]
    public async Task File_and_remains_that_others_could_read_are_replaced_by_one_that_only_its_owner_can()
    {
        foreach (var name in (string[])["password", "password.partial"]) // of an older version, and of an interrupted run
        {
            await File.WriteAllTextAsync(_folder[name], "a longer text from before");
            File.SetUnixFileMode(_folder[name], Everyone);
        }

        await SecretFile.WriteAsync(_folder["password"], "secret", CancellationToken.None);

        Assert.Equal("secret", await File.ReadAllTextAsync(_folder["password"]));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_folder["password"]));
        Assert.Equal([_folder["password"]], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Interrupted_write_leaves_the_former_secret()
    {
        await SecretFile.WriteAsync(_folder["password"], "former", CancellationToken.None);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            SecretFile.WriteAsync(_folder["password"], "new", new CancellationToken(canceled: true))
        );

        Assert.Equal("former", await File.ReadAllTextAsync(_folder["password"]));
    }

    public void Dispose() => _folder.Dispose();
}
