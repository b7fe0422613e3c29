namespace Quorum.DevHost.Batches;

/// <summary>A user's file: its own columns, and the symbol of each line.</summary>
/// <param name="Header">The headings, or made-up ones for a file without.</param>
/// <param name="Lines">The lines below the headings, in their order.</param>
/// <param name="Form">The form of the file.</param>
/// <param name="Choice">The description of the columns that the symbols come from, for the user.</param>
internal sealed record SymbolFile(IReadOnlyList<string> Header, IReadOnlyList<SymbolLine> Lines, TextForm Form, string Choice)
{
    /// <summary>The texts to send, without duplicates, in the order of the file.</summary>
    public IEnumerable<string> Symbols => Lines.Where(line => line.IsSymbol).Select(line => line.Text).Distinct(StringComparer.Ordinal);

    /// <param name="path">A CSV or text file.</param>
    /// <param name="column">The user's choice of the column; <see langword="null"/> to find it.</param>
    /// <exception cref="LocalServices.LocalServiceException">
    /// The file cannot be read, or holds no symbols; the message shows what was found.
    /// </exception>
    public static async Task<SymbolFile> ReadAsync(string path, string? column, CancellationToken cancellationToken) =>
        Of(await TextTable.ReadAsync(path, cancellationToken), column);

    public static SymbolFile Of(TextTable table, string? column)
    {
        if (column is null && table is { Rows: [{ Length: > 1 } only] } && only.All(cell => SymbolText.IsTypical(SymbolText.Clean(cell))))
        {
            table = table with { Rows = [.. only.Select(cell => new[] { cell })] }; // one line of symbols
        }

        var found = SymbolColumn.Find(table, column);
        var headings = found.HeaderRow >= 0 ? table.Rows[found.HeaderRow] : [];
        var currencies = FileCurrency.FindColumn(headings);
        var exchanges = FileVenue.FindColumn(headings);
        var rows = table.Rows.Skip(found.HeaderRow + 1).ToList();
        var width = rows.Append(headings).Max(row => row.Length);
        var header = Enumerable
            .Range(0, width)
            .Select(at =>
                at < headings.Length ? headings[at]
                : found.HeaderRow >= 0 ? ""
                : $"column {at + 1}"
            );
        var lines = rows.Select(Line).ToList();
        var isQualified =
            exchanges is not null
            && lines.Exists(line => line.Exchange is { } mic && line.Text.EndsWith($":{mic}", StringComparison.Ordinal));
        return new SymbolFile(
            [.. header],
            lines,
            table.Form,
            found.Describe(table) + (isQualified ? $" Venues: {SymbolColumn.Named(table, found.HeaderRow, exchanges!.Value)}." : "")
        );

        SymbolLine Line(string[] row)
        {
            var (text, ticker) = found.Read(row);
            var exchange = Cell(exchanges) is { } name ? FileVenue.Read(name) : null;
            return new SymbolLine(
                row,
                FileVenue.Qualify(text, exchange),
                ticker is null ? null : FileVenue.Qualify(ticker, exchange),
                Cell(currencies) is { } currency ? FileCurrency.Read(currency) : null,
                exchange
            );

            string? Cell(int? column) => column is { } at && at != found.Index && at < row.Length ? row[at] : null;
        }
    }
}

/// <summary>One line of a user's file.</summary>
/// <param name="Cells">The cells as they are in the file.</param>
/// <param name="Text">The cell of the symbol, cleaned, with the venue of the line where that is an ISO 10383 code; empty where the line has
/// none.</param>
/// <param name="Ticker">The ticker of a line whose text is its ISIN; <see langword="null"/> for other lines.</param>
/// <param name="Currency">The currency of the line, ISO 4217; <see langword="null"/> where the file gives none.</param>
/// <param name="Exchange">The exchange of the line as it is in the file; <see langword="null"/> where the file gives none, or one of the
/// United States.</param>
internal sealed record SymbolLine(IReadOnlyList<string> Cells, string Text, string? Ticker, string? Currency, string? Exchange)
{
    /// <summary>True if the cell may be a symbol; others are reported and never sent.</summary>
    public bool IsSymbol => SymbolText.IsPlausible(Text);
}
