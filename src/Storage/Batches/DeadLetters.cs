using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Quorum.Storage;

/// <summary>
/// Records rejected messages (table <c>quorum.dead_letters</c>) for an operator, who may requeue them. One commit for concurrent callers.
/// </summary>
public sealed class DeadLetters : IAsyncDisposable
{
    /// <summary>The maximum number of dead letters in a page.</summary>
    public const int MaxPageSize = 500;

    private const string Columns = "queue, message_id, reason, body, message, deliveries, first_seen_at, last_seen_at, requeued_at";

    private const string SelectPage = $"""
        select {Columns} from quorum.dead_letters
         where $1::timestamptz is null or (first_seen_at, queue, message_id) < ($1, $2, $3)
         order by first_seen_at desc, queue desc, message_id desc
         limit $4
        """;

    private const string SelectOne = $"select {Columns} from quorum.dead_letters where queue = $1 and message_id = $2";

    // Of several concurrent claims, one succeeds; it also recognizes itself when it is repeated after a lost answer.
    private const string Claim = """
        update quorum.dead_letters set requeued_at = $3
         where queue = $1 and message_id = $2 and message is not null and (requeued_at is not distinct from $4 or requeued_at = $3)
        """;

    private static readonly string Statement = EmbeddedText.Read(".Batches.record_dead_letters.sql");

    private readonly QuorumDatabase _database;
    private readonly GroupedRoundTrip<DeadLetter, object> _record;

    public DeadLetters(QuorumDatabase database, IOptions<StorageOptions> options)
    {
        _database = database;
        _record = new GroupedRoundTrip<DeadLetter, object>(RecordAsync, options.Value.LargestGroup, options.Value.WaitingItems);
    }

    /// <summary>Counts one more delivery of the message. The first delivery creates the row, the last one determines the reason.</summary>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer, or rejects the statement.</exception>
    public Task RecordAsync(DeadLetter letter, CancellationToken cancellationToken) => _record.AskAsync(letter, cancellationToken);

    /// <summary>Returns dead letters, newest first.</summary>
    /// <param name="after">The end of the previous page; <see langword="null"/> for the first.</param>
    /// <param name="limit">At least 1.</param>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer.</exception>
    public Task<IReadOnlyList<StoredDeadLetter>> ListAsync(DeadLetterCursor? after, int limit, CancellationToken cancellationToken)
    {
        return RoundTrip.RunAsync(LoadAsync, (After: after, Limit: limit), cancellationToken);

        async Task<IReadOnlyList<StoredDeadLetter>> LoadAsync((DeadLetterCursor? After, int Limit) wanted, CancellationToken cancellation)
        {
            await using var connection = await _database.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand(SelectPage, connection)
            {
                Parameters =
                {
                    Time(wanted.After?.FirstSeenAt),
                    new NpgsqlParameter<string> { TypedValue = wanted.After?.Id.Queue ?? "" },
                    new NpgsqlParameter<string> { TypedValue = wanted.After?.Id.MessageId ?? "" },
                    new NpgsqlParameter<int> { TypedValue = wanted.Limit },
                },
            };
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var letters = new List<StoredDeadLetter>();
            while (await reader.ReadAsync(cancellation))
            {
                letters.Add(Read(reader));
            }

            return letters;
        }
    }

    /// <summary>Returns the dead letter of an id; <see langword="null"/> if it does not exist.</summary>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer.</exception>
    public Task<StoredDeadLetter?> FindAsync(DeadLetterId id, CancellationToken cancellationToken)
    {
        return RoundTrip.RunAsync(LoadAsync, id, cancellationToken);

        async Task<StoredDeadLetter?> LoadAsync(DeadLetterId wanted, CancellationToken cancellation)
        {
            await using var connection = await _database.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand(SelectOne, connection)
            {
                Parameters =
                {
                    new NpgsqlParameter<string> { TypedValue = wanted.Queue },
                    new NpgsqlParameter<string> { TypedValue = wanted.MessageId },
                },
            };
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            return await reader.ReadAsync(cancellation) ? Read(reader) : null;
        }
    }

