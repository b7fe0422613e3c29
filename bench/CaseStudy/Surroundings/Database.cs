using Quorum.LocalServices;
using Quorum.LocalServices.Folders;
using Quorum.LocalServices.Postgres;

namespace Quorum.CaseStudy.Surroundings;

/// <summary>An empty PostgreSQL that waits for the disk like a real one (fsync on), and whose data is deleted afterwards.</summary>
internal sealed class Database : IAsyncDisposable
{
    private readonly FolderLock _held;
    private readonly string _data;
    private readonly LocalPostgres _postgres;

    private Database(FolderLock held, string data, LocalPostgres postgres) => (_held, _data, _postgres) = (held, data, postgres);

    public string ConnectionString => _postgres.ConnectionString;

    /// <exception cref="LocalServiceException">It cannot be had, or another case study of this checkout runs.</exception>
    public static async Task<Database> StartAsync(Action<string> report, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(LocalFolder.Locate(), "case-study");
        var held = FolderLock.TryTake(Path.Combine(folder, "in-use"))
            ?? throw new LocalServiceException("Another case study of this checkout runs; two at once measure each other.");
        var data = Path.Combine(folder, "postgres");
        try
        {
            Delete(data); // of one that was killed
            return new Database(held, data, await LocalPostgres.StartAsync(new LocalPostgresOptions { DataDirectory = data }, report, cancellationToken));
        }
        catch
        {
            Delete(data);
            held.Dispose();
            throw;
        }
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
