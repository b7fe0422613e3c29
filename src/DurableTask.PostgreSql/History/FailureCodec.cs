using System.Buffers;
using System.Text;
using System.Text.Json;
using DurableTask.Core;

namespace Quorum.DurableTask.PostgreSql.History;

/// <summary>Failure details as JSON.</summary>
/// <remarks>Stored in every task hub: members may be added, never renamed.</remarks>
internal static class FailureCodec
{
    public static void Write(Utf8JsonWriter json, FailureDetails failure)
    {
        json.WriteStartObject();
        json.WriteString("errorType"u8, failure.ErrorType);
        json.WriteString("errorMessage"u8, failure.ErrorMessage);
        if (failure.StackTrace is { } stackTrace)
        {
            json.WriteString("stackTrace"u8, stackTrace);
        }

        if (failure.IsNonRetriable)
        {
            json.WriteBoolean("isNonRetriable"u8, true);
        }

        if (failure.InnerFailure is { } inner)
        {
            json.WritePropertyName("innerFailure"u8);
            Write(json, inner);
        }

        if (failure.Properties is { Count: > 0 } properties)
        {
            json.WritePropertyName("properties"u8);
            JsonSerializer.Serialize(json, properties);
        }

        json.WriteEndObject();
    }

    public static byte[] Write(FailureDetails failure)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, failure);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static FailureDetails Read(string json)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
        return Read(document.RootElement);
    }

    public static FailureDetails Read(JsonElement failure) =>
        new(
            failure.GetProperty("errorType"u8).GetString() ?? "",
            failure.GetProperty("errorMessage"u8).GetString() ?? "",
            failure.TryGetProperty("stackTrace"u8, out var stackTrace) ? stackTrace.GetString() : null,
            failure.TryGetProperty("innerFailure"u8, out var inner) ? Read(inner) : null,
            failure.TryGetProperty("isNonRetriable"u8, out var isNonRetriable) && isNonRetriable.GetBoolean(),
            failure.TryGetProperty("properties"u8, out var properties) ? ReadProperties(properties) : null
        );

    private static Dictionary<string, object?> ReadProperties(JsonElement properties)
    {
        var read = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var property in properties.EnumerateObject())
        {
            read[property.Name] = ReadValue(property.Value);
        }

        return read;
    }

    private static object? ReadValue(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.TryGetInt64(out var whole) ? whole : value.GetDouble(),
            JsonValueKind.Array => value.EnumerateArray().Select(ReadValue).ToList(),
            _ => ReadProperties(value),
        };
}
