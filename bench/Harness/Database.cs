using Quorum.LocalServices;
using Quorum.LocalServices.Folders;
using Quorum.LocalServices.Postgres;

namespace Quorum.Harness;

/// <summary>An empty PostgreSQL with real durability (fsync on), whose data is deleted afterwards.</summary>
public sealed class Database : IAsyncDisposable
{
    private readonly FolderLock _held;
    private readonly string _data;
    private LocalPostgres _postgres;

    private Database(FolderLock held, string data, LocalPostgres postgres) => (_held, _data, _postgres) = (held, data, postgres);

    public string ConnectionString => _postgres.ConnectionString;

    public int Port => _postgres.Port;

    /// <param name="purpose">Names the folder; two runs for the same purpose exclude each other.</param>
    /// <exception cref="LocalServiceException">PostgreSQL cannot be started, or another run of this checkout uses it.</exception>
    public static async Task<Database> StartAsync(string purpose, Action<string> report, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(LocalFolder.Locate(), purpose);
        var held =
            FolderLock.TryTake(Path.Combine(folder, "in-use"))
            ?? throw new LocalServiceException("Another run of this checkout is under way; two at once measure each other.");
        var data = Path.Combine(folder, "postgres");
        try
        {
            Delete(data); // left by a run that was killed
            return new Database(
                held,
                data,
                await LocalPostgres.StartAsync(new LocalPostgresOptions { DataDirectory = data }, report, cancellationToken)
            );
        }
        catch
        {
            Delete(data);
            held.Dispose();
            throw;
        }
    }

    /// <summary>Ends all sessions, stops, and restarts on the same port after a while.</summary>
    public async Task RestartAsync(TimeSpan away, CancellationToken cancellationToken)
    {
        var port = _postgres.Port;
        await _postgres.DisposeAsync();
        await Task.Delay(away, cancellationToken);
        _postgres = await LocalPostgres.StartAsync(
            new LocalPostgresOptions { DataDirectory = _data, Port = port },
            report: null,
            CancellationToken.None
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _postgres.DisposeAsync();
        Delete(_data);
        _held.Dispose();
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
