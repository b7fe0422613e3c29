using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// Quotes in PostgreSQL. The three calls that every request makes share round trips (<see cref="GroupCommit{TItem}"/>). Thread-safe; every
/// call may be repeated.
/// </summary>
/// <remarks>
/// Every call throws <see cref="NpgsqlException"/> when PostgreSQL does not answer or rejects it, and
/// <see cref="OperationCanceledException"/> when its caller gives up; a write that was sent is still completed.
/// </remarks>
public sealed class QuoteStore : IAsyncDisposable
{
    /// <summary>The maximum number of quotes in a page of history.</summary>
    public const int MaxHistoryPage = 1000;

    private const string Columns = "id, symbol, all_providers, published_at, price, as_of, completeness, document, agreeing";

    private const string SelectById = $"select {Columns} from quorum.quotes where id = $1";

    private const string SelectMerge = $"select {Columns}, merge from quorum.quotes where id = $1";

    private const string SelectLatest = $"""
        select {Columns} from quorum.quotes
         where symbol = $1 and all_providers and price is not null and completeness <> 'stale'
           and (completeness <> 'agreed' or agreeing >= $2) and published_at <= $3
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

    public QuoteStore(QuorumDatabase database, IOptions<StorageOptions> options, ILogger<QuoteStore> logger)
    {
        _database = database;
        _providerQuotes = new ProviderQuoteWriter(database, options.Value, logger);
        _references = new ReferenceReader(database, options.Value);
        _publisher = new QuotePublisher(database, options.Value);
    }

    /// <summary>The commits so far that saved provider quotes, and the quotes in them.</summary>
    public GroupCount Saved => new(_providerQuotes.Groups.Groups, _providerQuotes.Groups.Items);

    /// <summary>The round trips so far that loaded reference data, and the callers that they served.</summary>
    public GroupCount Loaded => new(_references.Groups.Groups, _references.Groups.Items);

    /// <summary>The commits so far that published consolidated quotes, and the quotes in them.</summary>
    public GroupCount Published => _publisher.Groups;

    /// <summary>
    /// Stores the quote as the provider's last known one, unless the stored one is newer, or usable (priced and not suspect) while this one
    /// is not.
    /// </summary>
    public Task SaveProviderQuoteAsync(Symbol symbol, ProviderId provider, ProviderQuote quote, CancellationToken cancellationToken) =>
        _providerQuotes.SaveAsync(symbol, provider, quote, cancellationToken);

    /// <summary>
    /// As <see cref="SaveProviderQuoteAsync"/>, without waiting: the caller's answer matters more. What could not be stored is logged; while
    /// PostgreSQL does not keep up, quotes are dropped.
    /// </summary>
    public void KeepProviderQuote(Symbol symbol, ProviderId provider, ProviderQuote quote) => _providerQuotes.Post(symbol, provider, quote);

    /// <summary>Loads the instrument, and the last known quote of each provider; empty for an unknown symbol.</summary>
    /// <param name="symbol">Canonical.</param>
    public Task<ReferenceData> LoadReferenceAsync(Symbol symbol, CancellationToken cancellationToken) =>
        _references.LoadAsync(symbol, cancellationToken);

    /// <summary>Stores the quote. The instance is its key: a second publication of the same instance changes nothing.</summary>
    /// <param name="announce">
    /// True to notify listening processes (<see cref="QuoteAnnouncements"/>). Only needed if a caller waits there: a commit that notifies
    /// takes a lock on the whole PostgreSQL cluster.
    /// </param>
    public Task PublishAsync(PublishedQuote quote, bool announce, CancellationToken cancellationToken) =>
        _publisher.PublishAsync(quote, announce, cancellationToken);

    /// <summary>
    /// Returns the quote that an orchestration instance published once all providers had answered, or a quote by its own id;
    /// <see langword="null"/> for none (yet).
    /// </summary>
    public Task<PublishedQuote?> FindAsync(string instanceId, CancellationToken cancellationToken) =>
        FindOneAsync(SelectById, () => [Text(instanceId)], cancellationToken);

    /// <summary>
    /// Returns the quote published under an id, with <see cref="PublishedQuote.Merge"/>; <see langword="null"/> for none.
    /// </summary>
    public Task<PublishedQuote?> FindMergeAsync(string id, CancellationToken cancellationToken) =>
        FindOneAsync(SelectMerge, () => [Text(id)], cancellationToken);

    /// <summary>
    /// Returns the latest quote of the symbol (<see cref="PublishedQuote.CanStandForSymbol"/>) of any age; <see langword="null"/> for none.
    /// </summary>
    /// <param name="symbol">Canonical.</param>
    /// <param name="agree">
    /// The minimum number of providers that agree on a quote published before all had answered; <see langword="null"/> to leave such quotes
    /// out.
    /// </param>
    /// <param name="now">The current time. Quotes from the future (<see cref="PublishedQuote.IsFromFuture"/>) are left out.</param>
    public Task<PublishedQuote?> FindLatestAsync(Symbol symbol, int? agree, DateTimeOffset now, CancellationToken cancellationToken) =>
        FindOneAsync(
            SelectLatest,
            () =>
                [
                    Text(symbol.ToString()),
                    new NpgsqlParameter<short?> { TypedValue = (short?)agree },
                    new NpgsqlParameter<DateTime>
                    {
                        TypedValue = (now + PublishedQuote.ClockTolerance).UtcDateTime,
                        NpgsqlDbType = NpgsqlDbType.TimestampTz,
                    },
                ],
            cancellationToken
        );

    /// <summary>Returns the symbol's quotes, newest first.</summary>
    /// <param name="from">The earliest publication, inclusive.</param>
    /// <param name="to">The latest publication, exclusive.</param>
    /// <param name="limit">1 to <see cref="MaxHistoryPage"/>.</param>
    /// <param name="cursor">The end of the previous page; <see langword="null"/> for the first.</param>
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
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxHistoryPage);
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

    /// <summary>Accepts no more writes, and waits for those in progress.</summary>
    public async ValueTask DisposeAsync()
    {
        await _providerQuotes.DisposeAsync();
        await _references.DisposeAsync();
        await _publisher.DisposeAsync();
    }

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    /// <param name="statement">Selects a row.</param>
    /// <param name="parameters">Creates its parameters: a repeated command needs new ones.</param>
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
/// <param name="Items">The items in them.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct GroupCount(long Groups, long Items);
