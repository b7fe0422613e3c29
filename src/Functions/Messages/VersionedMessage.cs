using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Quorum.Functions.Messages;

/// <summary>Reads what stands in the app's queues: UTF-8 JSON in Base64, an object whose <c>version</c> is a whole number. Members that a
/// version does not know are left alone.</summary>
/// <remarks>The encoding is ours and not the host's (host.json says <c>none</c>): a message in a wrong one would otherwise go to the poison
/// queue unseen, and with no reason in the operator's table.</remarks>
internal static class VersionedMessage
{
    private const int Depth = 4;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the members of one version.</summary>
    /// <returns>
    /// The rule that the message breaks, as a sentence that repeats nothing of it; <see langword="null"/> for a valid one.
    /// </returns>
    public delegate string? Reader<T>(JsonElement root, out T? message)
        where T : class;

    /// <param name="text">The text in the queue.</param>
    /// <param name="version">The only known version.</param>
    /// <param name="fault">The rule that the message breaks, as a sentence that repeats nothing of it.</param>
    public static bool TryRead<T>(
        string text,
        int version,
        Reader<T> read,
        [NotNullWhen(true)] out T? message,
        [NotNullWhen(false)] out string? fault
    )
        where T : class
    {
        message = null;
        if (!TryDecode(text, out var json, out fault))
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Depth, AllowDuplicateProperties = false });
            fault = FaultOfVersion(document.RootElement, version) ?? read(document.RootElement, out message);
            return message is not null && fault is null;
        }
        catch (JsonException exception)
        {
            fault = $"It is not JSON, or not of this form: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.";
            return false;
        }
        catch (InvalidOperationException) // A member's name, unescaped to be compared with the others.
        {
            fault = "It has a name that is not Unicode text.";
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

    private static string? FaultOfVersion(JsonElement root, int version)
    {
        if (root.ValueKind is not JsonValueKind.Object)
        {
            return "It is not a JSON object.";
        }

        if (
            !root.TryGetProperty("version", out var given)
            || given.ValueKind is not JsonValueKind.Number
            || !given.TryGetInt32(out var number)
        )
        {
            return "It has no version: a whole number.";
        }

        return number == version ? null : $"Its version {number} is not known; version {version} is.";
    }
}