    /// <summary>Records that the message is requeued.</summary>
    /// <param name="letter">The dead letter as it was read.</param>
    /// <param name="now">The time of the claim, UTC. A claim of the same letter and time is the same claim, and succeeds again.</param>
    /// <param name="cancellationToken">Ends the wait for PostgreSQL.</param>
    /// <returns>True if it was recorded; false if it was requeued since it was read, or its message is not kept.</returns>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer.</exception>
    public Task<bool> ClaimAsync(StoredDeadLetter letter, DateTimeOffset now, CancellationToken cancellationToken)
    {
        return RoundTrip.RunAsync(ClaimAsync, (Letter: letter, Now: now), cancellationToken);

        async Task<bool> ClaimAsync((StoredDeadLetter Letter, DateTimeOffset Now) wanted, CancellationToken cancellation)
        {
            await using var connection = await _database.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand(Claim, connection)
            {
                Parameters =
                {
                    new NpgsqlParameter<string> { TypedValue = wanted.Letter.Id.Queue },
                    new NpgsqlParameter<string> { TypedValue = wanted.Letter.Id.MessageId },
                    Time(wanted.Now),
                    Time(wanted.Letter.RequeuedAt),
                },
            };
            return await command.ExecuteNonQueryAsync(cancellation) == 1;
        }
    }

    public ValueTask DisposeAsync() => _record.DisposeAsync();

    private static StoredDeadLetter Read(NpgsqlDataReader reader) =>
        new()
        {
            Id = new DeadLetterId(reader.GetString(0), reader.GetString(1)),
            Reason = reader.GetString(2),
            Body = reader.GetString(3),
            Message = reader.IsDBNull(4) ? null : reader.GetString(4),
            Deliveries = reader.GetInt32(5),
            FirstSeenAt = reader.GetFieldValue<DateTimeOffset>(6),
            LastSeenAt = reader.GetFieldValue<DateTimeOffset>(7),
            RequeuedAt = reader.IsDBNull(8) ? null : reader.GetFieldValue<DateTimeOffset>(8),
        };

    private static NpgsqlParameter Time(DateTimeOffset? time) =>
        new() { Value = (object?)time?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private async Task RecordAsync(IReadOnlyList<GroupedRoundTrip<DeadLetter, object>.Asked> group, CancellationToken cancellationToken)
    {
        var letters = group
            .Select(asked => asked.Question)
            .DistinctBy(letter => (letter.Queue, letter.MessageId))
            .OrderBy(letter => letter.Queue, StringComparer.Ordinal)
            .ThenBy(letter => letter.MessageId, StringComparer.Ordinal)
            .ToArray();
        await using var connection = await _database.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Statement, connection)
        {
            Parameters =
            {
                Texts(Array.ConvertAll(letters, letter => letter.Queue)),
                Texts(Array.ConvertAll(letters, letter => letter.MessageId)),
                Texts(Array.ConvertAll(letters, letter => letter.Reason)),
                Texts(Array.ConvertAll(letters, letter => letter.Body)),
                Texts(Array.ConvertAll(letters, letter => letter.Message)),
                new NpgsqlParameter<DateTime[]>
                {
                    TypedValue = Array.ConvertAll(letters, letter => letter.SeenAt.UtcDateTime),
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
                },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
        foreach (var asked in group)
        {
            asked.Answer = group;
        }
    }

    private static NpgsqlParameter<string?[]> Texts(string?[] values) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}

/// <param name="Queue">The queue where it was received.</param>
/// <param name="MessageId">The message's id in the queue.</param>
/// <param name="Reason">The reason of the rejection, as a sentence.</param>
/// <param name="Body">The readable content: shortened, without control characters and secrets.</param>
/// <param name="SeenAt">The time of this delivery, UTC.</param>
/// <param name="Message">
/// The message as it is in the queue; <see langword="null"/> if it must not be kept, since it may hold a secret.
/// </param>
public sealed record DeadLetter(string Queue, string MessageId, string Reason, string Body, DateTimeOffset SeenAt, string? Message = null);

/// <summary>A recorded rejected message.</summary>
public sealed record StoredDeadLetter
{
    public required DeadLetterId Id { get; init; }

    /// <summary>The reason of the last delivery, as a sentence.</summary>
    public required string Reason { get; init; }

    /// <inheritdoc cref="DeadLetter.Body"/>
    public required string Body { get; init; }

    /// <inheritdoc cref="DeadLetter.Message"/>
    public string? Message { get; init; }

    public required int Deliveries { get; init; }

    /// <summary>The first delivery, UTC.</summary>
    public required DateTimeOffset FirstSeenAt { get; init; }

    /// <summary>The last delivery, UTC.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>The time of the last requeue, UTC; <see langword="null"/> for none.</summary>
    public DateTimeOffset? RequeuedAt { get; init; }
}
