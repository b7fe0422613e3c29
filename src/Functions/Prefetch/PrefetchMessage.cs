using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Quorum.Functions.Batches;
using Quorum.MarketData;

namespace Quorum.Functions.Prefetch;

/// <summary>What stands in queue <c>quote-prefetch</c>: UTF-8 JSON in Base64, <c>{"version": 1, "plannedAt": "…", "expiresAt": "…", "symbols": ["AAPL", …]}</c>.
/// Members that this version does not know are left alone.</summary>
/// <param name="PlannedAt">UTC. What has a newer quote is not refreshed.</param>
/// <param name="ExpiresAt">UTC. From then on refreshing is pointless: whoever wanted the quote has asked for it, and the symbol may be planned anew.</param>
/// <param name="Symbols">Canonical, each once.</param>
internal sealed record PrefetchMessage(DateTimeOffset PlannedAt, DateTimeOffset ExpiresAt, IReadOnlyList<Symbol> Symbols)
{
    public const string Queue = "quote-prefetch";

    private const int Version = 1, Depth = 4, MostSymbols = 100;

    /// <summary>As it stands in the queue.</summary>
    public string Write()
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            writer.WriteString("plannedAt", PlannedAt.UtcDateTime);
            writer.WriteString("expiresAt", ExpiresAt.UtcDateTime);
            writer.WriteStartArray("symbols");
            foreach (var symbol in Symbols)
            {
                writer.WriteStringValue(symbol.ToString());
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Convert.ToBase64String(json.GetBuffer().AsSpan(0, (int)json.Length));
    }

    /// <param name="text">As it stands in the queue.</param>
    /// <param name="fault">Why it is no message, as a sentence that repeats nothing of it.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out PrefetchMessage? message, [NotNullWhen(false)] out string? fault)
    {
        message = null;
        if (!BatchMessage.TryDecode(text, out var json, out fault))
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Depth, AllowDuplicateProperties = false });
            fault = Read(document.RootElement, out message);
            return message is not null && fault is null;
        }
        catch (JsonException exception)
        {
            fault = $"It is not JSON, or not of this form: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.";
            return false;
        }
    }

    private static string? Read(JsonElement root, out PrefetchMessage? message)
    {
        message = null;
        if (root.ValueKind is not JsonValueKind.Object)
        {
            return "It is not a JSON object.";
        }

        if (!root.TryGetProperty("version", out var version) || version.ValueKind is not JsonValueKind.Number || !version.TryGetInt32(out var number))
        {
            return "It has no version: a whole number.";
        }

        if (number != Version)
        {
            return $"Its version {number} is not known; version {Version} is.";
        }

        if (ReadTime(root, "plannedAt") is not { } plannedAt || ReadTime(root, "expiresAt") is not { } expiresAt)
        {
            return "It lacks plannedAt or expiresAt: a time in ISO 8601.";
        }

        if (!root.TryGetProperty("symbols", out var symbols) || symbols.ValueKind is not JsonValueKind.Array
            || symbols.GetArrayLength() is 0 or > MostSymbols)
        {
            return $"It has no symbols: an array of 1 to {MostSymbols}.";
        }

        var parsed = new HashSet<Symbol>();
        foreach (var element in symbols.EnumerateArray())
        {
            if (element.ValueKind is not JsonValueKind.String || !Symbol.TryParse(TextOf(element), out var symbol))
            {
                return $"Item {parsed.Count} of its symbols is none.";
            }

            parsed.Add(symbol);
        }

        message = new PrefetchMessage(plannedAt, expiresAt, [.. parsed]);
        return null;
    }

    private static DateTimeOffset? ReadTime(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.TryGetDateTimeOffset(out var moment) ? moment : null;

    private static string? TextOf(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException) // Half a surrogate pair.
        {
            return null;
        }
    }
}
