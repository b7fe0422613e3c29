using Quorum.LocalServices;
using Quorum.LocalServices.Folders;

namespace Quorum.DevHost.App;

/// <summary>The data folder of this checkout, used by one DevHost at a time.</summary>
internal sealed class DataFolder : IAsyncDisposable
{
    private readonly FolderLock? _held;

    private DataFolder(string path, FolderLock? held)
    {
        Path = path;
        _held = held;
    }

    public string Path { get; }

    /// <summary>True if the folder is temporary and deleted afterwards, because another DevHost uses the permanent one.</summary>
    public bool Throwaway => _held is null;

    /// <exception cref="LocalServiceException">The folder cannot be used, or another DevHost uses it and <paramref name="orThrowaway"/> is
    /// not set.</exception>
    public static DataFolder Take(string localFolder, bool orThrowaway)
    {
        try
        {
            return TakeFolder(localFolder, orThrowaway);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LocalServiceException(
                $"The data folder {localFolder} cannot be used: {exception.Message} Name another one with --data.",
                exception
            );
        }
    }

    private static DataFolder TakeFolder(string localFolder, bool orThrowaway)
    {
        var path = System.IO.Path.Combine(localFolder, "data");
        if (FolderLock.TryTake(System.IO.Path.Combine(path, "in-use")) is { } taken)
        {
            Close(path);
            return new DataFolder(path, taken);
        }

        if (orThrowaway)
        {
            var throwaway = System.IO.Path.Combine(localFolder, "throwaway", $"{Environment.ProcessId}");
            Close(throwaway);
            return new DataFolder(throwaway, held: null);
        }

        throw new LocalServiceException(
            $"Another DevHost of this checkout runs and uses {path}. Stop it, ask it (--server URL), or give this one a PostgreSQL: ConnectionStrings__Quorum."
        );
    }

    // Started by root, PostgreSQL runs as another user, who passes through to its own folder.
    private static void Close(string folder) => LocalFolder.CreateClosed(folder, passable: UnixUser.IsRoot);

    public ValueTask DisposeAsync()
    {
        _held?.Dispose();
        if (Throwaway && Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }

        return ValueTask.CompletedTask;
    }
}
