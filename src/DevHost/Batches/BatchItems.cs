using System.Text.Json;

namespace Quorum.DevHost.Batches;

/// <summary>The items of a file's batches, by the text that was sent, and the choice of the item for each line.</summary>
internal sealed class BatchItems(IReadOnlyDictionary<string, JsonElement> items)
{
    /// <summary>Returns the item of a line; <see langword="null"/> when nothing was sent for it or no answer came.</summary>
    public JsonElement? Of(SymbolLine line) =>
        !line.IsSymbol || !items.TryGetValue(line.Text, out var item) ? null
        : IsUnknownIsin(line, item)
        && line.Ticker is { } ticker
        && items.TryGetValue(ticker, out var byTicker)
        && Quote(byTicker) is { } quote
        && IsOfIsin(line, quote)
            ? byTicker
        : item;

    /// <summary>Returns the quote of a line; <see langword="null"/> when it has none.</summary>
    public JsonElement? QuoteOf(SymbolLine line) => Of(line) is { } item ? Quote(item) : null;

    /// <summary>Returns the reason why a line's item has no quote.</summary>
    public static string ReasonOf(SymbolLine line, JsonElement item) => IsUnknownIsin(line, item) ? "unknown-isin" : Text(item, "reason");

    /// <summary>Returns the tickers of the lines whose ISIN the app does not know, to be sent in a second step.</summary>
    public IEnumerable<string> TickersToSend(SymbolFile file) =>
        file
            .Lines.Where(line =>
                line.IsSymbol
                && line.Ticker is { } ticker
                && SymbolText.IsPlausible(ticker)
                && !items.ContainsKey(ticker)
                && items.TryGetValue(line.Text, out var item)
                && IsUnknownIsin(line, item)
            )
            .Select(line => line.Ticker ?? "")
            .Distinct(StringComparer.Ordinal);

    /// <summary>Returns the lines whose currency in the file is not that of their quote.</summary>
    public IEnumerable<(SymbolLine Line, string QuoteCurrency)> OtherCurrencies(SymbolFile file)
    {
        foreach (var line in file.Lines)
        {
            if (line.Currency is { } own && QuoteOf(line) is { } quote && Text(quote, "currency") is { Length: > 0 } other && own != other)
            {
                yield return (line, other);
            }
        }
    }

    /// <summary>Returns the lines of an exchange outside the United States whose ticker names no venue, and so got the quote of a United
    /// States listing.</summary>
    public IEnumerable<SymbolLine> OtherExchanges(SymbolFile file) =>
        file.Lines.Where(line =>
            line.Exchange is not null
            && FileVenue.IsBare(line.Text)
            && QuoteOf(line) is { } quote
            && !Text(quote, "symbol").Contains(':', StringComparison.Ordinal)
        );

    /// <summary>Returns a member as text; empty when it is missing or null.</summary>
    internal static string Text(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? ""
        : value.ValueKind == JsonValueKind.String ? value.GetString() ?? ""
        : value.GetRawText();

    /// <summary>True for an ISIN that the reference data lack: its check digit is right, so nothing else is wrong with it.</summary>
    private static bool IsUnknownIsin(SymbolLine line, JsonElement item) =>
        Text(item, "reason") == "invalid-symbol" && SymbolText.FindIsin(line.Text) is not null;

    /// <summary>
    /// True if the quote of a line's ticker may stand for its ISIN. A ticker without a venue is one of the United States: the ISIN must be
    /// of that country, or the ticker have a venue. Nor may the file give another currency; the same one is no proof, since it may be that of
    /// the user's account.
    /// </summary>
    private static bool IsOfIsin(SymbolLine line, JsonElement quote)
    {
        var isin = Text(quote, "isin");
        if (isin.Length > 0)
        {
            return isin == line.Text;
        }

        var isOfVenue =
            line.Text.StartsWith("US", StringComparison.Ordinal) || Text(quote, "symbol").Contains(':', StringComparison.Ordinal);
        return isOfVenue && (line.Currency is not { } currency || currency == Text(quote, "currency"));
    }

    private static JsonElement? Quote(JsonElement item) =>
        item.TryGetProperty("quote", out var quote) && quote.ValueKind == JsonValueKind.Object ? quote : null;
}
