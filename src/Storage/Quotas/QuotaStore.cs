using Npgsql;
using NpgsqlTypes;

namespace Quorum.Storage;

/// <summary>The ledger of quotas that all processes share. Concurrent exchanges share one round trip and one commit.</summary>
/// <remarks>
/// No exchange is ever repeated: one whose answer was lost may have been committed. Throws <see cref="NpgsqlException"/> when PostgreSQL
/// does not answer or rejects the statement.
/// </remarks>
public sealed class QuotaStore : IAsyncDisposable
{
    private const string Statement = "select * from quorum.exchange_quota($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

    private readonly QuorumDatabase _database;
    private readonly GroupCommit<Exchange> _groups;

    public QuotaStore(QuorumDatabase database)
    {
        _database = database;
        _groups = new GroupCommit<Exchange>(CarryAsync, mayBeOfOneItem: static _ => false);
    }

    /// <summary>For tests: the ledger's clock, in microseconds since 1970. Default: PostgreSQL's own.</summary>
    internal Func<long>? Clock { get; init; }

    /// <summary>Settles, grants and counts in one atomic step.</summary>
    public async Task<QuotaGrant> ExchangeAsync(QuotaRequest request, CancellationToken cancellationToken)
    {
        var exchange = new Exchange(request);
        await _groups.CommitAsync(exchange, cancellationToken);
        return exchange.Grant
            ?? throw new InvalidOperationException("The group of an exchange has committed, and the exchange has no answer.");
    }

    public ValueTask DisposeAsync() => _groups.DisposeAsync();

    private async Task CarryAsync(IReadOnlyList<Exchange> group)
    {
        // All processes lock accounts in the same order, which prevents deadlocks.
        var ordered = group.OrderBy(exchange => exchange.Request.Provider, StringComparer.Ordinal).ToList();
        await using var connection = await _database.OpenAsync(CancellationToken.None);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var exchange in ordered)
        {
            batch.BatchCommands.Add(CommandOf(exchange.Request));
        }

        await using var reader = await batch.ExecuteReaderAsync(CancellationToken.None);
        foreach (var exchange in ordered)
        {
            await reader.ReadAsync(CancellationToken.None);
            var used = await reader.GetFieldValueAsync<long[]>(6, CancellationToken.None);
            var refillsIn = await reader.GetFieldValueAsync<long[]>(7, CancellationToken.None);
            exchange.Found = new QuotaGrant(
                Interactive: reader.GetInt64(0),
                Background: reader.GetInt64(1),
                Booking: reader.GetInt64(2),
                NextInteractive: TimeSpan.FromMicroseconds(reader.GetInt64(3)),
                NextBackground: TimeSpan.FromMicroseconds(reader.GetInt64(4)),
                ClosedFor: TimeSpan.FromMicroseconds(reader.GetInt64(5)),
                Used: used,
                RefillsIn: [.. refillsIn.Select(static microseconds => TimeSpan.FromMicroseconds(microseconds))]
            );
            await reader.NextResultAsync(CancellationToken.None);
        }

        // The commit ends the batch, so no caller sees a grant before it is committed.
        await reader.CloseAsync();
        foreach (var exchange in ordered)
        {
            exchange.Grant = exchange.Found;
        }
    }

    private NpgsqlBatchCommand CommandOf(QuotaRequest request) =>
        new(Statement)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = request.Provider },
                Numbers(request.Windows, static window => Microseconds(window.Length)),
                Numbers(request.Windows, static window => window.Limit),
                Numbers(request.Windows, static window => window.InteractiveReserve),
                Numbers(request.Settlements, static settlement => settlement.Booking),
                Numbers(request.Settlements, static settlement => settlement.Permits),
                Numbers(request.Settlements, static settlement => settlement.Used),
                Numbers(request.Settlements, static settlement => Microseconds(settlement.Age)),
                new NpgsqlParameter<long> { TypedValue = request.Interactive },
                new NpgsqlParameter<long> { TypedValue = request.Background },
                new NpgsqlParameter<long> { TypedValue = Microseconds(request.Hold) },
                new NpgsqlParameter<long> { TypedValue = Microseconds(request.CloseFor) },
                new NpgsqlParameter<long?> { TypedValue = Clock?.Invoke(), NpgsqlDbType = NpgsqlDbType.Bigint },
            },
        };

    private static NpgsqlParameter<long[]> Numbers<T>(IReadOnlyList<T> items, Func<T, long> number) =>
        new() { TypedValue = [.. items.Select(number)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    private static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    private sealed class Exchange(QuotaRequest request)
    {
        public QuotaRequest Request { get; } = request;

        /// <summary>The grant as read, not yet committed.</summary>
        public QuotaGrant? Found { get; set; }

        public QuotaGrant? Grant { get; set; }
    }
}
