namespace Quorum.LocalServices.Folders;

/// <summary>A lock held by one process at a time through an open file; it ends with the process in every case.</summary>
public sealed class FolderLock : IDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes the lock without waiting; returns <see langword="null"/> when another process holds it.</summary>
    /// <exception cref="IOException">The file cannot be opened for another reason.</exception>
    /// <exception cref="UnauthorizedAccessException">The file, or its folder, may not be written.</exception>
    public static FolderLock? TryTake(string path)
    {
        LocalFolder.CreateOpen(Path.GetDirectoryName(Path.GetFullPath(path))!); // a full path of a file has a folder
        try
        {
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            return null;
        }
    }

    /// <summary>True if another process holds the file, by the code of the operating system: any other fault would last as long as someone
    /// waits.</summary>
    private static bool IsHeld(IOException exception)
    {
        const int linux = 11, // EWOULDBLOCK
            mac = 35,
            windows = unchecked((int)0x80070020); // ERROR_SHARING_VIOLATION
        return exception.HResult
            == (
                OperatingSystem.IsWindows() ? windows
                : OperatingSystem.IsMacOS() ? mac
                : linux
            );
    }

    /// <summary>Takes the lock, waiting for other holders without a limit.</summary>
    /// <exception cref="IOException">The file cannot be opened for another reason.</exception>
    /// <exception cref="UnauthorizedAccessException">The file, or its folder, may not be written.</exception>
    public static async Task<FolderLock> TakeAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake(path) is { } taken)
            {
                return taken;
            }

            await Task.Delay(RetryInterval, cancellationToken);
        }
    }

    public void Dispose() => _file.Dispose();
}
