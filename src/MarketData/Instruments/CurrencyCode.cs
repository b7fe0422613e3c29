using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Quorum.MarketData;

/// <summary>An ISO 4217 code, such as <c>USD</c>. Minor units that vendors write as currencies (<c>GBX</c>, <c>GBp</c>, <c>ZAc</c>)
/// are quote units, not currencies: see <see cref="QuoteUnit"/>.</summary>
[JsonConverter(typeof(CurrencyCodeJsonConverter))]
public readonly record struct CurrencyCode
{
    private readonly string? _code;

    private CurrencyCode(string code) => _code = code;

    public static CurrencyCode Usd { get; } = new("USD");

    /// <exception cref="FormatException">The text is not three upper-case letters.</exception>
    public static CurrencyCode Parse(string text) =>
        TryParse(text, out var code) ? code : throw new FormatException($"'{text}' is not an ISO 4217 code: three upper-case letters.");

    /// <summary>Case counts: <c>GBp</c> is pence, not pounds, and no currency code.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CurrencyCode code)
    {
        code = default;
        if (text is not { Length: 3 } || !text.All(char.IsAsciiLetterUpper))
        {
            return false;
        }

        code = new CurrencyCode(text);
        return true;
    }

    public override string ToString() => _code ?? "";

    public sealed class CurrencyCodeJsonConverter : JsonConverter<CurrencyCode>
    {
        public override CurrencyCode Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var code) ? code : throw new JsonException("A currency is three upper-case letters (ISO 4217).");

        public override void Write(Utf8JsonWriter writer, CurrencyCode value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
