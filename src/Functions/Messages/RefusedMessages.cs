using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Quorum.Storage;

namespace Quorum.Functions.Messages;

/// <summary>Records messages of which nothing can be made in <c>quorum.dead_letters</c>, so that an operator finds each with its
/// reason.</summary>
public sealed partial class RefusedMessages(DeadLetters letters, SecretMask mask, TimeProvider time, ILogger<RefusedMessages> logger)
{
    private const int MaxBodyLength = 2000;

    /// <summary>
    /// Records one delivery of the message. If PostgreSQL is unavailable, this is logged and the message still goes to the poison queue.
    /// </summary>
    /// <param name="text">The message as it is in the queue.</param>
    /// <param name="reason">A sentence that repeats nothing of the message.</param>
    /// <returns>The exception for the function to throw, so that the delivery counts as failed.</returns>
    internal async Task<Exception> RecordAsync(
        string queue,
        string text,
        string reason,
        FunctionContext context,
        CancellationToken cancellationToken
    )
    {
        var messageId = MessageId(context, text);
        try
        {
            var plain = VersionedMessage.TryDecode(text, out var json, out _) ? json : text;
            var masked = mask.Apply(plain);
            var kept =
                masked == plain && (json is not null || !IsBase64(text)) && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
            await letters.RecordAsync(
                new DeadLetter(queue, messageId, reason, Readable(masked), time.GetUtcNow(), kept),
                cancellationToken
            );
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotRecorded(exception, messageId, queue, reason);
        }

        return new RefusedMessageException($"Message {messageId} of queue {queue} cannot be used. {reason}");
    }

    /// <summary>The id in the queue; a hash of the message where the host gives none.</summary>
    private static string MessageId(FunctionContext context, string text) =>
        context.BindingContext.BindingData.TryGetValue("Id", out var id) && id?.ToString()?.Trim('"') is { Length: > 0 } known
            ? known
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>True for the Base64 of something that could not be read, and may hold a key.</summary>
    private static bool IsBase64(string text) => Convert.TryFromBase64String(text, new byte[text.Length], out var length) && length > 0;

    /// <summary>Shortened only after masking: half a key is one too.</summary>
    private static string Readable(string masked)
    {
        var readable = new StringBuilder(Math.Min(masked.Length, MaxBodyLength) + 1);
        foreach (var rune in masked.EnumerateRunes())
        {
            if (readable.Length >= MaxBodyLength)
            {
                return readable.Append('…').ToString();
            }

            readable.Append(Rune.IsControl(rune) && rune.Value is not ('\n' or '\t') ? Rune.ReplacementChar : rune);
        }

        return readable.ToString();
    }

    [LoggerMessage(
        EventId = 1202,
        Level = LogLevel.Error,
        Message = "Message {MessageId} of queue {Queue} cannot be used and could not be recorded. {Reason}"
    )]
    private partial void LogNotRecorded(Exception exception, string messageId, string queue, string reason);
}

/// <summary>Nothing can be made of a message, however often it is delivered.</summary>
public sealed class RefusedMessageException(string message) : Exception(message);
