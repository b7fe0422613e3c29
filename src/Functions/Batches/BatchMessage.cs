using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Quorum.Functions.Batches;

/// <summary>
/// What stands in queue <c>quote-batches</c>: UTF-8 JSON in Base64, <c>{"version": 1, "batchId": "…", "symbols": ["AAPL", …]}</c>. Without symbols it
/// starts a batch that is stored already; with them it may also bring a new one. Members that this version does not know are left alone.
/// </summary>
/// <remarks>The encoding is ours and not the host's (host.json says <c>none</c>): a message in a wrong one would otherwise go to the poison queue
/// unseen, and with no reason in the operator's table.</remarks>
/// <param name="Symbols"><see langword="null"/> when the message names none.</param>
internal sealed record BatchMessage(string BatchId, IReadOnlyList<string>? Symbols)
{
    private const int Version = 1, Depth = 4;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of a message that starts a stored batch.</summary>
    public static string Write(string batchId) => Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"version":{{Version}},"batchId":"{{batchId}}"}"""));

    /// <param name="text">As it stands in the queue.</param>
    /// <param name="fault">Why it is no message, as a sentence that repeats nothing of it.</param>
    public static bool TryRead(string text, [NotNullWhen(true)] out BatchMessage? message, [NotNullWhen(false)] out string? fault)
    {
        message = null;
        if (!TryDecode(text, out var json, out fault))
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

    /// <summary>The JSON in the text.</summary>
    public static bool TryDecode(string text, [NotNullWhen(true)] out string? json, [NotNullWhen(false)] out string? fault)
    {
        (json, fault) = (null, null);
        var bytes = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            if (!Convert.TryFromBase64String(text, bytes, out var length) || length == 0)
            {
                fault = text.Length == 0 ? "It is empty." : "It is not Base64.";
                return false;
            }

            json = Strict.GetString(bytes, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            fault = "It is Base64 of something that is not UTF-8.";
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static string? Read(JsonElement root, out BatchMessage? message)
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

        if (!root.TryGetProperty("batchId", out var id) || id.ValueKind is not JsonValueKind.String || !Batches.BatchId.IsValid(id.GetString()))
        {
            return $"It has no valid batchId. {Batches.BatchId.Rule}";
        }

        if (!root.TryGetProperty("symbols", out var symbols))
        {
            message = new BatchMessage(id.GetString()!, null); // It is valid.
            return null;
        }

        if (SymbolList.Read(symbols, out var list) is { } fault)
        {
            return $"Its symbols cannot be used. {fault.Rule}";
        }

        message = new BatchMessage(id.GetString()!, list); // As above.
        return null;
    }
}
