using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Quorum.DurableTask.PostgreSql.History;

/// <summary>Inputs, results and events within the JSON of history. Durable Task treats them as text; most are JSON and are embedded as
/// such.</summary>
internal static class Payloads
{
    private const int MaxDepth = 64;

    /// <summary>Writes a payload under <paramref name="name"/> if it is JSON, else as a string under <paramref name="textName"/>.</summary>
    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> textName, string? payload)
    {
        if (payload is null)
        {
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(payload.Length));
        var utf8 = rented.AsSpan(0, Encoding.UTF8.GetBytes(payload, rented));
        if (IsJson(utf8))
        {
            json.WritePropertyName(name);
            json.WriteRawValue(utf8, skipInputValidation: true);
        }
        else
        {
            json.WriteString(textName, payload);
        }

        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Reads a payload; <see langword="null"/> if there is none.</summary>
    public static string? Read(JsonElement e, ReadOnlySpan<byte> name, ReadOnlySpan<byte> textName) =>
        e.TryGetProperty(name, out var value) ? value.GetRawText()
        : e.TryGetProperty(textName, out var text) ? text.GetString()
        : null;

    private static bool IsJson(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            var any = false;
            while (reader.Read())
            {
                any = true;
            }

            return any;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
