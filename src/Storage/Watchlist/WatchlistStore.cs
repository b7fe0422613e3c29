using Npgsql;
using NpgsqlTypes;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// The watchlist in PostgreSQL. Every call throws <see cref="NpgsqlException"/> when PostgreSQL does not answer, and may be repeated.
/// </summary>
public sealed class WatchlistStore(QuorumDatabase database)
{
    private const string Columns = """
        stored.symbol, stored.max_age, stored.added_at, stored.changed_at,
        (select not_before from quorum.refreshes where symbol = stored.symbol),
        (select failures from quorum.refreshes where symbol = stored.symbol),
        (select reason from quorum.refreshes where symbol = stored.symbol),
        (select published_at from quorum.quotes
          where symbol = stored.symbol and all_providers and price is not null and completeness <> 'stale' and completeness <> 'agreed'
          order by published_at desc, id desc
          limit 1)
        """;

    private const string SelectOne = $"select {Columns} from quorum.watchlist as stored where symbol = $1";

    private const string SelectPage = $"select {Columns} from quorum.watchlist as stored where symbol > $1 order by symbol limit $2";

    // A full list accepts no further symbol. Two concurrent calls may both find the last place: the maximum protects against floods and is
    // not exact.
    private const string Save = $"""
        insert into quorum.watchlist as stored (symbol, max_age, added_at, changed_at)
        select $1, $2, $3, $3
         where exists (select from quorum.watchlist where symbol = $1) or (select count(*) from quorum.watchlist) < $4
            on conflict (symbol) do update
           set max_age = excluded.max_age,
               changed_at = case when stored.max_age = excluded.max_age then stored.changed_at else excluded.changed_at end
        returning {Columns}, xmax = 0
        """;

    private const string Delete = "delete from quorum.watchlist where symbol = $1";

    /// <summary>Returns the entry; <see langword="null"/> if the symbol is not watched.</summary>
    public Task<WatchlistEntry?> FindAsync(Symbol symbol, CancellationToken cancellationToken) =>
        RoundTrip.RunAsync(
            async (key, cancellation) =>
            {
                await using var connection = await database.OpenAsync(cancellation);
                await using var command = new NpgsqlCommand(SelectOne, connection) { Parameters = { Text(key) } };
                await using var reader = await command.ExecuteReaderAsync(cancellation);
                return await reader.ReadAsync(cancellation) ? Read(reader) : null;
            },
            symbol.ToString(),
            cancellationToken
        );

    /// <summary>Returns the entries, ordered by symbol.</summary>
    /// <param name="after">The symbol after which to begin; <see langword="null"/> for the first.</param>
    /// <param name="limit">The maximum number.</param>
    public Task<IReadOnlyList<WatchlistEntry>> ListAsync(Symbol? after, int limit, CancellationToken cancellationToken) =>
        RoundTrip.RunAsync(
            async (wanted, cancellation) =>
            {
                await using var connection = await database.OpenAsync(cancellation);
                await using var command = new NpgsqlCommand(SelectPage, connection)
                {
                    Parameters =
                    {
                        Text(wanted.After),
                        new NpgsqlParameter<int> { TypedValue = wanted.Limit },
                    },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellation);
                var entries = new List<WatchlistEntry>();
                while (await reader.ReadAsync(cancellation))
                {
                    entries.Add(Read(reader));
                }

                return (IReadOnlyList<WatchlistEntry>)entries;
            },
            (After: after?.ToString() ?? "", Limit: limit),
            cancellationToken
        );

    /// <summary>Adds a symbol to the list, or changes its maximum age.</summary>
    /// <param name="most">The maximum number of symbols.</param>
    /// <param name="now">UTC.</param>
    /// <returns>The entry, and true if it is new; <see langword="null"/> if the list is full.</returns>
    public Task<(WatchlistEntry Entry, bool Added)?> SaveAsync(
        Symbol symbol,
        TimeSpan maxAge,
        int most,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        RoundTrip.RunAsync(
            async (wanted, cancellation) =>
            {
                await using var connection = await database.OpenAsync(cancellation);
                await using var command = new NpgsqlCommand(Save, connection)
                {
                    Parameters =
                    {
                        Text(wanted.Symbol),
                        new NpgsqlParameter<TimeSpan> { TypedValue = wanted.MaxAge, NpgsqlDbType = NpgsqlDbType.Interval },
                        new NpgsqlParameter<DateTime> { TypedValue = wanted.Now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                        new NpgsqlParameter<int> { TypedValue = wanted.Most },
                    },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellation);
                return await reader.ReadAsync(cancellation) ? (Read(reader), reader.GetBoolean(8)) : ((WatchlistEntry, bool)?)null;
            },
            (Symbol: symbol.ToString(), MaxAge: maxAge, Most: most, Now: now),
            cancellationToken
        );

    /// <summary>Removes a symbol; returns true if it was on the list.</summary>
    public Task<bool> RemoveAsync(Symbol symbol, CancellationToken cancellationToken) =>
        RoundTrip.RunAsync(
            async (key, cancellation) =>
            {
                await using var connection = await database.OpenAsync(cancellation);
                await using var command = new NpgsqlCommand(Delete, connection) { Parameters = { Text(key) } };
                return await command.ExecuteNonQueryAsync(cancellation) > 0;
            },
            symbol.ToString(),
            cancellationToken
        );

    private static WatchlistEntry Read(NpgsqlDataReader reader) =>
        new(
            Symbol.Parse(reader.GetString(0)),
            reader.GetFieldValue<TimeSpan>(1),
            reader.GetFieldValue<DateTimeOffset>(2),
            reader.GetFieldValue<DateTimeOffset>(3)
        )
        {
            Refresh =
                reader.IsDBNull(4) && reader.IsDBNull(7)
                    ? null
                    : new RefreshState(
                        Time(reader, 7),
                        Time(reader, 4),
                        reader.IsDBNull(5) ? 0 : reader.GetInt32(5),
                        reader.IsDBNull(6) ? null : reader.GetString(6)
                    ),
        };

    private static DateTimeOffset? Time(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };
}
