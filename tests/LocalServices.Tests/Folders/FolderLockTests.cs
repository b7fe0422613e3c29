using Quorum.LocalServices.Folders;
using Quorum.Testing;

namespace Quorum.LocalServices.Tests.Folders;

public sealed class FolderLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LockFile => _folder["packages/set.lock"];

    [Fact]
    public async Task Waiting_caller_gets_the_lock_when_its_holder_ends()
    {
        var first = FolderLock.TryTake(LockFile);
        var waiting = FolderLock.TakeAsync(LockFile, CancellationToken.None);
        Assert.False(waiting.IsCompleted);

        first?.Dispose();

        using var second = await waiting.WithinAsync();
        Assert.Null(FolderLock.TryTake(LockFile));
    }

    [Fact]
    public async Task Stop_request_ends_the_wait_and_leaves_the_lock_to_others()
    {
        using var stop = new CancellationTokenSource();
        using (FolderLock.TryTake(LockFile))
        {
            var waiting = FolderLock.TakeAsync(LockFile, stop.Token);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WithinAsync());
        }

        using var next = FolderLock.TryTake(LockFile);
        Assert.NotNull(next);
    }

    [Fact]
    public void Locks_of_two_files_are_independent()
    {
        using var one = FolderLock.TryTake(LockFile);
        using var other = FolderLock.TryTake(_folder["packages/other.lock"]);

        Assert.NotNull(one);
        Assert.NotNull(other);
    }

    [UnixFact]
    public async Task A_file_that_cannot_be_opened_is_a_fault_and_is_not_waited_for()
    {
        Directory.CreateDirectory(_folder["packages"]);
        File.CreateSymbolicLink(LockFile, LockFile); // a link to itself

        Assert.Throws<IOException>(() => FolderLock.TryTake(LockFile));
        await Assert.ThrowsAsync<IOException>(() => FolderLock.TakeAsync(LockFile, CancellationToken.None).WithinAsync());
    }

    public void Dispose() => _folder.Dispose();
}
