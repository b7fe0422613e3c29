using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Quorum.MarketData;

/// <summary>Reads a number field that may hold a JSON number or a string (<see cref="NumberText"/>). What is neither is missing: it reads
/// as <see langword="null"/> and never throws, so that one odd field does not cost the whole answer. Hand-written, because the serializer
/// would throw.</summary>
public sealed class LenientDecimalConverter : JsonConverter<decimal?>
{
    public override decimal? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        NumberToken.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, decimal? value, JsonSerializerOptions options)
    {
        if (value is { } number)
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}

/// <summary>As <see cref="LenientDecimalConverter"/>, for whole numbers: a fraction is cut off, and what does not fit in 64 bits is
/// missing.</summary>
public sealed class LenientInt64Converter : JsonConverter<long?>
{
    public override long? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        NumberText.ToWhole(NumberToken.Read(ref reader));

    public override void Write(Utf8JsonWriter writer, long? value, JsonSerializerOptions options)
    {
        if (value is { } number)
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}

/// <summary>A number in the place where the reader stands, whatever the token.</summary>
internal static class NumberToken
{
    /// <summary>No number that fits in a decimal needs more, with generous padding; a longer text is missing.</summary>
    private const int MaxLength = 256;

    public static decimal? Read(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                return NumberText.Parse(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
            case JsonTokenType.String when !reader.HasValueSequence && !reader.ValueIsEscaped:
                return NumberText.Parse(reader.ValueSpan);
            case JsonTokenType.String:
                return ReadCopied(ref reader);
            default:
                reader.TrySkip(); // an object or array is wholly buffered before a converter is called
                return null;
        }
    }

    private static decimal? ReadCopied(ref Utf8JsonReader reader)
    {
        var length = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (length > MaxLength)
        {
            return null;
        }

        Span<byte> buffer = stackalloc byte[MaxLength];
        try
        {
            return NumberText.Parse(buffer[..reader.CopyString(buffer)]);
        }
        catch (InvalidOperationException)
        {
            return null; // escapes that are no Unicode text
        }
    }
}
