using Quorum.LocalServices;
using Quorum.LocalServices.Folders;

namespace Quorum.DevHost.App;

/// <summary>The data of this checkout, which one DevHost at a time may use.</summary>
internal sealed class DataFolder : IAsyncDisposable
{
    private readonly FolderLock? held;

    private DataFolder(string path, FolderLock? held)
    {
        Path = path;
        this.held = held;
    }

    public string Path { get; }

    /// <summary>Whether it is a folder of its own that is deleted afterwards, because another DevHost uses the lasting one.</summary>
    public bool Throwaway => held is null;

    /// <exception cref="LocalServiceException">Another DevHost has it, and <paramref name="orThrowaway"/> is not set.</exception>
    public static DataFolder Take(string localFolder, bool orThrowaway)
    {
        var path = System.IO.Path.Combine(localFolder, "data");
        if (FolderLock.TryTake(System.IO.Path.Combine(path, "in-use")) is { } taken)
        {
            return new DataFolder(path, taken);
        }

        return orThrowaway
            ? new DataFolder(System.IO.Path.Combine(localFolder, "throwaway", $"{Environment.ProcessId}"), held: null)
            : throw new LocalServiceException(
                $"Another DevHost of this checkout runs and uses {path}. Stop it, or give this one a PostgreSQL: ConnectionStrings__Quorum."
            );
    }

    public ValueTask DisposeAsync()
    {
        held?.Dispose();
        if (Throwaway && Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }

        return ValueTask.CompletedTask;
    }
}
