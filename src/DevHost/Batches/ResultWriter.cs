using System.Text.Json;

namespace Quorum.DevHost.Batches;

/// <summary>Writes the items of a batch: as CSV, a line of the most telling fields for each, or as JSON lines just as the API gives them.</summary>
internal sealed class ResultWriter(TextWriter output, bool asJson)
{
    private static readonly string[] OfItem = ["given", "symbol", "status", "reason"];

    private static readonly string[] OfQuote =
    [
        "name", "venue", "currency", "price", "asOf", "bid", "ask", "open", "high", "low", "previousClose", "volume", "change", "changePercent", "completeness",
    ];

    public async Task WriteHeaderAsync()
    {
        if (!asJson)
            await output.WriteLineAsync(string.Join(',', [.. OfItem, .. OfQuote]));
    }

    public Task WriteAsync(JsonElement item) =>
        output.WriteLineAsync(asJson ? item.GetRawText() : string.Join(',', [.. OfItem.Select(name => Cell(item, name)), .. OfQuote.Select(name => Cell(item.GetProperty("quote"), name))]));

    private static string Cell(JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return "";
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() ?? "" : value.GetRawText();
        return text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
