using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Quorum.MarketData;

/// <summary>The source of a quote: one of the six market-data providers, by its name in the API, such as <c>alpha-vantage</c>.</summary>
[JsonConverter(typeof(ProviderIdJsonConverter))]
public readonly record struct ProviderId : IComparable<ProviderId>
{
    private readonly string? _name;

    private ProviderId(string name, string settingsName) => (_name, SettingsName) = (name, settingsName);

    public static ProviderId Finnhub { get; } = new("finnhub", "Finnhub");
    public static ProviderId AlphaVantage { get; } = new("alpha-vantage", "AlphaVantage");
    public static ProviderId TwelveData { get; } = new("twelve-data", "TwelveData");
    public static ProviderId Massive { get; } = new("massive", "Massive");
    public static ProviderId Alpaca { get; } = new("alpaca", "Alpaca");
    public static ProviderId Eodhd { get; } = new("eodhd", "Eodhd");

    /// <summary>All six, in the order in which answers list them.</summary>
    public static IReadOnlyList<ProviderId> All { get; } = [Finnhub, AlphaVantage, TwelveData, Massive, Alpaca, Eodhd];

    /// <summary>The name of its configuration section below <c>Providers</c>: <c>AlphaVantage</c>.</summary>
    public string SettingsName { get; } = "";

    public static bool TryParse([NotNullWhen(true)] string? text, out ProviderId provider)
    {
        foreach (var known in All)
        {
            if (string.Equals(known._name, text, StringComparison.OrdinalIgnoreCase))
            {
                provider = known;
                return true;
            }
        }

        provider = default;
        return false;
    }

    public int CompareTo(ProviderId other) => string.CompareOrdinal(_name, other._name);

    public bool Equals(ProviderId other) => _name == other._name;

    public override int GetHashCode() => _name?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => _name ?? "";

    /// <summary>The id as a string. Hand-written, because an answer names providers some sixty times and must not create a text for
    /// each.</summary>
    public sealed class ProviderIdJsonConverter : JsonConverter<ProviderId>
    {
        private static readonly JsonEncodedText[] Names = [.. All.Select(provider => JsonEncodedText.Encode(provider.ToString()))];

        public override ProviderId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            for (var i = 0; i < Names.Length && reader.TokenType == JsonTokenType.String; i++)
            {
                if (reader.ValueTextEquals(Names[i].EncodedUtf8Bytes)) // an answer names providers some sixty times: no text for each
                {
                    return All[i];
                }
            }

            return TryParse(reader.GetString(), out var provider) ? provider : throw new JsonException("No such provider.");
        }

        public override void Write(Utf8JsonWriter writer, ProviderId value, JsonSerializerOptions options)
        {
            for (var i = 0; i < Names.Length; i++)
            {
                if (All[i] == value)
                {
                    writer.WriteStringValue(Names[i]);
                    return;
                }
            }

            writer.WriteStringValue(value.ToString());
        }
    }
}
