using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Quorum.MarketData;

/// <summary>
/// The label by which callers name an instrument: a ticker with an optional venue, <c>AAPL</c>, <c>BRK.B</c>, <c>VOD:XLON</c>.
/// A ticker without a venue means the US listing. A label is not an identity: <c>VOD</c> (the ADR) and <c>VOD:XLON</c> are two instruments.
/// </summary>
[JsonConverter(typeof(SymbolJsonConverter))]
public readonly record struct Symbol
{
    /// <summary>The longest ticker accepted, in characters.</summary>
    public const int MaxTickerLength = 15;

    private readonly string? _ticker;

    private Symbol(string ticker, Mic? venue)
    {
        _ticker = ticker;
        Venue = venue;
    }

    /// <summary>Upper case; letters, digits, and inside also <c>.</c> and <c>-</c>.</summary>
    public string Ticker => _ticker ?? "";

    /// <summary>The venue; <see langword="null"/> for the US listing.</summary>
    public Mic? Venue { get; }

    /// <exception cref="FormatException">The text breaks a rule; the message names it.</exception>
    public static Symbol Parse(string text) => TryParse(text, out var symbol, out var rule) ? symbol : throw new FormatException(rule);

    public static bool TryParse(string? text, out Symbol symbol) => TryParse(text, out symbol, out _);

    /// <summary>Accepts any case and gives the canonical form.</summary>
    /// <param name="rule">The rule that the text breaks, for the caller's eyes.</param>
    public static bool TryParse(string? text, out Symbol symbol, [NotNullWhen(false)] out string? rule)
    {
        symbol = default;
        var colon = text?.IndexOf(':') ?? -1;
        var ticker = colon < 0 ? text : text![..colon];
        if (string.IsNullOrEmpty(ticker) || ticker.Length > MaxTickerLength)
        {
            rule = $"A ticker has 1 to {MaxTickerLength} characters.";
            return false;
        }

        if (
            !char.IsAsciiLetterOrDigit(ticker[0])
            || !char.IsAsciiLetterOrDigit(ticker[^1])
            || !ticker.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')
        )
        {
            rule = "A ticker consists of letters and digits, with '.' or '-' only between them.";
            return false;
        }

        Mic? venue = null;
        if (colon >= 0)
        {
            if (!Mic.TryParse(text![(colon + 1)..], out var mic))
            {
                rule = "What follows the colon is an ISO 10383 venue code: four letters or digits.";
                return false;
            }

            venue = mic;
        }

        symbol = new Symbol(ticker.ToUpperInvariant(), venue);
        rule = null;
        return true;
    }

    /// <summary>The same ticker at another venue; <see langword="null"/> for the US listing.</summary>
    public Symbol At(Mic? venue) => new(Ticker, venue);

    public override string ToString() => Venue is { } venue ? $"{Ticker}:{venue}" : Ticker;

    /// <summary>The symbol as a string. Hand-written, because the serializer has no form for a value that is one text.</summary>
    public sealed class SymbolJsonConverter : JsonConverter<Symbol>
    {
        public override Symbol Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var symbol, out var rule) ? symbol : throw new JsonException(rule);

        public override void Write(Utf8JsonWriter writer, Symbol value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
