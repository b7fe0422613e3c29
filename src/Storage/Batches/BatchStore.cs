using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// Batches and their items. Calls of orchestrations share round trips, so that thousands of small batches cost few commits. Thread-safe;
/// every call may be repeated.
/// </summary>
/// <remarks>
/// Every call throws <see cref="NpgsqlException"/> when PostgreSQL does not answer or rejects it, and
/// <see cref="OperationCanceledException"/> when its caller gives up; a write that was sent is still completed.
/// </remarks>
public sealed class BatchStore : IAsyncDisposable
{
    /// <summary>The maximum number of items in a page.</summary>
    public const int LongestPage = 1000;

    private const string Lock = "select from quorum.batches where id = any ($1) order by id for no key update";

    private const string Begin = """
        update quorum.batches as batch
           set state = case when done + failed + cancelled = total then 'completed' else 'running' end,
               started_at = $3,
               finished_at = case when done + failed + cancelled = total then $3 end,
               task_hub = given.task_hub
          from unnest($1, $2) as given (id, task_hub)
         where batch.id = given.id and state = 'accepted'
        """;

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

    private const string SelectUnfinished = $"""
        select {BatchRow.Columns} from quorum.batches
         where state in ('accepted', 'running') and coalesce(started_at, created_at) < $1 and id > $2
           and (task_hub is null or task_hub = $3)
         order by id
         limit $4
        """;

    private const string Fail = """
        with settled as (
          update quorum.batch_items set status = 'failed', reason = $2, detail = $3, finished_at = $4, not_before = null
           where batch_id = $1 and status = 'pending'
          returning ordinal
        ), served as (
          delete from quorum.batch_answers where batch_id = $1
        )
        update quorum.batches set state = 'completed', failed = failed + (select count(*) from settled), finished_at = $4
         where id = $1 and state in ('accepted', 'running')
        """;

    private static readonly string Plan = EmbeddedText.Read(".Batches.plan_batches.sql");
    private static readonly string Settle = EmbeddedText.Read(".Batches.settle_items.sql");

    private readonly QuorumDatabase _database;
    private readonly BatchWriter _writer;
    private readonly BatchAnswers _answers;
    private readonly GroupedRoundTrip<BeginQuestion, BeginAnswer> _begin;
    private readonly GroupedRoundTrip<SettleQuestion, BatchPlan> _settle;

    public BatchStore(QuorumDatabase database, IOptions<StorageOptions> options)
    {
        _database = database;
        _writer = new BatchWriter(database, options.Value);
        _answers = new BatchAnswers(database, options.Value);
        _begin = new GroupedRoundTrip<BeginQuestion, BeginAnswer>(BeginAsync, options.Value.LargestGroup, options.Value.WaitingItems);
        _settle = new GroupedRoundTrip<SettleQuestion, BatchPlan>(SettleAsync, options.Value.LargestGroup, options.Value.WaitingItems);
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
    /// <param name="limit">1 to <see cref="LongestPage"/>.</param>
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
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LongestPage);
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

