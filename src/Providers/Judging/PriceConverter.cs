using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Reads the field that carries the price. Any other field that cannot be read is missing and costs itself only (the lenient
/// converters); a price that is neither a number nor one of the words for "nothing" (N2) means that the answer has another form than the
/// documented one (N5).</summary>
internal sealed class PriceConverter : JsonConverter<decimal?>
{
    public override decimal? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        ReadOnlySpan<byte> text = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        return reader.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.Number or JsonTokenType.String when NumberText.Parse(text) is { } price => price,
            JsonTokenType.String when IsMissing(text) => null,
            _ => throw new JsonException("The price is not a number."),
        };
    }

    public override void Write(Utf8JsonWriter writer, decimal? value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Answers are read, never written.");

    private static bool IsMissing(ReadOnlySpan<byte> text)
    {
        text = text[System.Text.Ascii.Trim(text)];
        if (text is [.., (byte)'%'])
        {
            text = text[..^1];
        }

        return text.IsEmpty
            || text.SequenceEqual("NA"u8)
            || text.SequenceEqual("N/A"u8)
            || text.SequenceEqual("n/a"u8)
            || text.SequenceEqual("N\\/A"u8)
            || text.SequenceEqual("None"u8)
            || text.SequenceEqual("null"u8)
            || text.SequenceEqual("-"u8)
            || text.SequenceEqual("--"u8)
            || text.SequenceEqual("NaN"u8)
            || text.SequenceEqual("nan"u8);
    }
}
