using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// The work of orchestrations on the items of batches, window by window. Concurrent calls share round trips, so that thousands of small
/// batches cost few commits. Thread-safe; every call may be repeated.
/// </summary>
/// <remarks>
/// Every call throws <see cref="NpgsqlException"/> when PostgreSQL does not answer or rejects it, and
/// <see cref="OperationCanceledException"/> when its caller gives up; a write that was sent is still completed.
/// </remarks>
public sealed class BatchWork : IAsyncDisposable
{
    private const string Lock = "select from quorum.batches where id = any ($1) order by id for no key update";

    private const string Begin = """
        update quorum.batches as batch
           set state = case when done + failed + cancelled = total then 'completed' else 'running' end,
               started_at = $3,
               finished_at = case when done + failed + cancelled = total then $3 end,
               task_hub = given.task_hub
          from unnest($1, $2) as given (id, task_hub)
         where batch.id = given.id and batch.id = any ($1) and state = 'accepted'
        """;

    private static readonly string Plan = EmbeddedText.Read(".Batches.plan_batches.sql");
    private static readonly string Settle = EmbeddedText.Read(".Batches.settle_items.sql");

    private readonly QuorumDatabase _database;
    private readonly BatchAnswers _answers;
    private readonly GroupedRoundTrip<BeginQuestion, PlanAnswer> _begin;
    private readonly GroupedRoundTrip<SettleQuestion, PlanAnswer> _settle;

    public BatchWork(QuorumDatabase database, IOptions<StorageOptions> options)
    {
        _database = database;
        _answers = new BatchAnswers(database, options.Value);
        _begin = new GroupedRoundTrip<BeginQuestion, PlanAnswer>(BeginAsync, options.Value.LargestGroup, options.Value.WaitingItems);
        _settle = new GroupedRoundTrip<SettleQuestion, PlanAnswer>(SettleAsync, options.Value.LargestGroup, options.Value.WaitingItems);
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
    /// <exception cref="InvalidOperationException">The batch was deleted meanwhile.</exception>
    public async Task<BatchPlan> SettleAsync(
        string id,
        IReadOnlyList<SettledItem> items,
        int largest,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        (await _settle.AskAsync(new SettleQuestion(id, items, largest, now), cancellationToken)).Plan
        ?? throw new InvalidOperationException($"Batch '{id}' was deleted while its items were settled.");

    /// <summary>Accepts no more writes, and waits for those in progress.</summary>
    public async ValueTask DisposeAsync()
    {
        await _answers.DisposeAsync();
        await _begin.DisposeAsync();
        await _settle.DisposeAsync();
    }

    private async Task BeginAsync(
        IReadOnlyList<GroupedRoundTrip<BeginQuestion, PlanAnswer>.Asked> group,
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
            asked.Answer = new PlanAnswer(plans.GetValueOrDefault(asked.Question.Id)?.UpTo(asked.Question.Largest));
        }
    }

    private async Task SettleAsync(
        IReadOnlyList<GroupedRoundTrip<SettleQuestion, PlanAnswer>.Asked> group,
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
            asked.Answer = new PlanAnswer(plans.GetValueOrDefault(asked.Question.Id)?.UpTo(asked.Question.Largest));
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

    private static string[] Distinct(IEnumerable<string> ids) => [.. ids.Distinct(StringComparer.Ordinal)];

    private static NpgsqlParameter<DateTime> Time(DateTimeOffset value) =>
        new() { TypedValue = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlParameter<string[]> Texts(string[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter<string?[]> OptionalTexts(string?[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private readonly record struct BeginQuestion(string Id, string? TaskHub, int Largest, DateTimeOffset Now);

    /// <param name="Plan"><see langword="null"/> if the batch does not exist.</param>
    private sealed record PlanAnswer(BatchPlan? Plan);

    private sealed record SettleQuestion(string Id, IReadOnlyList<SettledItem> Items, int Largest, DateTimeOffset Now);
}
