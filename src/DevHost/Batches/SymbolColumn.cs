using System.Globalization;
using System.Text.RegularExpressions;
using Quorum.LocalServices;

namespace Quorum.DevHost.Batches;

/// <summary>The column of a table that holds the symbols, and the line of its heading.</summary>
/// <param name="Index">The column, from 0.</param>
/// <param name="HeaderRow">The row of the headings; -1 for a table without headings.</param>
/// <param name="Tickers">The column of the tickers where <paramref name="Index"/> is one of ISINs, for the lines without a valid ISIN and for
/// ISINs that the app does not know; else <see langword="null"/>.</param>
internal sealed partial record SymbolColumn(int Index, int HeaderRow, int? Tickers = null)
{
    private const int RowsBeforeHeader = 60;
    private const double TypicalShare = 0.8;
    private const double HalfShare = 0.5;
    private const int Examples = 5;

    private static readonly HashSet<string> Currencies = new(
        ["USD", "EUR", "GBP", "GBX", "CHF", "JPY", "CAD", "AUD", "HKD", "SEK", "NOK", "DKK", "BUY", "SELL", "N", "Y"],
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Finds the column by its heading, else by its content.</summary>
    /// <param name="table">The file.</param>
    /// <param name="wanted">The user's choice: a heading, or a number from 1; <see langword="null"/> to find it.</param>
    /// <exception cref="LocalServiceException">No column holds symbols, or several may; the message shows what was found.</exception>
    public static SymbolColumn Find(TextTable table, string? wanted)
    {
        if (table.Rows.Count == 0)
        {
            throw new LocalServiceException("The file holds no lines with text.");
        }

        var found = wanted is not null ? ByChoice(table, wanted) : ByHeading(table) ?? ByContent(table);
        found.RequireSymbols(table, leastShare: 0);
        return found;
    }

    /// <summary>Returns the text to send for a line, and the ticker of a line whose text is an ISIN.</summary>
    public (string Text, string? Ticker) Read(string[] row)
    {
        var cell = Cell(row, Index);
        if (Tickers is not { } tickers)
        {
            return (SymbolText.FindIsin(cell) ?? cell, null);
        }

        var ticker = Cell(row, tickers);
        return SymbolText.FindIsin(cell) is { } isin ? (isin, ticker.Length > 0 ? ticker : null)
            : ticker.Length > 0 ? (ticker, null)
            : (cell, null);
    }

    /// <summary>Returns the description of the choice, for the user.</summary>
    public string Describe(TextTable table)
    {
        var symbols = Named(table, HeaderRow, Index);
        return Tickers is { } tickers
            ? $"Symbols: {symbols}, and {Named(table, HeaderRow, tickers)} for lines without a valid ISIN."
            : $"Symbols: {symbols}.";
    }

    /// <summary>Returns a column's number from 1, with its heading.</summary>
    internal static string Named(TextTable table, int headerRow, int column) =>
        headerRow >= 0 && column < table.Rows[headerRow].Length && table.Rows[headerRow][column].Length > 0
            ? $"column {column + 1} ({Quoted(table.Rows[headerRow][column])})"
            : $"column {column + 1}";

    /// <summary>Returns the column of the first of these headings (<see cref="Normalized"/>) that the file has; <see langword="null"/> for
    /// none.</summary>
    internal static int? FindPreferred(string[] headings, string[] preferred)
    {
        var names = headings.Select(Normalized).ToArray();
        var column = preferred.Select(heading => Array.IndexOf(names, heading)).FirstOrDefault(at => at >= 0, -1);
        return column >= 0 ? column : null;
    }

    /// <summary>Returns the heading without case, spaces and punctuation.</summary>
    internal static string Normalized(string heading) => string.Concat(heading.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static SymbolColumn ByChoice(TextTable table, string wanted)
    {
        var text = wanted.Trim();
        var found = WholeNumber().IsMatch(text) ? ByNumber(table, text) : ByName(table, text);
        return found
            ?? throw new LocalServiceException(
                $"--column must be a heading or a number of the file's columns; got '{wanted}'. Nothing was sent. {Seen(table)}"
            );
    }

    /// <summary>Finds the column with this number, or with this number as its heading.</summary>
    private static SymbolColumn? ByNumber(TextTable table, string text)
    {
        var known = ByHeading(table)?.HeaderRow;
        var row = known ?? 0;
        var column = Array.IndexOf(table.Rows[row], text);
        if (column >= 0 && (known is not null || Share(table, column, row + 1, SymbolText.IsTypical) >= TypicalShare))
        {
            return new SymbolColumn(column, row);
        }

        if (
            !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number < 1
            || number > table.Rows.Max(cells => cells.Length)
        )
        {
            return null;
        }

        return known is { } header ? new SymbolColumn(number - 1, header)
            : HasHeadingsByContent(table, 0, number - 1) ? new SymbolColumn(number - 1, 0)
            : WithHeaderByContent(table, number - 1);
    }

    /// <summary>Finds the column with this heading, in the rows where headings can be.</summary>
    private static SymbolColumn? ByName(TextTable table, string text)
    {
        var known = ByHeading(table)?.HeaderRow;
        if (known is { } header && Find(header) is var column and >= 0)
        {
            return new SymbolColumn(column, header);
        }

        var isKnown = IsHeading(text);
        for (var row = 0; row < Math.Min(known ?? RowsBeforeHeader, table.Rows.Count); row++)
        {
            if (
                Find(row) is var at and >= 0
                && ((isKnown && !Array.Exists(table.Rows[row], SymbolText.IsData)) || MayBeHeading(table, row, at))
            )
            {
                return new SymbolColumn(at, row);
            }
        }

        return null;

        int Find(int row)
        {
            var exact = Array.FindIndex(table.Rows[row], cell => string.Equals(cell, text, StringComparison.OrdinalIgnoreCase));
            var name = Normalized(text);
            return exact >= 0 || !name.Any(char.IsLetter) ? exact : Array.FindIndex(table.Rows[row], cell => Normalized(cell) == name);
        }
    }

    /// <summary>True if a cell that the user names may be a heading: no symbol is above it, and it is none itself.</summary>
    private static bool MayBeHeading(TextTable table, int row, int column) =>
        row < table.Rows.Count - 1
        && !Array.Exists(table.Rows[row], SymbolText.IsData)
        && !table.Rows.Take(row).Any(above => SymbolText.IsTypical(Cell(above, column)))
        && (!SymbolText.IsPlausible(Cell(table.Rows[row], column)) || HasHeadingsByContent(table, row, column));

    /// <summary>True if a row has words above numbers, or something else above symbols.</summary>
    private static bool HasHeadingsByContent(TextTable table, int row, int column) =>
        !Array.Exists(table.Rows[row], SymbolText.IsData)
        && (
            (!SymbolText.IsTypical(Cell(table.Rows[row], column)) && Share(table, column, row + 1, SymbolText.IsTypical) >= TypicalShare)
            || table
                .Rows[row]
                .Index()
                .Any(cell => SymbolText.IsWord(cell.Item) && Share(table, cell.Index, row + 1, SymbolText.IsData) >= TypicalShare)
        );

    private static SymbolColumn? ByHeading(TextTable table) =>
        ByHeading(table, SymbolHeadings.Symbols, share => share >= HalfShare)
        ?? ByHeading(table, SymbolHeadings.Symbols, share => share > 0)
        ?? ByHeading(table, SymbolHeadings.Others, share => share >= HalfShare);

    private static SymbolColumn? ByHeading(TextTable table, string[] headings, Predicate<double> isEnough)
    {
        for (var row = 0; row < Math.Min(RowsBeforeHeader, table.Rows.Count - 1); row++)
        {
            var names = table.Rows[row].Select(Normalized).ToArray();
            foreach (var heading in headings)
            {
                var column = Array.IndexOf(names, heading);
                if (column >= 0 && isEnough(Share(table, column, row + 1, SymbolText.IsPlausible)))
                {
                    return WithIsins(table, new SymbolColumn(column, row), names);
                }
            }
        }

        return null;
    }

    /// <summary>Prefers the ISINs of a file that has them: a ticker without a venue is another instrument in another country.</summary>
    private static SymbolColumn WithIsins(TextTable table, SymbolColumn found, string[] names)
    {
        var columns = Enumerable.Range(0, names.Length).ToArray();
        var isins = Array.FindIndex(columns, column => SymbolHeadings.Isins.Contains(names[column]) && ShareOf(column, IsIsin) > 0);
        if (isins < 0)
        {
            isins = Array.FindIndex(columns, column => !IsOfAnother(names[column]) && ShareOf(column, IsIsin) >= TypicalShare);
        }

        if (isins < 0)
        {
            return found;
        }

        var tickers = isins == found.Index ? Array.FindIndex(columns, IsTickers) : found.Index;
        return new SymbolColumn(isins, found.HeaderRow, tickers >= 0 ? tickers : null);

        bool IsTickers(int column) =>
            SymbolHeadings.Symbols.Contains(names[column])
            && !SymbolHeadings.Isins.Contains(names[column])
            && ShareOf(column, SymbolText.IsPlausible) > 0;

        double ShareOf(int column, Func<string, bool> condition) => Share(table, column, found.HeaderRow + 1, condition);

        static bool IsIsin(string cell) => SymbolText.FindIsin(cell) is not null;

        // The ISIN of what an option or a certificate is based on.
        static bool IsOfAnother(string name) =>
            name.Contains("underlying", StringComparison.Ordinal) || name.Contains("basis", StringComparison.Ordinal);
    }

    private static SymbolColumn ByContent(TextTable table)
    {
        var candidates = new List<int>();
        for (var column = 0; column < table.Rows.Max(row => row.Length); column++)
        {
            var from = WithHeaderByContent(table, column).HeaderRow + 1;
            var cells = Cells(table, column, from).ToList();
            if (
                cells.Count > 0
                && Share(table, column, from, SymbolText.IsTypical) >= TypicalShare
                && !cells.All(Currencies.Contains)
                && (cells.Count == 1 || cells.Distinct(StringComparer.OrdinalIgnoreCase).Count() > 1)
            )
            {
                candidates.Add(column);
            }
        }

        // A list of names in one column may be in lower case.
        if (candidates.Count == 0 && table.Rows.All(row => row.Length == 1))
        {
            candidates.Add(0);
        }

        var isins = candidates
            .Where(column => Share(table, column, 1, cell => SymbolText.FindIsin(cell) is not null) >= TypicalShare)
            .ToList();
        if (candidates.Count == 2 && isins.Count == 1)
        {
            var tickers = candidates.Single(column => column != isins[0]);
            return WithHeaderByContent(table, isins[0]) with { Tickers = tickers };
        }

        return candidates.Count switch
        {
            1 => WithHeaderByContent(table, candidates[0]).RequireSymbols(table, HalfShare),
            0 => throw new LocalServiceException($"No column of the file holds symbols. Name it with --column. {Seen(table)}"),
            _ => throw new LocalServiceException(
                $"Several columns may hold symbols ({string.Join(", ", candidates.Select(column => column + 1))}). Choose one with --column. {Seen(table)}"
            ),
        };
    }

    /// <summary>Takes the first row for headings where its cell is no symbol and the cells below are.</summary>
    private static SymbolColumn WithHeaderByContent(TextTable table, int column)
    {
        var first = SymbolText.Clean(column < table.Rows[0].Length ? table.Rows[0][column] : "");
        var isHeader =
            table.Rows.Count > 1
            && (IsHeading(first) || (!SymbolText.IsTypical(first) && Share(table, column, 1, SymbolText.IsTypical) >= TypicalShare));
        return new SymbolColumn(column, isHeader ? 0 : -1);
    }

    private SymbolColumn RequireSymbols(TextTable table, double leastShare)
    {
        var cells = table.Rows.Skip(HeaderRow + 1).Select(row => Read(row).Text).Where(cell => cell.Length > 0).ToList();
        var implausible = cells.Where(cell => !SymbolText.IsPlausible(cell)).ToList();
        if (cells.Count == 0)
        {
            throw new LocalServiceException($"Column {Index + 1} of the file holds no symbols. {Seen(table)}");
        }

        if (implausible.Count == cells.Count || cells.Count - implausible.Count < leastShare * cells.Count)
        {
            throw new LocalServiceException(
                $"Column {Index + 1} must hold symbols, but {implausible.Count} of its {cells.Count} cells are none, for example "
                    + $"{string.Join(", ", implausible.Distinct(StringComparer.Ordinal).Take(Examples).Select(Quoted))}. Nothing was sent. Name the right column with --column. {Seen(table)}"
            );
        }

        return this;
    }

    private static double Share(TextTable table, int column, int fromRow, Func<string, bool> condition)
    {
        var cells = Cells(table, column, fromRow).ToList();
        return cells.Count == 0 ? 0 : cells.Count(condition) / (double)cells.Count;
    }

    private static IEnumerable<string> Cells(TextTable table, int column, int fromRow) =>
        table
            .Rows.Skip(fromRow)
            .Where(row => column < row.Length)
            .Select(row => SymbolText.Clean(row[column]))
            .Where(cell => cell.Length > 0);

    private static bool IsHeading(string text) =>
        Normalized(text) is var name && (SymbolHeadings.Symbols.Contains(name) || SymbolHeadings.Others.Contains(name));

    private static string Cell(string[] row, int column) => column < row.Length ? SymbolText.Clean(row[column]) : "";

    private static string Seen(TextTable table)
    {
        var widest = table.Rows.Take(RowsBeforeHeader).MaxBy(row => row.Length) ?? [];
        var delimiter = table.Form.Delimiter == '\t' ? "tab" : $"'{table.Form.Delimiter}'";
        return $"Seen: {table.Rows.Count} lines, delimiter {delimiter}, first full line {string.Join(" | ", widest.Select(Quoted))}";
    }

    private static string Quoted(string cell) => $"'{(cell.Length > 30 ? cell[..30] + "..." : cell).ReplaceLineEndings(" ")}'";

    [GeneratedRegex("^[+-]?[0-9]+$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex WholeNumber();
}
