using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Quorum.Functions.Http;
using Quorum.Functions.Messages;
using Quorum.MarketData;

namespace Quorum.Functions.Prefetch;

/// <summary>
/// A message of queue <c>quote-prefetch</c>: <c>{"version": 1, "plannedAt": "…", "expiresAt": "…", "symbols": ["AAPL", …]}</c> as a
/// <see cref="VersionedMessage"/>.
/// </summary>
/// <param name="PlannedAt">UTC. A symbol with a newer quote is not refreshed.</param>
/// <param name="ExpiresAt">
/// UTC. After it a refresh is useless: callers have requested the quote themselves, and the symbol may be planned again.
/// </param>
/// <param name="Symbols">Canonical, each once.</param>
internal sealed record PrefetchMessage(DateTimeOffset PlannedAt, DateTimeOffset ExpiresAt, IReadOnlyList<Symbol> Symbols)
{
    public const string Queue = "quote-prefetch";

    private const int Version = 1,
        MaxSymbols = 100;

    /// <summary>Returns the message's text for the queue.</summary>
    public string Write() =>
        Convert.ToBase64String(
            JsonSerializer.SerializeToUtf8Bytes(
                new PrefetchMessageBody(Version, PlannedAt, ExpiresAt, Symbols),
                QueueJson.Default.PrefetchMessageBody
            )
        );

    /// <param name="text">The text in the queue.</param>
    /// <param name="fault">The rule that the message breaks, as a sentence that repeats nothing of it.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out PrefetchMessage? message, [NotNullWhen(false)] out string? fault) =>
        VersionedMessage.TryRead(text, Version, Read, out message, out fault);

    private static string? Read(JsonElement root, out PrefetchMessage? message)
    {
        message = null;
        if (ReadTime(root, "plannedAt") is not { } plannedAt || ReadTime(root, "expiresAt") is not { } expiresAt)
        {
            return "It lacks plannedAt or expiresAt: a time in ISO 8601.";
        }

        if (
            !root.TryGetProperty("symbols", out var symbols)
            || symbols.ValueKind is not JsonValueKind.Array
            || symbols.GetArrayLength() is 0 or > MaxSymbols
        )
        {
            return $"It has no symbols: an array of 1 to {MaxSymbols}.";
        }

        var parsed = new HashSet<Symbol>();
        foreach (var element in symbols.EnumerateArray())
        {
            if (!Symbol.TryParse(element.TextOf(), out var symbol))
            {
                return $"Item {parsed.Count} of its symbols is none.";
            }

            parsed.Add(symbol);
        }

        message = new PrefetchMessage(plannedAt, expiresAt, [.. parsed]);
        return null;
    }

    private static DateTimeOffset? ReadTime(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.TryGetDateTimeOffset(out var moment)
            ? moment
            : null;
}

/// <summary>A <see cref="PrefetchMessage"/> as it is written.</summary>
internal sealed record PrefetchMessageBody(
    int Version,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset PlannedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset ExpiresAt,
    IReadOnlyList<Symbol> Symbols
);
