namespace Quorum.DevHost.Batches;

/// <summary>The counts of a file's lines after its batches.</summary>
/// <param name="Wanted">Lines with text in the column of the symbols.</param>
/// <param name="Quoted">Lines with a quote.</param>
/// <param name="Warning">A sentence about lines in another currency than their quotes; <see langword="null"/> when there are none.</param>
internal sealed record BatchSummary(int Wanted, int Quoted, string? Warning)
{
    public bool IsComplete => Quoted == Wanted;

    public static BatchSummary Of(SymbolFile file, BatchItems items) =>
        new(
            file.Lines.Count(line => line.Text.Length > 0),
            file.Lines.Count(line => items.Of(line) is { } item && BatchItems.Text(item, "status") == "done"),
            WarningOf([.. items.OtherCurrencies(file)])
        );

    /// <summary>Returns the lines to print.</summary>
    /// <param name="output">The result file; <see langword="null"/> for standard output.</param>
    public IEnumerable<string> Lines(string? output)
    {
        if (Warning is not null)
        {
            yield return Warning;
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
}
