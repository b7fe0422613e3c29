using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// What the way of a quote asks of PostgreSQL. The three calls that every request makes travel in groups
/// (<see cref="GroupCommit{TItem}"/>); all are safe to make from many threads, and safe to make twice.
/// </summary>
/// <remarks>Every call throws <see cref="NpgsqlException"/> when PostgreSQL does not answer or refuses, and
/// <see cref="OperationCanceledException"/> when its caller gives up; a write that was on its way is finished all the same.</remarks>
public sealed class QuoteStore : IAsyncDisposable
{
    /// <summary>The most quotes in a page of history.</summary>
    public const int LongestHistoryPage = 1000;

    private const string Columns = "id, symbol, all_providers, published_at, price, as_of, completeness, document, agreeing";

    private const string SelectById = $"select {Columns} from quorum.quotes where id = $1";

    private const string SelectMerge = $"select {Columns}, merge from quorum.quotes where id = $1";

    private const string SelectLatest = $"""
        select {Columns} from quorum.quotes
         where symbol = $1 and all_providers and price is not null and completeness <> 'stale'
           and (completeness <> 'agreed' or agreeing >= $2)
         order by published_at desc, id desc
         limit 1
        """;

    private const string SelectHistory = $"""
        select {Columns} from quorum.quotes
         where symbol = $1 and all_providers and price is not null and completeness <> 'stale'
           and published_at >= $2 and (published_at, id) < ($3, $4)
         order by published_at desc, id desc
         limit $5
        """;

    private readonly QuorumDatabase _database;
    private readonly ProviderQuoteWriter _providerQuotes;
    private readonly ReferenceReader _references;
    private readonly QuotePublisher _publisher;

    public QuoteStore(QuorumDatabase database, IOptions<StorageOptions> options)
    {
        _database = database;
        _providerQuotes = new ProviderQuoteWriter(database, options.Value);
        _references = new ReferenceReader(database, options.Value);
        _publisher = new QuotePublisher(database, options.Value);
    }

    /// <summary>Commits made so far to save provider quotes, and the quotes in them.</summary>
    public GroupCount Saved => new(_providerQuotes.Groups.Groups, _providerQuotes.Groups.Items);

    /// <summary>Round trips made so far to load reference data, and the callers that they served.</summary>
    public GroupCount Loaded => new(_references.Groups.Groups, _references.Groups.Items);

    /// <summary>Commits made so far to publish consolidated quotes, and the quotes in them.</summary>
    public GroupCount Published => new(_publisher.Groups.Groups, _publisher.Groups.Items);

    /// <summary>Keeps the quote as the provider's last known one, unless the one kept is newer, or usable (priced and not suspect) where
    /// this one is not.</summary>
    public Task SaveProviderQuoteAsync(Symbol symbol, ProviderId provider, ProviderQuote quote, CancellationToken cancellationToken) =>
        _providerQuotes.SaveAsync(symbol, provider, quote, cancellationToken);

    /// <summary>The instrument, and the last known quote of each provider that has one; empty for a symbol never heard of.</summary>
    /// <param name="symbol">Canonical.</param>
    public Task<ReferenceData> LoadReferenceAsync(Symbol symbol, CancellationToken cancellationToken) =>
        _references.LoadAsync(symbol, cancellationToken);

    /// <summary>Stores the quote. The instance is its key: a second publication of the same instance changes nothing.</summary>
    /// <param name="announce">Whether processes that listen (<see cref="QuoteAnnouncements"/>) are told. Only when somebody waits there: a
    /// commit that notifies takes a lock on the whole PostgreSQL cluster.</param>
    public Task PublishAsync(PublishedQuote quote, bool announce, CancellationToken cancellationToken) =>
        _publisher.PublishAsync(quote, announce, cancellationToken);

    /// <summary>The quote that an orchestration instance published once all providers had answered, or a quote by its own id;
    /// <see langword="null"/> when there is none (yet).</summary>
    public Task<PublishedQuote?> FindAsync(string instanceId, CancellationToken cancellationToken) =>
        FindOneAsync(SelectById, () => [Text(instanceId)], cancellationToken);

