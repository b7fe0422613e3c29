using System.Text;
using Quorum.LocalServices;

namespace Quorum.DevHost.Batches;

/// <summary>Reads delimited text line by line. A cell may be quoted, and then hold delimiters and line breaks.</summary>
/// <remarks>CsvHelper, which writes the results, takes all lines behind a forgotten quotation mark into one cell without a word.</remarks>
/// <param name="text">The text.</param>
/// <param name="delimiter">The delimiter.</param>
/// <param name="firstLine">The number of the text's first line in its file.</param>
internal sealed class DelimitedText(string text, char delimiter, int firstLine)
{
    private int _at;
    private int _line = firstLine;

    /// <summary>Returns the cells of the next line, without spaces around them; <see langword="null"/> at the end.</summary>
    /// <exception cref="LocalServiceException">A quotation mark is not closed; the message has the number of its line.</exception>
    public string[]? Read()
    {
        if (_at >= text.Length)
        {
            return null;
        }

        var cells = new List<string>();
        while (true)
        {
            cells.Add(ReadCell(cells.Count + 1));
            if (_at < text.Length && text[_at] == delimiter)
            {
                _at++;
                continue;
            }

            SkipLineBreak();
            return [.. cells];
        }
    }

    private string ReadCell(int column)
    {
        SkipSpaces();
        var start = _at;
        var quote = Has(start, '=') ? start + 1 : start; // Excel protects text as ="AAPL"
        if (Has(quote, '"') && ReadQuoted(quote, column) is { } quoted)
        {
            return quoted;
        }

        while (!IsCellEnd())
        {
            _at++;
        }

        return text[start.._at].Trim();
    }

    /// <summary>Returns a quoted cell; <see langword="null"/> for a cell that merely begins with quotation marks: <c>"Bob" Smith</c>.</summary>
    private string? ReadQuoted(int open, int column)
    {
        var cell = new StringBuilder();
        var lineBreaks = 0;
        for (_at = open + 1; !Has(_at, '"') || Has(_at + 1, '"'); _at++)
        {
            if (_at >= text.Length)
            {
                throw NotClosed(column);
            }

            if (text[_at] == '"')
            {
                _at++; // two stand for one
            }

            lineBreaks += text[_at] == '\n' || (text[_at] == '\r' && !Has(_at + 1, '\n')) ? 1 : 0;
            cell.Append(text[_at]);
        }

        _at++;
        SkipSpaces();
        if (IsCellEnd())
        {
            _line += lineBreaks;
            return cell.ToString();
        }

        // Text after the mark: the mark opens a cell of a later line, and this one's was forgotten.
        return lineBreaks > 0 ? throw NotClosed(column) : null;
    }

    private LocalServiceException NotClosed(int column) =>
        new(
            $"The quotation mark in line {_line}, column {column} of the file must be closed before the next delimiter or line end, "
                + "and quotation marks inside a quoted cell must be doubled. Nothing was sent. Correct the line, or remove the mark."
        );

    private bool Has(int at, char character) => at < text.Length && text[at] == character;

    private bool IsCellEnd() => _at >= text.Length || text[_at] == delimiter || text[_at] is '\r' or '\n';

    private void SkipSpaces()
    {
        while (Has(_at, ' ') && delimiter != ' ')
        {
            _at++;
        }
    }

    private void SkipLineBreak()
    {
        if (_at < text.Length)
        {
            _at += Has(_at, '\r') && Has(_at + 1, '\n') ? 2 : 1;
            _line++;
        }
    }
}
