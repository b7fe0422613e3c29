using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Quorum.MarketData;

/// <summary>An ISO 4217 code, such as <c>USD</c>. Minor units that vendors write as currencies (<c>GBX</c>, <c>GBp</c>, <c>ZAc</c>)
/// are quote units, not currencies: see <see cref="QuoteUnit"/>.</summary>
[JsonConverter(typeof(CurrencyCodeJsonConverter))]
public readonly record struct CurrencyCode
{
    /// <summary>The active national and regional currencies of ISO 4217 (list one), without funds, metals, test codes and <c>XXX</c>:
    /// https://www.six-group.com/en/products-services/financial-information/data-standards.html</summary>
    private static readonly FrozenSet<string> Active = (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP "
        + "DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD "
        + "KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR "
        + "RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND "
        + "VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
    )
        .Split(' ')
        .ToFrozenSet(StringComparer.Ordinal);

    private readonly string? _code;

    private CurrencyCode(string code) => _code = code;

    public static CurrencyCode Usd { get; } = new("USD");

    /// <summary>Every active code, in alphabetical order.</summary>
    public static IReadOnlyList<CurrencyCode> All { get; } =
    [.. Active.Order(StringComparer.Ordinal).Select(code => new CurrencyCode(code))];

    /// <exception cref="FormatException">The text is no active ISO 4217 code in upper case.</exception>
    public static CurrencyCode Parse(string text) =>
        TryParse(text, out var code)
            ? code
            : throw new FormatException($"'{text}' is not a currency; it must be an active ISO 4217 code in upper case, such as USD.");

    /// <summary>Reads an active ISO 4217 code. Case counts: <c>GBp</c> is pence, not pounds, and no currency code.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CurrencyCode code)
    {
        code = default;
        if (text is not { Length: 3 } || !Active.Contains(text))
        {
            return false;
        }

        code = new CurrencyCode(text);
        return true;
    }

    public override string ToString() => _code ?? "";

    /// <summary>The code as a string. Hand-written, because the serializer has no form for a value that is one text.</summary>
    public sealed class CurrencyCodeJsonConverter : JsonConverter<CurrencyCode>
    {
        public override CurrencyCode Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var code)
                ? code
                : throw new JsonException("A currency must be an active ISO 4217 code in upper case.");

        public override void Write(Utf8JsonWriter writer, CurrencyCode value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
