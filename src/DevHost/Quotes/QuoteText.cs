using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Quorum.DevHost.Quotes;

/// <summary>A consolidated quote as about ten lines of text: the price, its confidence, and the outcome of each provider.</summary>
internal static class QuoteText
{
    /// <param name="json">The body of <c>GET quotes/{symbol}</c>.</param>
    public static string Of(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var quote = document.RootElement;
        var quality = quote.GetProperty("quality");
        var text = new StringBuilder();
        Line(Join(Text(quote, "symbol"), Text(quote, "name"), Text(quote, "venue")));
        Line(
            Join(
                $"{Text(quote, "price") ?? "no price"} {Text(quote, "currency")}",
                Text(quote, "change") is { } change ? $"{Signed(change)} ({Signed(Text(quote, "changePercent") ?? "0")} %)" : null,
                $"confidence {Text(quality, "confidence")} ({Words(quality.GetProperty("confidence").GetDouble())})",
                Text(quote, "completeness")
            )
        );
        Line(
            Join(
                $"as of {Text(quote, "asOf") ?? "an unknown time"}",
                Text(quote, "session") is { } session ? $"session {session}" : null,
                $"{Text(quality, "providersUsed")} of {Text(quality, "providersAsked")} providers used",
                Text(quality, "spreadBps") is { } spread ? $"spread {spread} bps" : null
            )
        );
        if (quote.TryGetProperty("conversion", out var conversion) && conversion.ValueKind == JsonValueKind.Object)
        {
            Line(Conversion(conversion));
        }

        foreach (var provider in quote.GetProperty("providers").EnumerateArray())
        {
            Line(Provider(provider, Names(quality, "outliers")));
        }

        if (Text(quote, "completeness") == "agreed")
        {
            Line("answered as soon as enough providers agreed: those that are pending were not waited for");
        }

        if (Names(quality, "warnings") is { Count: > 0 } warnings)
        {
            Line($"warnings: {string.Join(", ", warnings)}");
        }

        var timing = quote.GetProperty("timing");
        Line($"answered in {Text(timing, "elapsedMs")} ms; --json prints everything");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }

    private static string Conversion(JsonElement conversion) =>
        Join(
            $"converted from {Text(conversion, "originalPrice") ?? "no price"} {Text(conversion, "originalCurrency")} at {Text(conversion, "rate")} {Text(conversion, "unit")}",
            Text(conversion, "pair"),
            Text(conversion, "asOf") is { } asOf ? $"as of {asOf}" : null,
            Text(conversion, "confidence") is { } confidence ? $"confidence {confidence}" : null
        );

    private static string Provider(JsonElement provider, List<string> outliers)
    {
        var id = Text(provider, "id") ?? "";
        var outcome = Text(provider, "outcome") ?? "";
        if (!provider.TryGetProperty("quote", out var quote) || quote.ValueKind != JsonValueKind.Object)
        {
            return $"  {id, -14} {"-", 14}       {outcome}";
        }

        var notes = new[]
        {
            outcome == "ok" ? null : outcome,
            provider.GetProperty("fromStore").GetBoolean() ? "stored earlier" : null,
            Text(quote, "freshness"),
            outliers.Contains(id) ? "outlier" : null,
            Text(quote, "suspect") is { } suspect ? $"left out: {suspect}" : null,
            $"{Math.Round(provider.GetProperty("latencyMs").GetDouble()).ToString(CultureInfo.InvariantCulture)} ms",
        };
        return $"  {id, -14} {Text(quote, "price") ?? Text(quote, "rawPrice") ?? "-", 14} {Text(quote, "currency") ?? "?", -4}  {string.Join(", ", notes.Where(note => note is not null))}";
    }

    private static string Words(double confidence) =>
        confidence switch
        {
            >= 0.85 => "several providers agree",
            >= 0.7 => "few providers, or they differ a little",
            >= 0.5 => "one provider, or providers that differ",
            _ => "do not rely on it",
        };

    private static string Signed(string number) => number.StartsWith('-') ? number : "+" + number;

    private static string Join(params string?[] parts) => string.Join("   ", parts.Where(part => !string.IsNullOrWhiteSpace(part)));

    private static List<string> Names(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(item => item.GetString() ?? "")]
            : [];

    private static string? Text(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.GetRawText();
}
