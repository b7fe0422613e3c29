using System.Globalization;
using Quorum.LocalServices;

namespace Quorum.DevHost.Batches;

/// <summary>The column of a table that holds the symbols, and the line of its heading.</summary>
/// <param name="Index">The column, from 0.</param>
/// <param name="HeaderRow">The row of the headings; -1 for a table without headings.</param>
internal sealed record SymbolColumn(int Index, int HeaderRow)
{
    private const int RowsBeforeHeader = 60;
    private const double TypicalShare = 0.8;
    private const int Examples = 5;

    /// <summary>Headings in the order of preference, without case, spaces and punctuation.</summary>
    private static readonly string[] Headings =
    [
        "symbol",
        "ticker",
        "symbols",
        "tickers",
        "tickersymbol",
        "stocksymbol",
        "symbolticker",
        "tickersymbolisin",
        "stockticker",
        "instrumentsymbol",
        "securitysymbol",
        "rootsymbol",
        "isin",
        "isincode",
        "isinnumber",
        "symbolisin",
        "symbolorisin",
        "symbolcusip",
        "epic",
        "ric",
        "tidm",
        "instrument",
        "stockcode",
        "instrumentcode",
        "securityid",
        "code",
        "stock",
        "security",
    ];

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
        found.RequireSymbols(table);
        return found;
    }

    private static SymbolColumn ByChoice(TextTable table, string wanted)
    {
        var name = Normalized(wanted);
        for (var row = 0; row < Math.Min(RowsBeforeHeader, table.Rows.Count); row++)
        {
            var column = Array.FindIndex(table.Rows[row], cell => Normalized(cell) == name);
            if (column >= 0 && name.Length > 0)
            {
                return new SymbolColumn(column, row);
            }
        }

        if (
            int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= 1
            && number <= table.Rows.Max(row => row.Length)
        )
        {
            return WithHeaderByContent(table, number - 1);
        }

        throw new LocalServiceException($"--column must be a heading or a number of the file's columns; got '{wanted}'. {Seen(table)}");
    }

    private static SymbolColumn? ByHeading(TextTable table)
    {
        for (var row = 0; row < Math.Min(RowsBeforeHeader, table.Rows.Count - 1); row++)
        {
            var names = table.Rows[row].Select(Normalized).ToArray();
            foreach (var heading in Headings)
            {
                var column = Array.IndexOf(names, heading);
                if (column >= 0 && Share(table, column, row + 1, SymbolText.IsPlausible) >= 0.5)
                {
                    return new SymbolColumn(column, row);
                }
            }
        }

        return null;
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

        return candidates.Count switch
        {
            1 => WithHeaderByContent(table, candidates[0]),
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
            && (
                Headings.Contains(Normalized(first))
                || (!SymbolText.IsTypical(first) && Share(table, column, 1, SymbolText.IsTypical) >= TypicalShare)
            );
        return new SymbolColumn(column, isHeader ? 0 : -1);
    }

    private void RequireSymbols(TextTable table)
    {
        var cells = Cells(table, Index, HeaderRow + 1).ToList();
        var implausible = cells.Where(cell => !SymbolText.IsPlausible(cell)).ToList();
        if (cells.Count == 0)
        {
            throw new LocalServiceException($"Column {Index + 1} of the file holds no symbols. {Seen(table)}");
        }

        if (implausible.Count * 2 > cells.Count)
        {
            throw new LocalServiceException(
                $"Column {Index + 1} must hold symbols, but {implausible.Count} of its {cells.Count} cells are none, for example "
                    + $"{string.Join(", ", implausible.Distinct(StringComparer.Ordinal).Take(Examples).Select(Quoted))}. Nothing was sent. Name the right column with --column. {Seen(table)}"
            );
        }
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

    private static string Normalized(string heading) => string.Concat(heading.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static string Seen(TextTable table)
    {
        var widest = table.Rows.Take(RowsBeforeHeader).MaxBy(row => row.Length) ?? [];
        var delimiter = table.Delimiter == '\t' ? "tab" : $"'{table.Delimiter}'";
        return $"Seen: {table.Rows.Count} lines, delimiter {delimiter}, first full line {string.Join(" | ", widest.Select(Quoted))}";
    }

    private static string Quoted(string cell) => $"'{(cell.Length > 30 ? cell[..30] + "..." : cell).ReplaceLineEndings(" ")}'";
}
