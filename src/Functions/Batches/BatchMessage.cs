using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Quorum.Functions.Http;
using Quorum.Functions.Messages;

namespace Quorum.Functions.Batches;

/// <summary>
/// A message of queue <c>quote-batches</c>: <c>{"version": 1, "batchId": "…", "symbols": ["AAPL", …]}</c> as a
/// <see cref="VersionedMessage"/>. Without symbols it starts a stored batch; with them it may also contain a new one.
/// </summary>
/// <param name="Symbols">The symbols; <see langword="null"/> when the message has none.</param>
internal sealed record BatchMessage(string BatchId, IReadOnlyList<string>? Symbols)
{
    private const int Version = 1;

    /// <summary>The text of a message that starts a stored batch.</summary>
    public static string Write(string batchId) =>
        Convert.ToBase64String(
            JsonSerializer.SerializeToUtf8Bytes(new BatchMessageBody(Version, batchId), QueueJson.Default.BatchMessageBody)
        );

    /// <param name="text">The text in the queue.</param>
    /// <param name="fault">The rule that the message breaks, as a sentence that repeats nothing of it.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out BatchMessage? message, [NotNullWhen(false)] out string? fault) =>
        VersionedMessage.TryRead(text, Version, Read, out message, out fault);

    private static string? Read(JsonElement root, out BatchMessage? message)
    {
        message = null;
        if (!root.TryGetProperty("batchId", out var given) || given.TextOf() is not { } id || !Batches.BatchId.IsValid(id))
        {
            return $"batchId {Batches.BatchId.Rule}.";
        }

        IReadOnlyList<string>? list = null;
        if (root.TryGetProperty("symbols", out var symbols) && SymbolList.Read(symbols, out list) is { } fault)
        {
            return fault.Place is { } place ? $"symbols[{place}] {fault.Rule}." : $"symbols {fault.Rule}.";
        }

        message = new BatchMessage(id, list);
        return null;
    }
}

/// <summary>A <see cref="BatchMessage"/> that starts a stored batch, as it is written.</summary>
internal sealed record BatchMessageBody(int Version, string BatchId);
