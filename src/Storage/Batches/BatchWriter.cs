using Npgsql;
using NpgsqlTypes;

namespace Quorum.Storage;

/// <summary>Stores new batches with their items: one commit for concurrent callers.</summary>
internal sealed class BatchWriter : IAsyncDisposable
{
    /// <summary>The reason of an item with a <see cref="NewBatchItem.Fault"/>, in the table and the API.</summary>
    private const string InvalidSymbol = "invalid-symbol";

    // The id decides on a second arrival: the first batch stays, and the second one's items are ignored.
    private const string Insert = """
        with created as (
          insert into quorum.batches (id, content, total, failed, created_at, owner)
          select id, content, total, failed, created_at, owner
            from unnest($1, $2, $3, $4, $5, $12) as given (id, content, total, failed, created_at, owner)
              on conflict (id) do nothing
          returning id, created_at
        )
        insert into quorum.batch_items (batch_id, ordinal, given, symbol, status, reason, detail, finished_at)
        select batch_id, ordinal, given, symbol,
               case when fault is null then 'pending' else 'failed' end, case when fault is not null then $11 end, fault,
               case when fault is not null then created_at end
          from unnest($6, $7, $8, $9, $10) as item (batch_id, ordinal, given, symbol, fault)
          join created on created.id = batch_id
        """;

    private const string Select = $"select {BatchRow.Columns} from quorum.batches where id = any ($1)";

    private readonly QuorumDatabase _database;
    private readonly GroupedRoundTrip<NewBatch, CreateAnswer> _create;

    public BatchWriter(QuorumDatabase database, StorageOptions options)
    {
        _database = database;
        _create = new GroupedRoundTrip<NewBatch, CreateAnswer>(CreateAsync, options.LargestGroup, options.WaitingItems);
    }

    public async Task<Batch> CreateAsync(NewBatch batch, CancellationToken cancellationToken)
    {
        return batch.Items.Count > 0
            ? (await _create.AskAsync(batch, cancellationToken)).Batch
                ?? throw new InvalidOperationException($"Batch '{batch.Id}' was deleted while it was created.")
            : throw new ArgumentException("A batch has at least one item.", nameof(batch));
    }

    public ValueTask DisposeAsync() => _create.DisposeAsync();

    private async Task CreateAsync(IReadOnlyList<GroupedRoundTrip<NewBatch, CreateAnswer>.Asked> group, CancellationToken cancellationToken)
    {
        // Each id once, in order: all processes lock rows in the same order.
        var batches = group
            .Select(asked => asked.Question)
            .DistinctBy(batch => batch.Id, StringComparer.Ordinal)
            .OrderBy(batch => batch.Id, StringComparer.Ordinal)
            .ToArray();
        var items = batches.SelectMany(batch => batch.Items, (batch, item) => (batch.Id, Item: item)).ToArray();
        var ids = Array.ConvertAll(batches, batch => batch.Id);
        await using var connection = await _database.OpenAsync(cancellationToken);
        await using var commands = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Insert)
                {
                    Parameters =
                    {
                        Texts(ids),
                        Texts(Array.ConvertAll(batches, batch => batch.Content)),
                        new NpgsqlParameter<int[]> { TypedValue = Array.ConvertAll(batches, batch => batch.Items.Count) },
                        new NpgsqlParameter<int[]>
                        {
                            TypedValue = Array.ConvertAll(batches, batch => batch.Items.Count(item => item.Fault is not null)),
                        },
                        new NpgsqlParameter<DateTime[]>
                        {
                            TypedValue = Array.ConvertAll(batches, batch => batch.CreatedAt.UtcDateTime),
                            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
                        },
                        Texts(Array.ConvertAll(items, item => item.Id)),
                        new NpgsqlParameter<int[]>
                        {
                            TypedValue = [.. batches.SelectMany(batch => Enumerable.Range(1, batch.Items.Count))],
                        },
                        Texts(Array.ConvertAll(items, item => item.Item.Given)),
                        OptionalTexts(Array.ConvertAll(items, item => item.Item.Symbol)),
                        OptionalTexts(Array.ConvertAll(items, item => item.Item.Fault)),
                        new NpgsqlParameter<string> { TypedValue = InvalidSymbol },
                        OptionalTexts(Array.ConvertAll(batches, batch => batch.Owner)),
                    },
                },
                new NpgsqlBatchCommand(Select) { Parameters = { Texts(ids) } },
            },
        };
        var found = new Dictionary<string, Batch>(ids.Length, StringComparer.Ordinal);
        await using (var reader = await commands.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var batch = BatchRow.Read(reader);
                found[batch.Id] = batch;
            }
        }

        foreach (var asked in group)
        {
            asked.Answer = new CreateAnswer(found.GetValueOrDefault(asked.Question.Id));
        }
    }

    private static NpgsqlParameter<string[]> Texts(string[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter<string?[]> OptionalTexts(string?[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    /// <param name="Batch"><see langword="null"/> if it was deleted before it could be read.</param>
    private sealed record CreateAnswer(Batch? Batch);
}
