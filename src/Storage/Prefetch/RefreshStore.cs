using Npgsql;
using NpgsqlTypes;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// The symbols to refresh, and their claims: a symbol claimed by one process is not given to another until the claim ends.
/// </summary>
/// <remarks>Every call throws <see cref="NpgsqlException"/> when PostgreSQL does not answer.</remarks>
public sealed class RefreshStore(QuorumDatabase database)
{
    private static readonly string FindDue = EmbeddedText.Read(".Prefetch.find_due_refreshes.sql");
    private static readonly string Settle = EmbeddedText.Read(".Prefetch.settle_refreshes.sql");

    private const string Claim = """
        insert into quorum.refreshes as stored (symbol, not_before)
        select symbol, $2 from unnest($1) as symbol order by symbol
            on conflict (symbol) do update set not_before = excluded.not_before
         where stored.not_before <= $3
        returning symbol
        """;

    /// <summary>Returns the symbols that are due: watched ones first, then by popularity, then by age of the latest quote.</summary>
    /// <param name="now">UTC.</param>
    public Task<IReadOnlyList<DueRefresh>> FindDueAsync(RefreshQuery query, DateTimeOffset now, CancellationToken cancellationToken) =>
        RoundTrip.RunAsync(FindDueAsync, (query, now), cancellationToken);

    /// <summary>Claims symbols for one refresh.</summary>
    /// <param name="until">The time at which an unsettled claim ends, UTC.</param>
    /// <param name="now">UTC.</param>
    /// <returns>
    /// The symbols without another claim, in no order. If the connection breaks at the wrong moment, none until the claim ends.
    /// </returns>
    public Task<IReadOnlyList<Symbol>> ClaimAsync(
        IReadOnlyList<Symbol> symbols,
        DateTimeOffset until,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) => RoundTrip.RunAsync(ClaimAsync, (Texts(symbols), until, now), cancellationToken);

    /// <summary>Ends claims. Symbols without a new quote are due again after a pause that doubles with each failure in a row.</summary>
    /// <param name="settled">Each symbol once.</param>
    /// <param name="firstPause">The pause after the first failure.</param>
    /// <param name="now">UTC.</param>
    public Task SettleAsync(
        IReadOnlyList<SettledRefresh> settled,
        TimeSpan firstPause,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) => RoundTrip.RunAsync(SettleAsync, (settled, firstPause, now), cancellationToken);

    private async Task<IReadOnlyList<DueRefresh>> FindDueAsync(
        (RefreshQuery Query, DateTimeOffset Now) wanted,
        CancellationToken cancellationToken
    )
    {
        var query = wanted.Query;
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(FindDue, connection)
        {
            Parameters =
            {
                Moment(wanted.Now),
                Span(query.Lead),
                new NpgsqlParameter<int> { TypedValue = query.PopularSymbols },
                new NpgsqlParameter<double> { TypedValue = query.LeastPopularity },
                new NpgsqlParameter<double> { TypedValue = query.HalfLife.TotalSeconds },
                Span(query.PopularMaxAge),
                new NpgsqlParameter<int> { TypedValue = query.Most },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<DueRefresh>();
        while (await reader.ReadAsync(cancellationToken))
        {
            due.Add(Read(reader));
        }

        return due;
    }

    private async Task<IReadOnlyList<Symbol>> ClaimAsync(
        (string[] Symbols, DateTimeOffset Until, DateTimeOffset Now) wanted,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Claim, connection)
        {
            Parameters = { Texts(wanted.Symbols), Moment(wanted.Until), Moment(wanted.Now) },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var claimed = new List<Symbol>(wanted.Symbols.Length);
        while (await reader.ReadAsync(cancellationToken))
        {
            claimed.Add(Symbol.Parse(reader.GetString(0)));
        }

        return claimed;
    }

    private async Task<int> SettleAsync(
        (IReadOnlyList<SettledRefresh> Settled, TimeSpan FirstPause, DateTimeOffset Now) wanted,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Settle, connection)
        {
            Parameters =
            {
                Texts(Texts([.. wanted.Settled.Select(refresh => refresh.Symbol)])),
                new NpgsqlParameter<bool[]>
                {
                    TypedValue = [.. wanted.Settled.Select(refresh => refresh.IsRefreshed)],
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean,
                },
                new NpgsqlParameter<TimeSpan[]>
                {
                    TypedValue = [.. wanted.Settled.Select(refresh => refresh.LongestPause)],
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Interval,
                },
                Span(wanted.FirstPause),
                Moment(wanted.Now),
                new NpgsqlParameter<string?[]>
                {
                    TypedValue = [.. wanted.Settled.Select(refresh => refresh.Reason)],
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                },
            },
        };
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DueRefresh Read(NpgsqlDataReader reader) =>
        new(
            Symbol.Parse(reader.GetString(0)),
            reader.GetFieldValue<TimeSpan>(1),
            reader.GetBoolean(2),
            reader.GetDouble(3),
            reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4)
        );

    private static string[] Texts(IReadOnlyList<Symbol> symbols) => [.. symbols.Select(symbol => symbol.ToString())];

    private static NpgsqlParameter<string[]> Texts(string[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter<DateTime> Moment(DateTimeOffset value) =>
        new() { TypedValue = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter<TimeSpan> Span(TimeSpan value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Interval };
}
