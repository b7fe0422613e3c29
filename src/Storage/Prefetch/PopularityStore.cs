using Npgsql;
using NpgsqlTypes;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>How often symbols are asked for, over all processes: a count for each that halves as time passes.</summary>
public sealed class PopularityStore(QuorumDatabase database)
{
    private static readonly string Statement = EmbeddedText.Read(".Prefetch.add_popularity.sql");

    /// <summary>Adds what a process counted. Should the connection break at the wrong moment, it is counted twice; nobody minds.</summary>
    /// <param name="counts">Requests by symbol, each symbol once.</param>
    /// <param name="halfLife">In what time a score halves.</param>
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
