using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// The watchlist in PostgreSQL. Every call throws <see cref="NpgsqlException"/> when PostgreSQL does not answer, and may be repeated.
/// </summary>
public sealed class WatchlistStore(QuorumDatabase database)
{
    // The entries of one owner, or of all: then a symbol's entries are shown as one, at the smallest maximum age, as it is refreshed.
    private const string Seen = """
        select symbol, min(max_age) as max_age, min(added_at) as added_at, max(changed_at) as changed_at,
               array_agg(owner order by owner) filter (where $1::text is null and owner <> '') as owners
          from quorum.watchlist
         where ($1 is null or owner = $1)
        """;

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

    private const string SelectOne = $"select {Columns}, owners from ({Seen} and symbol = $2 group by symbol) as stored";

    private const string SelectPage =
        $"select {Columns}, owners from ({Seen} and symbol > $2 group by symbol order by symbol limit $3) as stored order by symbol";

    // A full list accepts no further entry. Two concurrent calls may both find the last place: the maximum protects against floods and is
    // not exact.
    private const string Save = $"""
        insert into quorum.watchlist as stored (symbol, owner, max_age, added_at, changed_at)
        select $1, $5, $2, $3, $3
         where exists (select from quorum.watchlist where symbol = $1 and owner = $5)
            or (select count(*) from quorum.watchlist) < $4
           and ($5 = '' or (select count(*) from quorum.watchlist where owner = $5) < $6)
            on conflict (symbol, owner) do update
           set max_age = excluded.max_age,
               changed_at = case when stored.max_age = excluded.max_age then stored.changed_at else excluded.changed_at end
        returning {Columns}, null::text[], xmax = 0
        """;

    private const string Delete = "delete from quorum.watchlist where symbol = $2 and ($1::text is null or owner = $1)";

    /// <summary>Returns the entry; <see langword="null"/> if the symbol is not watched.</summary>
    /// <param name="owner">The owner of the entry; <see langword="null"/> for all owners.</param>
    public Task<WatchlistEntry?> FindAsync(Symbol symbol, string? owner, CancellationToken cancellationToken) =>
        RoundTrip.RunAsync(
            async (key, cancellation) =>
            {
                await using var connection = await database.OpenAsync(cancellation);
                await using var command = new NpgsqlCommand(SelectOne, connection)
                {
                    Parameters = { OptionalText(key.Owner), Text(key.Symbol) },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellation);
                return await reader.ReadAsync(cancellation) ? Read(reader) : null;
            },
            (Owner: owner, Symbol: symbol.ToString()),
            cancellationToken
        );

    /// <summary>Returns the entries, one for each symbol, ordered by symbol.</summary>
    /// <param name="owner">The owner of the entries; <see langword="null"/> for all owners.</param>
    /// <param name="after">The symbol after which to begin; <see langword="null"/> for the first.</param>
    /// <param name="limit">The maximum number.</param>
    public Task<IReadOnlyList<WatchlistEntry>> ListAsync(string? owner, Symbol? after, int limit, CancellationToken cancellationToken) =>
        RoundTrip.RunAsync(
            async (wanted, cancellation) =>
            {
                await using var connection = await database.OpenAsync(cancellation);
                await using var command = new NpgsqlCommand(SelectPage, connection)
                {
                    Parameters =
                    {
                        OptionalText(wanted.Owner),
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
            (Owner: owner, After: after?.ToString() ?? "", Limit: limit),
            cancellationToken
        );

    /// <summary>Adds a symbol to the list, or changes its maximum age.</summary>
    /// <param name="owner">The owner of the entry; <see langword="null"/> for the one owner.</param>
    /// <param name="limits">The maximum numbers of entries.</param>
    /// <param name="now">UTC.</param>
    /// <returns>The entry, and true if it is new; <see langword="null"/> if the list is full.</returns>
    public Task<(WatchlistEntry Entry, bool Added)?> SaveAsync(
        Symbol symbol,
        string? owner,
        TimeSpan maxAge,
        WatchlistLimits limits,
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
                        new NpgsqlParameter<int> { TypedValue = wanted.Limits.All },
                        Text(wanted.Owner),
                        new NpgsqlParameter<int> { TypedValue = wanted.Limits.OfOwner },
                    },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellation);
                return await reader.ReadAsync(cancellation) ? (Read(reader), reader.GetBoolean(9)) : ((WatchlistEntry, bool)?)null;
            },
            (Symbol: symbol.ToString(), Owner: owner ?? "", MaxAge: maxAge, Limits: limits, Now: now),
            cancellationToken
        );

    /// <summary>Removes a symbol; returns true if it was on the list.</summary>
    /// <param name="owner">The owner of the entry; <see langword="null"/> for all owners.</param>
    public Task<bool> RemoveAsync(Symbol symbol, string? owner, CancellationToken cancellationToken) =>
        RoundTrip.RunAsync(
            async (key, cancellation) =>
            {
                await using var connection = await database.OpenAsync(cancellation);
                await using var command = new NpgsqlCommand(Delete, connection)
                {
                    Parameters = { OptionalText(key.Owner), Text(key.Symbol) },
                };
                return await command.ExecuteNonQueryAsync(cancellation) > 0;
            },
            (Owner: owner, Symbol: symbol.ToString()),
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
            Owners = reader.IsDBNull(8) ? null : reader.GetFieldValue<string[]>(8),
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

    private static NpgsqlParameter OptionalText(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}

/// <summary>The maximum numbers of watchlist entries.</summary>
/// <param name="All">Of all owners together.</param>
/// <param name="OfOwner">Of one consumer.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WatchlistLimits(int All, int OfOwner);
