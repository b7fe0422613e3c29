using Npgsql;
using NpgsqlTypes;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>The popularity of symbols over all processes: a count of requests that halves as time passes.</summary>
public sealed class PopularityStore(QuorumDatabase database)
{
    private static readonly string Statement = EmbeddedText.Read(".Prefetch.add_popularity.sql");

    /// <summary>Adds the counts of a process. A connection lost at the wrong moment may count them twice, which is harmless.</summary>
    /// <param name="counts">Requests by symbol, each symbol once.</param>
    /// <param name="halfLife">The time in which a score halves.</param>
    /// <param name="now">UTC.</param>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer.</exception>
    public Task AddAsync(
        IReadOnlyList<(Symbol Symbol, int Count)> counts,
        TimeSpan halfLife,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        RoundTrip.RunAsync(
            async (given, cancellation) =>
            {
                await using var connection = await database.OpenAsync(cancellation);
                await using var command = new NpgsqlCommand(Statement, connection)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<string[]> { TypedValue = given.Symbols, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                        new NpgsqlParameter<int[]> { TypedValue = given.Counts, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
                        new NpgsqlParameter<DateTime> { TypedValue = given.Now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                        new NpgsqlParameter<double> { TypedValue = given.HalfLife.TotalSeconds },
                    },
                };
                return await command.ExecuteNonQueryAsync(cancellation);
            },
            (
                Symbols: counts.Select(count => count.Symbol.ToString()).ToArray(),
                Counts: counts.Select(count => count.Count).ToArray(),
                Now: now,
                HalfLife: halfLife
            ),
            cancellationToken
        );
}
