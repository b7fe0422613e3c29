using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Quorum.Storage;

/// <summary>Records the messages that nothing could be made of, for an operator: table <c>quorum.dead_letters</c>. One commit for all that come at the
/// same time.</summary>
public sealed class DeadLetters : IAsyncDisposable
{
    private static readonly string Statement = EmbeddedText.Read(".Batches.record_dead_letters.sql");

    private readonly QuorumDatabase _database;
    private readonly GroupedRoundTrip<DeadLetter, object> _record;

    public DeadLetters(QuorumDatabase database, IOptions<StorageOptions> options)
    {
        _database = database;
        _record = new GroupedRoundTrip<DeadLetter, object>(RecordAsync, options.Value.LargestGroup, options.Value.WaitingItems);
    }

    /// <summary>Counts one more delivery of the message. Its first delivery makes the row, the last one gives the reason.</summary>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer, or refuses.</exception>
    public Task RecordAsync(DeadLetter letter, CancellationToken cancellationToken) => _record.AskAsync(letter, cancellationToken);

    public ValueTask DisposeAsync() => _record.DisposeAsync();

    private async Task RecordAsync(IReadOnlyList<GroupedRoundTrip<DeadLetter, object>.Asked> group, CancellationToken cancellationToken)
    {
        var letters = group.Select(asked => asked.Question)
            .DistinctBy(letter => (letter.Queue, letter.MessageId))
            .OrderBy(letter => letter.Queue, StringComparer.Ordinal).ThenBy(letter => letter.MessageId, StringComparer.Ordinal)
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
                new NpgsqlParameter<DateTime[]>
                {
                    TypedValue = Array.ConvertAll(letters, letter => letter.SeenAt.UtcDateTime), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
                },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
        foreach (var asked in group)
        {
            asked.Answer = group;
        }
    }

    private static NpgsqlParameter<string[]> Texts(string[] values) => new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}

/// <param name="Queue">Where it was received.</param>
/// <param name="MessageId">Its id in the queue.</param>
/// <param name="Reason">Why nothing can be made of it, as a sentence.</param>
/// <param name="Body">What it holds, fit to be read: shortened, no control characters, nothing secret.</param>
/// <param name="SeenAt">When it was received this time, UTC.</param>
public sealed record DeadLetter(string Queue, string MessageId, string Reason, string Body, DateTimeOffset SeenAt);
