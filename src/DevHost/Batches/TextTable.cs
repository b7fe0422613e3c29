using System.Text;
using Quorum.LocalServices;

namespace Quorum.DevHost.Batches;

/// <summary>The cells of a CSV or text file, line by line, before their meaning is known.</summary>
/// <param name="Rows">Every line with at least one non-empty cell; lines inside quotes belong to their cell.</param>
/// <param name="Form">The form of the file.</param>
internal sealed record TextTable(IReadOnlyList<string[]> Rows, TextForm Form)
{
    private const int MaxFileBytes = 64 * 1024 * 1024;
    private const int LinesToJudge = 50;

    /// <summary>The delimiters by rank: where two fit equally, the comma is the one in numbers (<c>AAPL;1,5</c>).</summary>
    private static readonly char[] Delimiters = [';', '\t', '|', ','];

    /// <exception cref="LocalServiceException">The file cannot be read or is not text.</exception>
    public static async Task<TextTable> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            throw new LocalServiceException($"{path} is a folder; FILE must be a CSV or text file.");
        }

        try
        {
            if (new FileInfo(path).Length > MaxFileBytes)
            {
                throw new LocalServiceException($"{path} must be at most {MaxFileBytes / 1024 / 1024} MB.");
            }

            var (text, encoding) = Decode(path, await File.ReadAllBytesAsync(path, cancellationToken));
            return Parse(text, encoding);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new LocalServiceException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <param name="text">The file; a first line <c>sep=;</c>, as Excel writes it, sets the delimiter.</param>
    /// <param name="encoding">The encoding of the file; UTF-8 without a byte order mark by default.</param>
    /// <exception cref="LocalServiceException">A quotation mark is not closed.</exception>
    public static TextTable Parse(string text, Encoding? encoding = null)
    {
        var newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var declared = TakeDeclaredDelimiter(ref text);
        var firstLine = declared is null ? 1 : 2;
        var delimiter = declared ?? FindDelimiter(text);
        var rows = new List<string[]>();
        var lines = new DelimitedText(text, delimiter, firstLine);
        while (lines.Read() is { } row)
        {
            if (Array.Exists(row, cell => cell.Length > 0))
            {
                rows.Add(row);
            }
        }

        return new TextTable(rows, new TextForm(delimiter, declared is not null, newLine, encoding ?? TextForm.Utf8));
    }

    private static (string Text, Encoding Encoding) Decode(string path, byte[] bytes)
    {
        if (bytes is [(byte)'P', (byte)'K', 3, 4, ..] or [0xD0, 0xCF, 0x11, 0xE0, ..])
        {
            throw new LocalServiceException($"{path} is an Excel workbook; save it as CSV and use that file.");
        }

        if (bytes is [0xFF, 0xFE, ..])
        {
            return (Encoding.Unicode.GetString(bytes, 2, bytes.Length - 2), Encoding.Unicode);
        }

        if (bytes is [0xFE, 0xFF, ..])
        {
            return (Encoding.BigEndianUnicode.GetString(bytes, 2, bytes.Length - 2), Encoding.BigEndianUnicode);
        }

        if (Array.IndexOf(bytes, (byte)0) >= 0)
        {
            throw new LocalServiceException($"{path} must be a text file; it holds binary data.");
        }

        try
        {
            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
            return text is ['\uFEFF', ..] ? (text[1..], TextForm.MarkedUtf8) : (text, TextForm.Utf8);
        }
        catch (DecoderFallbackException)
        {
            return (TextForm.Legacy.GetString(bytes), TextForm.Legacy);
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

    /// <summary>Returns the delimiter that splits most lines, and among equals the one that splits them into the most cells.</summary>
    private static char FindDelimiter(string text)
    {
        var best = (Delimiter: ',', Lines: 0, Cells: 0);
        foreach (var delimiter in Delimiters)
        {
            var (lines, cells) = CountSplit(text, delimiter);
            if (lines > best.Lines || (lines == best.Lines && cells > best.Cells))
            {
                best = (delimiter, lines, cells);
            }
        }

        return best.Delimiter;
    }

    private static (int Lines, int Cells) CountSplit(string text, char delimiter)
    {
        var (lines, cells) = (0, 0);
        var reader = new DelimitedText(text, delimiter, firstLine: 1);
        try
        {
            for (var line = 0; line < LinesToJudge && reader.Read() is { } row; line++)
            {
                if (!Array.Exists(row, HasQuotesOfAnother))
                {
                    lines += row.Length > 1 ? 1 : 0;
                    cells += row.Length - 1;
                }
            }
        }
        catch (LocalServiceException)
        {
            // Quotes that do not fit this delimiter: the lines above count.
        }

        return (lines, cells);
    }

    /// <summary>True if a cell holds the quotes of cells with another delimiter: this one stands inside them, as in <c>AAPL,"a;b"</c>.</summary>
    private static bool HasQuotesOfAnother(string cell) =>
        cell.Contains('"', StringComparison.Ordinal)
        && Array.Exists(
            Delimiters,
            delimiter =>
                cell.Contains($"{delimiter}\"", StringComparison.Ordinal) || cell.Contains($"\"{delimiter}", StringComparison.Ordinal)
        );
}
