using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>Stores the last known quote of each provider: one statement and one commit for concurrent callers.</summary>
internal sealed partial class ProviderQuoteWriter : IAsyncDisposable
{
    private static readonly string Statement = EmbeddedText.Read(".Quotes.save_provider_quotes.sql");

    private readonly QuorumDatabase _database;
    private readonly ILogger _logger;
    private readonly int _largestGroup;
    private volatile bool _isFull;

    public ProviderQuoteWriter(QuorumDatabase database, StorageOptions options, ILogger logger)
    {
        _database = database;
        _logger = logger;
        _largestGroup = options.LargestGroup;
        Groups = new GroupCommit<Row>(
            group => RoundTrip.RunAsync(SaveAsync, group, CancellationToken.None),
            PostgresFault.MayBeOfOneItem,
            new GroupCommitOptions
            {
                Lanes = options.SaveLanes,
                LargestGroup = options.LargestGroup,
                Capacity = options.WaitingItems,
                BatchDelay = options.SaveDelay,
                Failed = LogNotStored,
                Spans = StorageTelemetry.Source,
                SpanName = "save provider quotes",
            }
        );
    }

    public GroupCommit<Row> Groups { get; }

    public Task SaveAsync(Symbol symbol, ProviderId provider, ProviderQuote quote, CancellationToken cancellationToken) =>
        Groups.CommitAsync(RowOf(symbol, provider, quote), cancellationToken);

    /// <summary>As <see cref="SaveAsync(Symbol, ProviderId, ProviderQuote, CancellationToken)"/>, without a caller that waits: a fault is
    /// logged, and while the queue is full quotes are dropped.</summary>
    public void Post(Symbol symbol, ProviderId provider, ProviderQuote quote)
    {
        if (!Groups.TryAdd(RowOf(symbol, provider, quote)) && !_isFull)
        {
            _isFull = true;
            LogQueueFull();
        }
    }

    public ValueTask DisposeAsync() => Groups.DisposeAsync();

    private async Task<int> SaveAsync(IReadOnlyList<Row> group, CancellationToken cancellationToken)
    {
        if (group.Count < _largestGroup)
        {
            _isFull = false; // all that waited is in this group
        }

        var rows = NewestPerKey(group);
        var symbols = new string[rows.Count];
        var providers = new string[rows.Count];
        var usable = new bool[rows.Count];
        var asOf = new DateTime?[rows.Count];
        var receivedAt = new DateTime[rows.Count];
        var quotes = new byte[rows.Count][];
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            (symbols[i], providers[i], usable[i]) = (row.Symbol, row.Provider, row.Usable);
            (asOf[i], receivedAt[i], quotes[i]) = (row.AsOf, row.ReceivedAt, row.Quote);
        }

        await using var connection = await _database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Statement, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string[]> { TypedValue = symbols, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new NpgsqlParameter<string[]> { TypedValue = providers, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new NpgsqlParameter<bool[]> { TypedValue = usable, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean },
                new NpgsqlParameter<DateTime?[]> { TypedValue = asOf, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                new NpgsqlParameter<DateTime[]> { TypedValue = receivedAt, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                new NpgsqlParameter<byte[][]> { TypedValue = quotes, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            },
        };
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Row RowOf(Symbol symbol, ProviderId provider, ProviderQuote quote) =>
        new(
            symbol.ToString(),
            provider.ToString(),
            Usable: quote is { Price: not null, Suspect: null },
            quote.AsOf?.UtcDateTime,
            quote.ReceivedAt.UtcDateTime,
            JsonSerializer.SerializeToUtf8Bytes(quote, MarketDataJson.Default.ProviderQuote)
        );

    /// <summary>
    /// Returns one row per symbol and provider (a statement may not touch a row twice), in the order of the key: all processes lock rows in
    /// the same order, which prevents deadlocks.
    /// </summary>
    private static List<Row> NewestPerKey(IReadOnlyList<Row> group)
    {
        var rows = new List<Row>(group);
        rows.Sort(
            static (one, other) =>
            {
                var order = CompareKeys(one, other);
                return order != 0 ? order : CompareAge(one, other);
            }
        );

        var kept = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            if (i + 1 == rows.Count || CompareKeys(rows[i], rows[i + 1]) != 0)
            {
                rows[kept++] = rows[i];
            }
        }

        rows.RemoveRange(kept, rows.Count - kept);
        return rows;
    }

    private static int CompareKeys(in Row one, in Row other)
    {
        var order = string.CompareOrdinal(one.Symbol, other.Symbol);
        return order != 0 ? order : string.CompareOrdinal(one.Provider, other.Provider);
    }

    /// <summary>Compares by age, the later one last, as the statement does.</summary>
    private static int CompareAge(in Row one, in Row other)
    {
        if (one.Usable != other.Usable)
        {
            return one.Usable ? 1 : -1;
        }

        var order = one.AsOf is { } asOf && other.AsOf is { } otherAsOf ? asOf.CompareTo(otherAsOf) : 0;
        return order != 0 ? order : one.ReceivedAt.CompareTo(other.ReceivedAt);
    }

    [LoggerMessage(EventId = 1509, Level = LogLevel.Warning, Message = "{Count} quotes of providers could not be stored.")]
    private partial void LogNotStored(Exception exception, int count);

    [LoggerMessage(
        EventId = 1510,
        Level = LogLevel.Warning,
        Message = "The queue of provider quotes to store is full: quotes are dropped until PostgreSQL has caught up."
    )]
    private partial void LogQueueFull();

    /// <param name="Usable">True if it has a price and is not suspect.</param>
    /// <param name="Quote">JSON in UTF-8.</param>
    internal readonly record struct Row(string Symbol, string Provider, bool Usable, DateTime? AsOf, DateTime ReceivedAt, byte[] Quote);
}
