using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Quorum.Storage.Tests;

/// <summary>The storage of one process on a test's database. Several on one database are several processes.</summary>
internal sealed class StorageOnDatabase : IAsyncDisposable
{
    private StorageOnDatabase(StorageOptions options, ILogger<QuoteStore>? log)
    {
        Options = Microsoft.Extensions.Options.Options.Create(options);
        Database = new QuorumDatabase(Options);
        Migrator = new DatabaseMigrator(Database);
        Catalogue = new InstrumentCatalogue(Database);
        Quotes = new QuoteStore(Database, Options, log ?? NullLogger<QuoteStore>.Instance);
        Batches = new BatchStore(Database, Options);
        Work = new BatchWork(Database, Options);
        DeadLetters = new DeadLetters(Database, Options);
    }

    public IOptions<StorageOptions> Options { get; }
    public QuorumDatabase Database { get; }
    public DatabaseMigrator Migrator { get; }
    public InstrumentCatalogue Catalogue { get; }
    public QuoteStore Quotes { get; }
    public BatchStore Batches { get; }
    public BatchWork Work { get; }
    public DeadLetters DeadLetters { get; }

    /// <summary>Not migrated.</summary>
    public static StorageOnDatabase Over(TestDatabase database, Action<StorageOptions>? configure = null, ILogger<QuoteStore>? log = null)
    {
        var options = new StorageOptions { ConnectionString = database.ConnectionString };
        configure?.Invoke(options);
        return new StorageOnDatabase(options, log);
    }

    public static async Task<StorageOnDatabase> MigratedAsync(TestDatabase database, Action<StorageOptions>? configure = null)
    {
        var storage = Over(database, configure);
        await storage.Migrator.MigrateAsync(CancellationToken.None);
        return storage;
    }

    public async ValueTask DisposeAsync()
    {
        await Quotes.DisposeAsync();
        await Batches.DisposeAsync();
        await Work.DisposeAsync();
        await DeadLetters.DisposeAsync();
        await Database.DisposeAsync();
    }
}
