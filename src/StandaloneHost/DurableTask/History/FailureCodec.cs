using System.Buffers;
using System.Text.Json;
using Microsoft.DurableTask;

namespace Quorum.StandaloneHost.DurableTask.History;

/// <summary>Failure details as JSON. Properties of an exception are not kept: they may hold anything.</summary>
internal static class FailureCodec
{
    public static void Write(Utf8JsonWriter json, TaskFailureDetails failure)
    {
        json.WriteStartObject();
        json.WriteString("errorType"u8, failure.ErrorType);
        json.WriteString("errorMessage"u8, failure.ErrorMessage);
        if (failure.StackTrace is { } stackTrace)
        {
            json.WriteString("stackTrace"u8, stackTrace);
        }

        if (failure.InnerFailure is { } inner)
        {
            json.WritePropertyName("innerFailure"u8);
            Write(json, inner);
        }

        json.WriteEndObject();
    }

    public static byte[] Write(TaskFailureDetails failure)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, failure);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public static TaskFailureDetails Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        return Read(document.RootElement);
    }

    public static TaskFailureDetails Read(JsonElement failure) => new(
        failure.GetProperty("errorType"u8).GetString() ?? "",
        failure.GetProperty("errorMessage"u8).GetString() ?? "",
        failure.TryGetProperty("stackTrace"u8, out var stackTrace) ? stackTrace.GetString() : null,
        failure.TryGetProperty("innerFailure"u8, out var inner) ? Read(inner) : null,
        null);
}
