using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Quorum.LocalServices;

namespace Quorum.DevHost.Batches;

/// <summary>The cells of a CSV or text file, line by line, before their meaning is known.</summary>
/// <param name="Rows">Every line with at least one non-empty cell; lines inside quotes belong to their cell.</param>
/// <param name="Delimiter">The delimiter that was found.</param>
internal sealed record TextTable(IReadOnlyList<string[]> Rows, char Delimiter)
{
    private const int MaxFileBytes = 64 * 1024 * 1024;
    private const int LinesToJudge = 50;

    private static readonly char[] Delimiters = [',', ';', '\t', '|'];

    /// <exception cref="LocalServiceException">The file cannot be read or is not text.</exception>
    public static async Task<TextTable> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path).Length > MaxFileBytes)
            {
                throw new LocalServiceException($"{path} must be at most {MaxFileBytes / 1024 / 1024} MB.");
            }

            return Parse(Decode(path, await File.ReadAllBytesAsync(path, cancellationToken)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new LocalServiceException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <param name="text">The file; a first line <c>sep=;</c>, as Excel writes it, sets the delimiter.</param>
    public static TextTable Parse(string text)
    {
        var delimiter = TakeDeclaredDelimiter(ref text) ?? FindDelimiter(text);
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            BadDataFound = null, // a stray quote is part of its cell
            MissingFieldFound = null,
            IgnoreBlankLines = true,
            TrimOptions = TrimOptions.Trim,
        };
        var rows = new List<string[]>();
        using var parser = new CsvParser(new StringReader(Unwrapped(text)), configuration);
        while (parser.Read())
        {
            var record = parser.Record ?? [];
            if (record.Any(cell => cell.Length > 0))
            {
                rows.Add(record);
            }
        }

        return new TextTable(rows, delimiter);
    }

    private static string Decode(string path, byte[] bytes)
    {
        if (bytes is [(byte)'P', (byte)'K', 3, 4, ..] or [0xD0, 0xCF, 0x11, 0xE0, ..])
        {
            throw new LocalServiceException($"{path} is an Excel workbook; save it as CSV and use that file.");
        }

        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            using var utf16 = new StreamReader(new MemoryStream(bytes), Encoding.Unicode, detectEncodingFromByteOrderMarks: true);
            return utf16.ReadToEnd();
        }

        if (Array.IndexOf(bytes, (byte)0) >= 0)
        {
            throw new LocalServiceException($"{path} must be a text file; it holds binary data.");
        }

        try
        {
            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
            return text is ['\uFEFF', ..] ? text[1..] : text;
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes); // older versions of Excel and brokers' servers write Windows-1252
        }
    }

    private static char? TakeDeclaredDelimiter(ref string text)
    {
        if (!text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) || text.Length < 5)
        {
            return null;
        }

        var delimiter = text[4];
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        text = end < 0 ? "" : text[(end + 1)..];
        return delimiter;
    }

    /// <summary>
    /// Removes the equals sign of <c>="AAPL"</c>, with which Excel protects text; a CSV parser does not take it for a quoted cell.
    /// </summary>
    private static string Unwrapped(string text) => text.Replace("=\"", "\"", StringComparison.Ordinal);

    /// <summary>Returns the delimiter that splits most lines, and among equals the one that splits them into the most cells.</summary>
    private static char FindDelimiter(string text)
    {
        var best = (Delimiter: ',', Lines: 0, Cells: 0);
        foreach (var delimiter in Delimiters)
        {
            var (lines, cells) = CountOutsideQuotes(text, delimiter);
            if (lines > best.Lines || (lines == best.Lines && cells > best.Cells))
            {
                best = (delimiter, lines, cells);
            }
        }

        return best.Delimiter;
    }

    private static (int Lines, int Cells) CountOutsideQuotes(string text, char delimiter)
    {
        var (line, lines, cells, here, quoted) = (0, 0, 0, 0, false);
        foreach (var character in text)
        {
            if (character == '"')
            {
                quoted = !quoted;
            }
            else if (!quoted && character == delimiter)
            {
                here++;
            }
            else if (!quoted && character == '\n')
            {
                EndLine();
                if (++line >= LinesToJudge)
                {
                    break;
                }
            }
        }

        EndLine();
        return (lines, cells);

        void EndLine()
        {
            lines += here > 0 ? 1 : 0;
            cells += here;
            here = 0;
        }
    }
}
