using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Quorum.MarketData;

/// <summary>A venue's market identifier code, ISO 10383: four upper-case letters or digits, such as <c>XNAS</c>.</summary>
[JsonConverter(typeof(MicJsonConverter))]
public readonly record struct Mic
{
    private readonly string? _code;

    private Mic(string code) => _code = code;

    /// <exception cref="FormatException">The text is not four letters or digits.</exception>
    public static Mic Parse(string text) =>
        TryParse(text, out var mic) ? mic : throw new FormatException($"'{text}' is not an ISO 10383 code: four letters or digits.");

    /// <summary>Accepts any case; the value is upper case.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Mic mic)
    {
        mic = default;
        if (text is not { Length: 4 } || !text.All(char.IsAsciiLetterOrDigit))
        {
            return false;
        }

        mic = new Mic(text.ToUpperInvariant());
        return true;
    }

    public override string ToString() => _code ?? "";

    /// <summary>The code as a string. Hand-written, because the serializer has no form for a value that is one text.</summary>
    public sealed class MicJsonConverter : JsonConverter<Mic>
    {
        public override Mic Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var mic) ? mic : throw new JsonException("A venue is four letters or digits (ISO 10383).");

        public override void Write(Utf8JsonWriter writer, Mic value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
