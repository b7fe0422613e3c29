using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Azure.Functions.Worker.Http;

namespace Quorum.Functions.Http;

/// <summary>Reads a request's JSON body up to a maximum size.</summary>
internal static class JsonBody
{
    private const int Depth = 8,
        MaxEchoLength = 64;

    /// <summary>True if the body's <c>Content-Type</c> is JSON, or a kind of it.</summary>
    public static bool IsSaidToBeJson(HttpRequestData request) =>
        request.Headers.TryGetValues("Content-Type", out var values)
        && MediaTypeHeaderValue.TryParse(string.Join(',', values), out var type)
        && (
            string.Equals(type.MediaType, "application/json", StringComparison.OrdinalIgnoreCase)
            || type.MediaType?.EndsWith("+json", StringComparison.OrdinalIgnoreCase) == true
        );

    /// <summary>The body; <see langword="null"/> when it is longer than <paramref name="maxBytes"/>. What is beyond them is not
    /// read.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequestData request, int maxBytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[maxBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > maxBytes ? (ReadOnlyMemory<byte>?)null : buffer.AsMemory(0, length); // without the cast null would become an empty memory
    }

    /// <summary>The body as a JSON object in UTF-8, with a byte order mark or without, strictly: no comments, no trailing commas, no member
    /// twice. <see langword="null"/> when it is none; <paramref name="parameters"/> then has the fault.</summary>
    public static JsonElement? ParseObject(ReadOnlyMemory<byte> body, QueryParameters parameters)
    {
        body = body.Span.StartsWith(Encoding.UTF8.Preamble) ? body[Encoding.UTF8.Preamble.Length..] : body;
        if (!Utf8.IsValid(body.Span))
        {
            parameters.Refuse("body", null, $"must be JSON in UTF-8; byte {FirstInvalidByte(body.Span) + 1} is not UTF-8");
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = Depth });
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
            {
                parameters.Refuse("body", null, "must be a JSON object");
            }
            else if (FindRepeatedMember(document.RootElement) is { } repeated)
            {
                parameters.Refuse(
                    repeated.Length <= MaxEchoLength ? repeated : string.Concat(repeated.AsSpan(0, MaxEchoLength), "…"),
                    null,
                    "must be given once"
                );
            }
            else
            {
                return document.RootElement.Clone();
            }
        }
        catch (JsonException exception)
        {
            parameters.Refuse(
                "body",
                null,
                $"must be JSON; it is not at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}"
            );
        }
        catch (InvalidOperationException) // A member's name, unescaped.
        {
            parameters.Refuse("body", null, "must have names of Unicode text; one has half a surrogate pair");
        }

        return null;
    }

    /// <exception cref="InvalidOperationException">A name is not Unicode text.</exception>
    private static string? FindRepeatedMember(JsonElement element)
    {
        if (element.ValueKind is JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                if (FindRepeatedMember(item) is { } below)
                {
                    return below;
                }
            }
        }
        else if (element.ValueKind is JsonValueKind.Object)
        {
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var member in element.EnumerateObject())
            {
                if (!names.Add(member.Name))
                {
                    return member.Name;
                }

                if (FindRepeatedMember(member.Value) is { } below)
                {
                    return below;
                }
            }
        }

        return null;
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> text)
    {
        var place = 0;
        while (place < text.Length && Rune.DecodeFromUtf8(text[place..], out _, out var length) is System.Buffers.OperationStatus.Done)
        {
            place += length;
        }

        return place;
    }
}
