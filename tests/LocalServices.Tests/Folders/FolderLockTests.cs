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

    public void Dispose() => _folder.Dispose();
}
