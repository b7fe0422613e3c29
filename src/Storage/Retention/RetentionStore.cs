using Npgsql;
using NpgsqlTypes;

namespace Quorum.Storage;

/// <summary>
/// Deletes rows whose retention has ended, a bounded number per statement, so that no lock is held for long. All deletions may run at the
/// same time in several processes: each skips rows that another is deleting.
/// </summary>
/// <remarks>Every call throws <see cref="NpgsqlException"/> when PostgreSQL does not answer.</remarks>
public sealed class RetentionStore(QuorumDatabase database)
{
    private const string Quotes = """
        delete from quorum.quotes where id = any (array(
          select id from quorum.quotes where published_at < $1 limit $2 for update skip locked))
        """;

    private const string ProviderQuotes = """
        delete from quorum.provider_quotes where (symbol, provider) in (
          select symbol, provider from quorum.provider_quotes where received_at < $1 limit $2 for update skip locked)
        """;

    // With their items and answers.
    private const string Batches = """
        delete from quorum.batches where id = any (array(
          select id from quorum.batches where finished_at < $1 order by finished_at limit $2 for update skip locked))
        """;

    private const string DeadLetters = """
        delete from quorum.dead_letters where (queue, message_id) in (
          select queue, message_id from quorum.dead_letters where first_seen_at < $1 and last_seen_at < $1 order by first_seen_at limit $2
             for update skip locked)
        """;

    private const string Traces = """
        delete from quorum.traces where (trace_id, instance_id) in (
          select trace_id, instance_id from quorum.traces where recorded_at < $1 limit $2 for update skip locked)
        """;

    private const string Popularities = """
        delete from quorum.popularity where symbol = any (array(
          select symbol from quorum.popularity where counted_at < $1 limit $2 for update skip locked))
        """;

    private const string Refreshes = """
        delete from quorum.refreshes where symbol = any (array(
          select symbol from quorum.refreshes where not_before < $1 limit $2 for update skip locked))
        """;

    private const string Usage = """
        delete from quorum.consumer_usage where (consumer, day) in (
          select consumer, day from quorum.consumer_usage where day < ($1 at time zone 'UTC')::date limit $2 for update skip locked)
        """;

    private const string FetchClaims = """
        delete from quorum.fetch_claims where (instance_id, provider) in (
          select instance_id, provider from quorum.fetch_claims where claimed_at < $1 limit $2 for update skip locked)
        """;

    /// <summary>Deletes the usage of the UTC days before that of a time.</summary>
    /// <inheritdoc cref="DeleteQuotesAsync"/>
    public Task<int> DeleteUsageAsync(DateTimeOffset before, int max, CancellationToken cancellationToken) =>
        DeleteAsync(Usage, before, max, cancellationToken);

    /// <summary>Deletes claims on provider calls made before a time.</summary>
    /// <inheritdoc cref="DeleteQuotesAsync"/>
    public Task<int> DeleteFetchClaimsAsync(DateTimeOffset before, int max, CancellationToken cancellationToken) =>
        DeleteAsync(FetchClaims, before, max, cancellationToken);

    /// <summary>Deletes consolidated quotes published before a time.</summary>
    /// <returns>The number of deleted rows; fewer than <paramref name="max"/> when there are no more.</returns>
    public Task<int> DeleteQuotesAsync(DateTimeOffset before, int max, CancellationToken cancellationToken) =>
        DeleteAsync(Quotes, before, max, cancellationToken);

    /// <summary>Deletes providers' last known quotes received before a time.</summary>
    /// <inheritdoc cref="DeleteQuotesAsync"/>
    public Task<int> DeleteProviderQuotesAsync(DateTimeOffset before, int max, CancellationToken cancellationToken) =>
        DeleteAsync(ProviderQuotes, before, max, cancellationToken);

    /// <summary>Deletes batches finished before a time, with their items.</summary>
    /// <inheritdoc cref="DeleteQuotesAsync"/>
    public Task<int> DeleteBatchesAsync(DateTimeOffset before, int max, CancellationToken cancellationToken) =>
        DeleteAsync(Batches, before, max, cancellationToken);

    /// <summary>Deletes dead letters not seen since a time.</summary>
    /// <inheritdoc cref="DeleteQuotesAsync"/>
    public Task<int> DeleteDeadLettersAsync(DateTimeOffset before, int max, CancellationToken cancellationToken) =>
        DeleteAsync(DeadLetters, before, max, cancellationToken);

    /// <summary>Deletes traces of requests received before a time.</summary>
    /// <inheritdoc cref="DeleteQuotesAsync"/>
    public Task<int> DeleteTracesAsync(DateTimeOffset before, int max, CancellationToken cancellationToken) =>
        DeleteAsync(Traces, before, max, cancellationToken);

    /// <summary>Deletes the popularity of symbols not requested since a time.</summary>
    /// <inheritdoc cref="DeleteQuotesAsync"/>
    public Task<int> DeletePopularitiesAsync(DateTimeOffset before, int max, CancellationToken cancellationToken) =>
        DeleteAsync(Popularities, before, max, cancellationToken);

    /// <summary>Deletes the refresh state of symbols that were due again before a time and were not refreshed.</summary>
    /// <inheritdoc cref="DeleteQuotesAsync"/>
    public Task<int> DeleteRefreshesAsync(DateTimeOffset before, int max, CancellationToken cancellationToken) =>
        DeleteAsync(Refreshes, before, max, cancellationToken);

    private Task<int> DeleteAsync(string statement, DateTimeOffset before, int max, CancellationToken cancellationToken) =>
        RoundTrip.RunAsync(
            async (wanted, cancellation) =>
            {
                await using var connection = await database.OpenAsync(cancellation);
                await using var command = new NpgsqlCommand(wanted.Statement, connection)
                {
                    Parameters =
                    {
                        new NpgsqlParameter<DateTime> { TypedValue = wanted.Before.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                        new NpgsqlParameter<int> { TypedValue = wanted.Max },
                    },
                };
                return await command.ExecuteNonQueryAsync(cancellation);
            },
            (Statement: statement, Before: before, Max: max),
            cancellationToken
        );
}
