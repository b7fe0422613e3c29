using Npgsql;
using NpgsqlTypes;

namespace Quorum.Storage;

/// <summary>Batches that are not finished, and their end when no orchestration works on them any more.</summary>
/// <remarks>Every call throws <see cref="NpgsqlException"/> when PostgreSQL does not answer, and may be repeated.</remarks>
public sealed class UnfinishedBatches(QuorumDatabase database)
{
    private const string Lock = "select from quorum.batches where id = $1 for no key update";

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

    private const string SelectBatch = $"select {BatchRow.Columns} from quorum.batches where id = $1";

    /// <summary>Returns unfinished batches of a task hub, and those whose task hub is not known, in the order of their ids.</summary>
    /// <param name="taskHub"><see cref="Batch.TaskHub"/>.</param>
    /// <param name="before">Only those that were started before this time; those that are not started, created before it.</param>
    /// <param name="after">The id after which to begin; empty for the first.</param>
    /// <param name="limit">The maximum number.</param>
    public Task<IReadOnlyList<Batch>> ListAsync(
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
            await using var connection = await database.OpenAsync(cancellation);
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
            await using var connection = await database.OpenAsync(cancellation);
            await using var batch = new NpgsqlBatch(connection) // one implicit transaction
            {
                BatchCommands =
                {
                    new NpgsqlBatchCommand(Lock) { Parameters = { Text(wanted.Id) } },
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

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };

    private static NpgsqlParameter<DateTime> Time(DateTimeOffset value) =>
        new() { TypedValue = value.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}