    /// <summary>Returns unfinished batches of a task hub, and those whose task hub is not known, in the order of their ids.</summary>
    /// <param name="taskHub"><see cref="Batch.TaskHub"/>.</param>
    /// <param name="before">Only those that were started before this time; those that are not started, created before it.</param>
    /// <param name="after">The id after which to begin; empty for the first.</param>
    /// <param name="limit">The maximum number.</param>
    public Task<IReadOnlyList<Batch>> ListUnfinishedAsync(
        string taskHub,
        DateTimeOffset before,
        string after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        return RoundTrip.RunAsync(LoadAsync, (TaskHub: taskHub, Before: before, After: after, Limit: limit), cancellationToken);

        async Task<IReadOnlyList<Batch>> LoadAsync(
            (string TaskHub, DateTimeOffset Before, string After, int Limit) wanted,
            CancellationToken cancellation
        )
        {
            await using var connection = await _database.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand(SelectUnfinished, connection)
            {
                Parameters =
                {
                    Time(wanted.Before),
                    Text(wanted.After),
                    Text(wanted.TaskHub),
                    new NpgsqlParameter<int> { TypedValue = wanted.Limit },
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

    /// <summary>Completes an unfinished batch: its open items fail, all with the same reason. A finished batch stays unchanged.</summary>
    /// <param name="reason"><see cref="BatchItem.Reason"/>.</param>
    /// <param name="detail"><see cref="BatchItem.Detail"/>.</param>
    /// <returns>The batch as it is now; <see langword="null"/> if it does not exist.</returns>
    public Task<Batch?> FailAsync(string id, string reason, string detail, DateTimeOffset now, CancellationToken cancellationToken)
    {
        return RoundTrip.RunAsync(RunAsync, (Id: id, Reason: reason, Detail: detail, Now: now), cancellationToken);

        async Task<Batch?> RunAsync((string Id, string Reason, string Detail, DateTimeOffset Now) wanted, CancellationToken cancellation)
        {
            await using var connection = await _database.OpenAsync(cancellation);
            await using var batch = new NpgsqlBatch(connection) // one implicit transaction
            {
                BatchCommands =
                {
                    new NpgsqlBatchCommand(Lock) { Parameters = { Texts([wanted.Id]) } },
                    new NpgsqlBatchCommand(Fail)
                    {
                        Parameters = { Text(wanted.Id), Text(wanted.Reason), Text(wanted.Detail), Time(wanted.Now) },
                    },
                    new NpgsqlBatchCommand(SelectBatch) { Parameters = { Text(wanted.Id) } },
                },
            };
            await using var reader = await batch.ExecuteReaderAsync(cancellation);
            do
            {
                if (reader.FieldCount == BatchRow.Count && await reader.ReadAsync(cancellation))
                {
                    return BatchRow.Read(reader);
                }
            } while (await reader.NextResultAsync(cancellation));
            return null;
        }
    }

    /// <summary>Marks an accepted batch as running, and returns its next work; <see langword="null"/> if it does not exist.</summary>
    /// <param name="taskHub"><see cref="Batch.TaskHub"/>; <see langword="null"/> if it is not known.</param>
    /// <param name="largest">The maximum number of items to return.</param>
    public async Task<BatchPlan?> BeginAsync(
        string id,
        string? taskHub,
        int largest,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) => (await _begin.AskAsync(new BeginQuestion(id, taskHub, largest, now), cancellationToken)).Plan;

    /// <summary>Returns the pending items that the provider has not answered yet, with their symbols.</summary>
    public Task<IReadOnlyList<UnansweredItem>> FindUnansweredAsync(
        string id,
        ProviderId provider,
        IReadOnlyList<int> ordinals,
        CancellationToken cancellationToken
    ) => _answers.FindUnansweredAsync(id, provider, ordinals, cancellationToken);

    /// <summary>Stores answers until their items are settled. The first answer of a provider to an item stays.</summary>
    public Task SaveAnswersAsync(string id, IReadOnlyList<ItemAnswer> answers, CancellationToken cancellationToken) =>
        _answers.SaveAsync(id, answers, cancellationToken);

    /// <summary>Returns the pending ones among the items, with the providers' answers.</summary>
    public Task<IReadOnlyList<AnsweredItem>> LoadAnsweredAsync(
        string id,
        IReadOnlyList<int> ordinals,
        CancellationToken cancellationToken
    ) => _answers.LoadAsync(id, ordinals, cancellationToken);

    /// <summary>Settles pending items and deletes their answers; completes the batch with its last item.</summary>
    /// <param name="largest">The maximum number of items to return as due next.</param>
    public Task<BatchPlan> SettleAsync(
        string id,
        IReadOnlyList<SettledItem> items,
        int largest,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) => _settle.AskAsync(new SettleQuestion(id, items, largest, now), cancellationToken);

    /// <summary>Accepts no more writes, and waits for those in progress.</summary>
    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _answers.DisposeAsync();
        await _begin.DisposeAsync();
        await _settle.DisposeAsync();
    }

    private async Task BeginAsync(
        IReadOnlyList<GroupedRoundTrip<BeginQuestion, BeginAnswer>.Asked> group,
        CancellationToken cancellationToken
    )
    {
        var begun = group.Select(asked => asked.Question).DistinctBy(question => question.Id, StringComparer.Ordinal).ToArray();
        var ids = Array.ConvertAll(begun, question => question.Id);
        var now = group.Max(asked => asked.Question.Now);
        await using var connection = await _database.OpenAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Begin)
                {
                    Parameters = { Texts(ids), OptionalTexts(Array.ConvertAll(begun, question => question.TaskHub)), Time(now) },
                },
                PlanOf(ids, now, group.Max(asked => asked.Question.Largest)),
            },
        };
        var plans = await ReadPlansAsync(batch, cancellationToken);
        foreach (var asked in group)
        {
            asked.Answer = new BeginAnswer(plans.GetValueOrDefault(asked.Question.Id)?.UpTo(asked.Question.Largest));
        }
    }

