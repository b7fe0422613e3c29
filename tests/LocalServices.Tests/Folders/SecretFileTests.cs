using System.Runtime.Versioning;
using Quorum.LocalServices.Folders;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Folders;

[UnsupportedOSPlatform("windows")]
public sealed class SecretFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everyone = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly TemporaryFolder folder = new();

    [UnixFact]
    public async Task File_and_remains_that_others_could_read_are_replaced_by_one_that_only_its_owner_can()
    {
        foreach (var name in (string[])["password", "password.partial"]) // of an older version, and of an interrupted run
        {
            await File.WriteAllTextAsync(folder[name], "a longer text from before");
            File.SetUnixFileMode(folder[name], Everyone);
        }

        await SecretFile.WriteAsync(folder["password"], "secret", CancellationToken.None);

        Assert.Equal("secret", await File.ReadAllTextAsync(folder["password"]));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(folder["password"]));
        Assert.Equal([folder["password"]], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Interrupted_write_leaves_the_former_secret()
    {
        await SecretFile.WriteAsync(folder["password"], "former", CancellationToken.None);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            SecretFile.WriteAsync(folder["password"], "new", new CancellationToken(canceled: true))
        );

        Assert.Equal("former", await File.ReadAllTextAsync(folder["password"]));
    }

    public void Dispose() => folder.Dispose();
}
