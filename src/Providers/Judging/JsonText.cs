using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Looks at JSON whose form is not known beforehand: error envelopes, and what the top level holds.</summary>
internal static class JsonText
{
    /// <summary>Returns true if the text is one whole JSON object.</summary>
    public static bool IsObject(ReadOnlySpan<byte> json)
    {
        using var document = ParseObject(json);
        return document is not null;
    }

    /// <summary>Returns true if the text is a JSON object with one of the properties.</summary>
    public static bool HasAny(ReadOnlySpan<byte> json, params ReadOnlySpan<string> names)
    {
        using var document = ParseObject(json);
        foreach (var name in names)
        {
            if (document?.RootElement.TryGetProperty(name, out _) == true)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The whole number in a property of a JSON object, written as a number or as a string; <see langword="null"/> without
    /// it.</summary>
    public static int? Integer(ReadOnlySpan<byte> json, string name)
    {
        using var document = ParseObject(json);
        return
            document?.RootElement.TryGetProperty(name, out var value) == true
            && value.ValueKind is JsonValueKind.Number or JsonValueKind.String
            && NumberText.ParseWhole(JsonMarshal.GetRawUtf8Value(value).Trim((byte)'"'))
                is >= int.MinValue
                    and <= int.MaxValue
                    and var number
            ? (int)number
            : null;
    }

    /// <summary>The members of an object or the elements of an array, in their order: a bad one can then be read without the others'
    /// suffering.</summary>
    /// <exception cref="JsonException">The text is not one whole object or array.</exception>
    public static List<JsonPart> Parts(ReadOnlySpan<byte> json)
    {
        var parts = new List<JsonPart>();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            throw new JsonException("Neither an object nor an array.");
        }

        while (reader.Read() && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            string? name = null;
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                name = reader.GetString();
                reader.Read();
            }

            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            parts.Add(new JsonPart(name, start..(int)reader.BytesConsumed));
        }

        reader.Read(); // throws when more than white space follows
        return parts;
    }

    /// <summary>The first character that is not white space; 0 in an empty text.</summary>
    public static byte FirstCharacter(ReadOnlySpan<byte> text)
    {
        var trimmed = text.TrimStart(" \t\r\n"u8);
        return trimmed.IsEmpty ? (byte)0 : trimmed[0];
    }

    private static JsonDocument? ParseObject(ReadOnlySpan<byte> json)
    {
        if (FirstCharacter(json) != '{' || !Utf8.IsValid(json))
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            var document = JsonDocument.ParseValue(ref reader);
            if (!reader.Read())
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>A value inside of a JSON text.</summary>
/// <param name="Name">Its name in an object; <see langword="null"/> in an array.</param>
/// <param name="Place">Where it lies in the text, in bytes.</param>
internal readonly record struct JsonPart(string? Name, Range Place);
