using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Quorum.Storage;

/// <summary>
/// Batches and their items, for callers of the API. New batches share commits. Thread-safe; every call may be repeated. The orchestrations'
/// part is <see cref="BatchWork"/>.
/// </summary>
/// <remarks>
/// Every call throws <see cref="NpgsqlException"/> when PostgreSQL does not answer or rejects it, and
/// <see cref="OperationCanceledException"/> when its caller gives up; a write that was sent is still completed.
/// </remarks>
public sealed class BatchStore : IAsyncDisposable
{
    /// <summary>The maximum number of items in a page.</summary>
    public const int MaxPageSize = 1000;

    private const string SelectBatch = $"select {BatchRow.Columns} from quorum.batches where id = $1";

    private const string SelectPage = $"""
        select {BatchRow.Columns} from quorum.batches
         where ($1::timestamptz is null or (created_at, id) < ($1, $2)) and ($4::text is null or owner = $4)
         order by created_at desc, id desc
         limit $3
        """;

    private const string CountItems = "select coalesce(owner, ''), sum(total) from quorum.batches group by owner";

    private const string SelectItems = """
        select ordinal, given, item.symbol, status, reason, detail, finished_at, document
          from quorum.batch_items as item
          left join quorum.quotes as quote on quote.id = item.quote_id
         where batch_id = $1 and ordinal > $2 and ($3::text is null or status = $3)
         order by ordinal
         limit $4
        """;

    private readonly QuorumDatabase _database;
    private readonly BatchWriter _writer;

    public BatchStore(QuorumDatabase database, IOptions<StorageOptions> options)
    {
        _database = database;
        _writer = new BatchWriter(database, options.Value);
    }

    /// <summary>Stores the batch unless its id exists.</summary>
    /// <returns>The stored batch: another one if its <see cref="Batch.Content"/> differs.</returns>
    public Task<Batch> CreateAsync(NewBatch batch, CancellationToken cancellationToken) => _writer.CreateAsync(batch, cancellationToken);

    /// <summary>Returns the batch; <see langword="null"/> if it does not exist.</summary>
    public Task<Batch?> FindAsync(string id, CancellationToken cancellationToken)
    {
        return RoundTrip.RunAsync(LoadAsync, id, cancellationToken);

        async Task<Batch?> LoadAsync(string wanted, CancellationToken cancellation)
        {
            await using var connection = await _database.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand(SelectBatch, connection) { Parameters = { Text(wanted) } };
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            return await reader.ReadAsync(cancellation) ? BatchRow.Read(reader) : null;
        }
    }

    /// <summary>Returns the number of stored items by owner; the empty name is the one owner.</summary>
    public Task<IReadOnlyDictionary<string, long>> CountItemsAsync(CancellationToken cancellationToken)
    {
        return RoundTrip.RunAsync(LoadAsync, 0, cancellationToken);

        async Task<IReadOnlyDictionary<string, long>> LoadAsync(int _, CancellationToken cancellation)
        {
            await using var connection = await _database.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand(CountItems, connection);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var counts = new Dictionary<string, long>(StringComparer.Ordinal);
            while (await reader.ReadAsync(cancellation))
            {
                counts.Add(reader.GetString(0), reader.GetInt64(1));
            }

            return counts;
        }
    }

