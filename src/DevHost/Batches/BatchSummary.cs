namespace Quorum.DevHost.Batches;

/// <summary>The counts of a file's lines after its batches.</summary>
/// <param name="Wanted">Lines with text in the column of the symbols.</param>
/// <param name="Quoted">Lines with a quote.</param>
/// <param name="Warnings">A sentence about the lines in another currency than their quotes, and one about those of another exchange.</param>
internal sealed record BatchSummary(int Wanted, int Quoted, IReadOnlyList<string> Warnings)
{
    public bool IsComplete => Quoted == Wanted;

    public static BatchSummary Of(SymbolFile file, BatchItems items) =>
        new(
            file.Lines.Count(line => line.Text.Length > 0),
            file.Lines.Count(line => items.Of(line) is { } item && BatchItems.Text(item, "status") == "done"),
            [.. new[] { WarningOf([.. items.OtherCurrencies(file)]), WarningOf([.. items.OtherExchanges(file)]) }.OfType<string>()]
        );

    /// <summary>Returns the lines to print.</summary>
    /// <param name="output">The result file; <see langword="null"/> for standard output.</param>
    public IEnumerable<string> Lines(string? output)
    {
        foreach (var warning in Warnings)
        {
            yield return warning;
        }

        var where = output is null ? "" : $" Results: {output}";
        yield return (Wanted, IsComplete) switch
        {
            (1, true) => $"The line has a quote.{where}",
            (1, false) => $"The line has no quote; the column 'reason' gives the cause.{where}",
            (_, true) => $"All {Wanted} lines have a quote.{where}",
            (_, false) => $"{Quoted} of {Wanted} lines have a quote; the column 'reason' gives the cause for the others.{where}",
        };
    }

    private static string? WarningOf(IReadOnlyList<(SymbolLine Line, string QuoteCurrency)> others)
    {
        if (others is not [var (line, currency), ..])
        {
            return null;
        }

        var example = $"{line.Text} is {line.Currency} in the file, and its quote is in {currency}";
        return others.Count == 1
            ? $"Warning: 1 line has another currency than its quote: {example}. Is it another listing?"
            : $"Warning: {others.Count} lines have another currency than their quotes, for example: {example}. Are they other listings?";
    }

    private static string? WarningOf(IReadOnlyList<SymbolLine> elsewhere)
    {
        if (elsewhere is not [{ } line, ..])
        {
            return null;
        }

        var example =
            $"{line.Text} at {line.Exchange}. A ticker without a venue is one of the United States: write {line.Text}:MIC, as in VOD:XLON.";
        return elsewhere.Count == 1
            ? $"Warning: 1 line names another exchange than that of its quote: {example}"
            : $"Warning: {elsewhere.Count} lines name other exchanges than those of their quotes, for example: {example}";
    }
}
