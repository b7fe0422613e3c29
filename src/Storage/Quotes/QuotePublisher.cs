using Npgsql;
using NpgsqlTypes;

namespace Quorum.Storage;

/// <summary>
/// Stores consolidated quotes, and announces those that a caller in another process waits for: one commit for concurrent callers.
/// </summary>
internal sealed class QuotePublisher : IAsyncDisposable
{
    // The id decides on a second run of the same publication: the first one stays.
    private const string Insert = """
        insert into quorum.quotes (id, symbol, all_providers, published_at, price, as_of, completeness, document, agreeing, merge)
        select id, symbol, all_providers, published_at, price, as_of, completeness, document, agreeing, merge
          from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            as given (id, symbol, all_providers, published_at, price, as_of, completeness, document, agreeing, merge)
            on conflict (id) do nothing
        """;

    // Delivered with the commit, so a listener that receives it finds the quote.
    private const string Announce = "select pg_notify($1, id) from unnest($2) as id";

    private readonly QuorumDatabase _database;
    private readonly GroupCommit<Item> _announced;
    private readonly GroupCommit<Item> _others;

    public QuotePublisher(QuorumDatabase database, StorageOptions options)
    {
        _database = database;
        _announced = GroupsOf(options, delay: TimeSpan.Zero);
        _others = GroupsOf(options, options.BatchDelay);
    }

    /// <summary>The commits so far, and the quotes in them.</summary>
    public GroupCount Groups => new(_announced.Groups + _others.Groups, _announced.Items + _others.Items);

    /// <summary>Stores the quote. No caller in this process waits for it.</summary>
    public Task PublishAsync(PublishedQuote quote, bool announce, CancellationToken cancellationToken) =>
        (announce ? _announced : _others).CommitAsync(new Item(quote, announce), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _announced.DisposeAsync();
        await _others.DisposeAsync();
    }

    private GroupCommit<Item> GroupsOf(StorageOptions options, TimeSpan delay) =>
        new(
            group => RoundTrip.RunAsync(SaveAsync, group, CancellationToken.None),
            PostgresFault.MayBeOfOneItem,
            new GroupCommitOptions
            {
                Lanes = options.PublishLanes,
                LargestGroup = options.LargestGroup,
                Capacity = options.WaitingItems,
                BatchDelay = delay,
                Spans = StorageTelemetry.Source,
                SpanName = "publish quotes",
            }
        );

    private async Task<int> SaveAsync(IReadOnlyList<Item> group, CancellationToken cancellationToken)
    {
        var items = new List<Item>(group);
        items.Sort(static (one, other) => string.CompareOrdinal(one.Quote.InstanceId, other.Quote.InstanceId)); // one lock order for all
        var count = items.Count;
        var ids = new string[count];
        var symbols = new string[count];
        var allProviders = new bool[count];
        var publishedAt = new DateTime[count];
        var prices = new decimal?[count];
        var asOf = new DateTime?[count];
        var completeness = new string[count];
        var documents = new ReadOnlyMemory<byte>[count];
        var agreeing = new short?[count];
        var merges = new ReadOnlyMemory<byte>?[count];
        List<string>? announced = null;
        for (var i = 0; i < count; i++)
        {
            var quote = items[i].Quote;
            (ids[i], symbols[i], allProviders[i]) = (quote.InstanceId, quote.Symbol.ToString(), quote.AllProviders);
            (publishedAt[i], prices[i], asOf[i]) = (quote.PublishedAt.UtcDateTime, quote.Price, quote.AsOf?.UtcDateTime);
            (completeness[i], documents[i], agreeing[i]) = (QuoteRow.NameOf(quote.Completeness), quote.Document, (short?)quote.Agreeing);
            merges[i] = quote.Merge;
            if (items[i].Announce)
            {
                (announced ??= []).Add(quote.InstanceId);
            }
        }

        await using var connection = await _database.OpenAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Insert)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<string[]> { TypedValue = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                        new NpgsqlParameter<string[]> { TypedValue = symbols, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                        new NpgsqlParameter<bool[]> { TypedValue = allProviders, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean },
                        new NpgsqlParameter<DateTime[]>
                        {
                            TypedValue = publishedAt,
                            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
                        },
                        new NpgsqlParameter<decimal?[]> { TypedValue = prices, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Numeric },
                        new NpgsqlParameter<DateTime?[]>
                        {
                            TypedValue = asOf,
                            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
                        },
                        new NpgsqlParameter<string[]> { TypedValue = completeness, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                        new NpgsqlParameter<ReadOnlyMemory<byte>[]>
                        {
                            TypedValue = documents,
                            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                        },
                        new NpgsqlParameter<short?[]> { TypedValue = agreeing, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint },
                        new NpgsqlParameter<ReadOnlyMemory<byte>?[]>
                        {
                            TypedValue = merges,
                            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                        },
                    },
                },
            },
        };
        if (announced is not null)
        {
            batch.BatchCommands.Add(
                new NpgsqlBatchCommand(Announce)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<string> { TypedValue = QuoteAnnouncements.Channel },
                        new NpgsqlParameter<List<string>> { TypedValue = announced, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                    },
                }
            );
        }

        return await batch.ExecuteNonQueryAsync(cancellationToken); // one implicit transaction
    }

    internal readonly record struct Item(PublishedQuote Quote, bool Announce);
}