    /// <summary>Returns the batches, newest first.</summary>
    /// <param name="owner">The owner of the batches; <see langword="null"/> for all owners.</param>
    /// <param name="after">The position after which to begin; <see langword="null"/> for the newest.</param>
    /// <param name="limit">The maximum number.</param>
    public Task<IReadOnlyList<Batch>> ListAsync(string? owner, BatchCursor? after, int limit, CancellationToken cancellationToken)
    {
        return RoundTrip.RunAsync(LoadAsync, (Owner: owner, After: after, Limit: limit), cancellationToken);

        async Task<IReadOnlyList<Batch>> LoadAsync((string? Owner, BatchCursor? After, int Limit) wanted, CancellationToken cancellation)
        {
            await using var connection = await _database.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand(SelectPage, connection)
            {
                Parameters =
                {
                    new NpgsqlParameter
                    {
                        Value = (object?)wanted.After?.CreatedAt.UtcDateTime ?? DBNull.Value,
                        NpgsqlDbType = NpgsqlDbType.TimestampTz,
                    },
                    Text(wanted.After?.Id ?? ""),
                    new NpgsqlParameter<int> { TypedValue = wanted.Limit },
                    new NpgsqlParameter { Value = (object?)wanted.Owner ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                },
            };
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var batches = new List<Batch>();
            while (await reader.ReadAsync(cancellation))
            {
                batches.Add(BatchRow.Read(reader));
            }

            return batches;
        }
    }

    /// <summary>Returns a page of a batch's items with their quotes; <see langword="null"/> if the batch does not exist.</summary>
    /// <param name="after">The position after which the page begins; 0 for the first.</param>
    /// <param name="limit">1 to <see cref="MaxPageSize"/>.</param>
    /// <param name="status">The status of the items; <see langword="null"/> for all.</param>
    public Task<BatchItemPage?> LoadItemsAsync(
        string id,
        int after,
        int limit,
        BatchItemStatus? status,
        CancellationToken cancellationToken
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxPageSize);
        return RoundTrip.RunAsync(LoadAsync, (id, after, limit, status), cancellationToken);

        async Task<BatchItemPage?> LoadAsync(
            (string Id, int After, int Limit, BatchItemStatus? Status) wanted,
            CancellationToken cancellation
        )
        {
            await using var connection = await _database.OpenAsync(cancellation);
            await using var batch = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    new NpgsqlBatchCommand("select from quorum.batches where id = $1") { Parameters = { Text(wanted.Id) } },
                    new NpgsqlBatchCommand(SelectItems)
                    {
                        Parameters =
                        {
                            Text(wanted.Id),
                            new NpgsqlParameter<int> { TypedValue = wanted.After },
                            new NpgsqlParameter
                            {
                                Value = wanted.Status is { } only ? BatchRow.NameOf(only) : DBNull.Value,
                                NpgsqlDbType = NpgsqlDbType.Text,
                            },
                            new NpgsqlParameter<int> { TypedValue = wanted.Limit + 1 },
                        },
                    },
                },
            };
            await using var reader = await batch.ExecuteReaderAsync(cancellation);
            if (!await reader.ReadAsync(cancellation))
            {
                return null;
            }

            await reader.NextResultAsync(cancellation);
            var items = new List<BatchItem>(Math.Min(wanted.Limit, 100));
            while (await reader.ReadAsync(cancellation))
            {
                if (items.Count == wanted.Limit)
                {
                    return new BatchItemPage(items, items[^1].Ordinal);
                }

                items.Add(ReadItem(reader));
            }

            return new BatchItemPage(items, null);
        }
    }

    /// <summary>Cancels a batch that is not finished, with its open items. A finished batch stays unchanged.</summary>
    /// <returns>The batch as it is now; <see langword="null"/> if it does not exist.</returns>
    public Task<Batch?> CancelAsync(string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        return RoundTrip.RunAsync(RunAsync, (id, now), cancellationToken);

        async Task<Batch?> RunAsync((string Id, DateTimeOffset Now) wanted, CancellationToken cancellation)
        {
            await using var connection = await _database.OpenAsync(cancellation);
            await using var batch = new NpgsqlBatch(connection) // one implicit transaction; the first statement locks the batch's row
            {
                BatchCommands =
                {
                    new NpgsqlBatchCommand(
                        """
                        update quorum.batches set state = 'cancelled', finished_at = $2, cancelled = total - done - failed
                         where id = $1 and state in ('accepted', 'running')
                        """
                    )
                    {
                        Parameters = { Text(wanted.Id), Time(wanted.Now) },
                    },
                    new NpgsqlBatchCommand(
                        """
                        update quorum.batch_items set status = 'cancelled', finished_at = $2, not_before = null
                         where batch_id = $1 and status = 'pending'
                           and exists (select from quorum.batches where id = $1 and state = 'cancelled')
                        """
                    )
                    {
                        Parameters = { Text(wanted.Id), Time(wanted.Now) },
                    },
                    new NpgsqlBatchCommand(SelectBatch) { Parameters = { Text(wanted.Id) } },
                },
            };
            await using var reader = await batch.ExecuteReaderAsync(cancellation);
            return await reader.ReadAsync(cancellation) ? BatchRow.Read(reader) : null;
        }
    }

    /// <summary>Accepts no more writes, and waits for those in progress.</summary>
    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private static BatchItem ReadItem(NpgsqlDataReader reader) =>
        new()
        {
            Ordinal = reader.GetInt32(0),
            Given = reader.GetString(1),
            Symbol = BatchRow.Text(reader, 2),
            Status = BatchRow.StatusOf(reader.GetString(3)),
            Reason = BatchRow.Text(reader, 4),
            Detail = BatchRow.Text(reader, 5),
            FinishedAt = BatchRow.Time(reader, 6),
            Quote = reader.IsDBNull(7) ? null : (ReadOnlyMemory<byte>?)reader.GetFieldValue<byte[]>(7),
        };

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static NpgsqlParameter<DateTime> Time(DateTimeOffset value) =>
        new() { TypedValue = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
