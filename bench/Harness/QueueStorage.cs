using Quorum.LocalServices.Azurite;
using Quorum.LocalServices.Folders;

namespace Quorum.Harness;

/// <summary>An empty Azurite that keeps its queues on disk during restarts, and whose data is deleted afterwards.</summary>
public sealed class QueueStorage : IAsyncDisposable
{
    private readonly string _data;
    private LocalAzurite _azurite;

    private QueueStorage(string data, LocalAzurite azurite) => (_data, _azurite) = (data, azurite);

    /// <summary>The connection string, as <c>AzureWebJobsStorage</c> takes it.</summary>
    public string ConnectionString => _azurite.ConnectionString;

    /// <param name="purpose">Names the folder; the database of the same purpose keeps other runs out.</param>
    /// <exception cref="LocalServices.LocalServiceException">Azurite cannot be started.</exception>
    public static async Task<QueueStorage> StartAsync(string purpose, Action<string> report, CancellationToken cancellationToken)
    {
        var data = Path.Combine(LocalFolder.Locate(), purpose, "azurite");
        Delete(data); // left by a run that was killed
        return new QueueStorage(
            data,
            await LocalAzurite.StartAsync(new LocalAzuriteOptions { DataDirectory = data }, report, cancellationToken)
        );
    }

    /// <summary>Writes its data to disk, stops, and restarts on the same ports after a while.</summary>
    public async Task RestartAsync(TimeSpan away, CancellationToken cancellationToken)
    {
        var options = new LocalAzuriteOptions
        {
            DataDirectory = _data,
            BlobPort = _azurite.BlobPort,
            QueuePort = _azurite.QueuePort,
            TablePort = _azurite.TablePort,
        };
        await _azurite.DisposeAsync();
        await Task.Delay(away, cancellationToken);
        _azurite = await LocalAzurite.StartAsync(options, report: null, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _azurite.DisposeAsync();
        Delete(_data);
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