    /// <summary>The quote that was published under an id, with <see cref="PublishedQuote.Merge"/>; <see langword="null"/> when there is
    /// none.</summary>
    public Task<PublishedQuote?> FindMergeAsync(string id, CancellationToken cancellationToken) =>
        FindOneAsync(SelectMerge, () => [Text(id)], cancellationToken);

    /// <summary>The freshest quote that can stand for the symbol (<see cref="PublishedQuote.CanStandForSymbol"/>), however old;
    /// <see langword="null"/> when there is none.</summary>
    /// <param name="symbol">Canonical.</param>
    /// <param name="agree">The fewest providers that must agree on a quote published before all had answered; <see langword="null"/> to
    /// leave such quotes out.</param>
    public Task<PublishedQuote?> FindLatestAsync(Symbol symbol, int? agree, CancellationToken cancellationToken) =>
        FindOneAsync(
            SelectLatest,
            () => [Text(symbol.ToString()), new NpgsqlParameter<short?> { TypedValue = (short?)agree }],
            cancellationToken
        );

    /// <summary>The quotes that stood for the symbol, newest first.</summary>
    /// <param name="from">The earliest publication, inclusive.</param>
    /// <param name="to">The latest publication, exclusive.</param>
    /// <param name="limit">1 to <see cref="LongestHistoryPage"/>.</param>
    /// <param name="cursor">Where the page before ended; <see langword="null"/> for the first.</param>
    public Task<QuoteHistoryPage> LoadHistoryAsync(
        Symbol symbol,
        DateTimeOffset from,
        DateTimeOffset to,
        int limit,
        HistoryCursor? cursor,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LongestHistoryPage);
        return RoundTrip.RunAsync(LoadAsync, (symbol, from, to, limit, cursor), cancellationToken);

        async Task<QuoteHistoryPage> LoadAsync(
            (Symbol Symbol, DateTimeOffset From, DateTimeOffset To, int Limit, HistoryCursor? Cursor) wanted,
            CancellationToken cancellation
        )
        {
            // A page ends below its cursor, and below (to, ''): no id is smaller than the empty one.
            var end = wanted.Cursor is { } after && after.PublishedAt < wanted.To ? after : new HistoryCursor(wanted.To, "");
            await using var connection = await _database.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand(SelectHistory, connection)
            {
                Parameters =
                {
                    new NpgsqlParameter<string> { TypedValue = wanted.Symbol.ToString() },
                    new NpgsqlParameter<DateTime> { TypedValue = wanted.From.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                    new NpgsqlParameter<DateTime> { TypedValue = end.PublishedAt.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                    new NpgsqlParameter<string> { TypedValue = end.InstanceId },
                    new NpgsqlParameter<int> { TypedValue = wanted.Limit + 1 },
                },
            };
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var quotes = new List<PublishedQuote>(Math.Min(wanted.Limit, 100));
            while (await reader.ReadAsync(cancellation))
            {
                if (quotes.Count == wanted.Limit)
                {
                    return new QuoteHistoryPage(quotes, new HistoryCursor(quotes[^1].PublishedAt, quotes[^1].InstanceId));
                }

                quotes.Add(QuoteRow.Read(reader));
            }

            return new QuoteHistoryPage(quotes, null);
        }
    }

    /// <summary>Lets no more writes in, and waits for those on their way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _providerQuotes.DisposeAsync();
        await _references.DisposeAsync();
        await _publisher.DisposeAsync();
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    /// <param name="statement">Selects a row.</param>
    /// <param name="parameters">Makes its parameters: a command that runs again needs new ones.</param>
    private Task<PublishedQuote?> FindOneAsync(string statement, Func<NpgsqlParameter[]> parameters, CancellationToken cancellationToken)
    {
        return RoundTrip.RunAsync(LoadAsync, (statement, parameters), cancellationToken);

        async Task<PublishedQuote?> LoadAsync((string Statement, Func<NpgsqlParameter[]> Parameters) wanted, CancellationToken cancellation)
        {
            await using var connection = await _database.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand(wanted.Statement, connection);
            command.Parameters.AddRange(wanted.Parameters());
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            return await reader.ReadAsync(cancellation) ? QuoteRow.Read(reader) : null;
        }
    }
}

/// <param name="Groups">Round trips.</param>
/// <param name="Items">What they carried.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct GroupCount(long Groups, long Items);
