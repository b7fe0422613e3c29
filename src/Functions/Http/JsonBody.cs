using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Azure.Functions.Worker.Http;

namespace Quorum.Functions.Http;

/// <summary>A request's body, read within bounds.</summary>
internal static class JsonBody
{
    private const int Depth = 8;

    /// <summary>Whether the body's <c>Content-Type</c> is JSON, or a kind of it.</summary>
    public static bool IsSaidToBeJson(HttpRequestData request) =>
        request.Headers.TryGetValues("Content-Type", out var values)
        && MediaTypeHeaderValue.TryParse(string.Join(',', values), out var type)
        && (string.Equals(type.MediaType, "application/json", StringComparison.OrdinalIgnoreCase)
            || type.MediaType?.EndsWith("+json", StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>The body; <see langword="null"/> when it is longer than <paramref name="mostBytes"/>. What is beyond them is not read.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequestData request, int mostBytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[mostBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > mostBytes ? (ReadOnlyMemory<byte>?)null : buffer.AsMemory(0, length); // without the cast null would become an empty memory
    }

    /// <summary>The body as a JSON object, strictly: no comments, no trailing commas, no member twice. <see langword="null"/> when it is none, and
    /// <paramref name="parameters"/> then know it.</summary>
    public static JsonElement? ParseObject(ReadOnlyMemory<byte> body, QueryParameters parameters)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = Depth, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind is JsonValueKind.Object)
            {
                return document.RootElement.Clone();
            }

            parameters.Refuse("body", null, "It is a JSON object.");
        }
        catch (JsonException exception)
        {
            parameters.Refuse("body", null, $"It is JSON; line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1} is not.");
        }
        catch (InvalidOperationException) // A member's name, unescaped to be compared with the others.
        {
            parameters.Refuse("body", null, "Its names are Unicode text; one has half a surrogate pair.");
        }

        return null;
    }
}