    private async Task SettleAsync(
        IReadOnlyList<GroupedRoundTrip<SettleQuestion, BatchPlan>.Asked> group,
        CancellationToken cancellationToken
    )
    {
        var ids = Distinct(group.Select(asked => asked.Question.Id));
        var now = group.Max(asked => asked.Question.Now);
        var rows = group
            .SelectMany(asked => asked.Question.Items, (asked, item) => (asked.Question.Id, Item: item))
            .DistinctBy(row => (row.Id, row.Item.Ordinal))
            .ToArray();
        await using var connection = await _database.OpenAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection) // one implicit transaction
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(Lock) { Parameters = { Texts(ids) } },
                new NpgsqlBatchCommand(Settle)
                {
                    Parameters =
                    {
                        Texts(Array.ConvertAll(rows, row => row.Id)),
                        new NpgsqlParameter<int[]> { TypedValue = Array.ConvertAll(rows, row => row.Item.Ordinal) },
                        Texts(Array.ConvertAll(rows, row => BatchRow.NameOf(row.Item.Status))),
                        OptionalTexts(Array.ConvertAll(rows, row => row.Item.Reason)),
                        OptionalTexts(Array.ConvertAll(rows, row => row.Item.Detail)),
                        OptionalTexts(Array.ConvertAll(rows, row => row.Item.QuoteId)),
                        new NpgsqlParameter<DateTime?[]>
                        {
                            TypedValue = Array.ConvertAll(rows, row => row.Item.NotBefore?.UtcDateTime),
                            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
                        },
                        new NpgsqlParameter<short[]>
                        {
                            TypedValue = Array.ConvertAll(rows, row => row.Item.CountsAsTry ? (short)1 : (short)0),
                        },
                        Time(now),
                    },
                },
                PlanOf(ids, now, group.Max(asked => asked.Question.Largest)),
            },
        };
        var plans = await ReadPlansAsync(batch, cancellationToken);
        foreach (var asked in group)
        {
            asked.Answer = plans.TryGetValue(asked.Question.Id, out var plan)
                ? plan.UpTo(asked.Question.Largest)
                : throw new InvalidOperationException($"Batch '{asked.Question.Id}' was deleted while its items were settled.");
        }
    }

    private static NpgsqlBatchCommand PlanOf(string[] ids, DateTimeOffset now, int largest) =>
        new(Plan)
        {
            Parameters =
            {
                Texts(ids),
                Time(now),
                new NpgsqlParameter<int> { TypedValue = largest },
            },
        };

    /// <summary>Reads the plans, which the last statement selects; the others select no columns.</summary>
    private static async Task<Dictionary<string, BatchPlan>> ReadPlansAsync(NpgsqlBatch batch, CancellationToken cancellationToken)
    {
        var plans = new Dictionary<string, BatchPlan>(StringComparer.Ordinal);
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        do
        {
            while (reader.FieldCount > BatchRow.Count && await reader.ReadAsync(cancellationToken))
            {
                var plan = ReadPlan(reader);
                plans[plan.Batch.Id] = plan;
            }
        } while (await reader.NextResultAsync(cancellationToken));
        return plans;
    }

    private static BatchPlan ReadPlan(NpgsqlDataReader reader) =>
        new(
            BatchRow.Read(reader),
            reader.IsDBNull(BatchRow.Count) ? [] : reader.GetFieldValue<int[]>(BatchRow.Count),
            BatchRow.Time(reader, BatchRow.Count + 1)
        );

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

    private static string[] Distinct(IEnumerable<string> ids) => [.. ids.Distinct(StringComparer.Ordinal)];

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static NpgsqlParameter<DateTime> Time(DateTimeOffset value) =>
        new() { TypedValue = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter<string[]> Texts(string[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter<string?[]> OptionalTexts(string?[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private readonly record struct BeginQuestion(string Id, string? TaskHub, int Largest, DateTimeOffset Now);

    /// <param name="Plan"><see langword="null"/> if the batch does not exist.</param>
    private sealed record BeginAnswer(BatchPlan? Plan);

    private sealed record SettleQuestion(string Id, IReadOnlyList<SettledItem> Items, int Largest, DateTimeOffset Now);
}
