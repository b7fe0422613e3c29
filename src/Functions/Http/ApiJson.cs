using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Quorum.Functions.Http;

/// <summary>Writes JSON for people as well as programs: <c>McDonald's</c> and <c>Johnson &amp; Johnson</c> as they are. What is escaped
/// otherwise for the sake of HTML need not be: answers are JSON by their type, and no page holds them.</summary>
internal static class ApiJson
{
    private const int UsualLength = 8 * 1024;

    /// <summary>One for each thread, used again: serializing never waits.</summary>
    [ThreadStatic]
    private static Writer? _writer;

    private static readonly JsonWriterOptions Options = new() { Encoder = Encoder, SkipValidation = true }; // the contracts write valid JSON

    /// <summary>Escapes what JSON demands, and nothing else.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static ReadOnlyMemory<byte> Write<T>(T value, JsonTypeInfo<T> contract)
    {
        var (utf8, json) = _writer ??= NewWriter();
        try
        {
            JsonSerializer.Serialize(json, value, contract);
            json.Flush();
            return utf8.WrittenSpan.ToArray();
        }
        finally
        {
            utf8.ResetWrittenCount();
            json.Reset();
        }
    }

    private static Writer NewWriter()
    {
        var utf8 = new ArrayBufferWriter<byte>(UsualLength);
        return new Writer(utf8, new Utf8JsonWriter(utf8, Options));
    }

    private sealed record Writer(ArrayBufferWriter<byte> Utf8, Utf8JsonWriter Json);
}
