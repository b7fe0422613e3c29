using System.Text.Json;

namespace Quorum.Providers;

/// <summary>Looks at JSON whose form is not known beforehand: error envelopes, and what the top level holds.</summary>
internal static class JsonText
{
    /// <summary>Whether the text is one whole JSON object.</summary>
    public static bool IsObject(ReadOnlySpan<byte> json)
    {
        using var document = Parse(json);
        return document is { RootElement.ValueKind: JsonValueKind.Object };
    }

    /// <summary>Whether the text is a JSON object with one of the properties.</summary>
    public static bool HasAny(ReadOnlySpan<byte> json, params ReadOnlySpan<string> names)
    {
        using var document = Parse(json);
        if (document is not { RootElement: { ValueKind: JsonValueKind.Object } root })
            return false;

        foreach (var name in names)
        {
            if (root.TryGetProperty(name, out _))
                return true;
        }

        return false;
    }

    /// <summary>The whole number in a property of a JSON object, written as a number or as a string; <see langword="null"/> without it.</summary>
    public static int? Integer(ReadOnlySpan<byte> json, string name)
    {
        using var document = Parse(json);
        if (document is not { RootElement: { ValueKind: JsonValueKind.Object } root } || !root.TryGetProperty(name, out var value))
            return null;

        return value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetInt32(out var number) => number,
            JsonValueKind.String when int.TryParse(value.GetString(), out var number) => number,
            _ => null,
        };
    }

    /// <summary>The first character that is not white space; 0 in an empty text.</summary>
    public static byte FirstCharacter(ReadOnlySpan<byte> text)
    {
        var trimmed = text.TrimStart(" \t\r\n"u8);
        return trimmed.IsEmpty ? (byte)0 : trimmed[0];
    }

    private static JsonDocument? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            var document = JsonDocument.ParseValue(ref reader);
            if (!reader.Read())
                return document;

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
