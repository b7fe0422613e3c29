using System.Text;
using Quorum.LocalServices;

namespace Quorum.DevHost.Batches;

/// <summary>The symbols in the first column of a CSV file, separated by comma, semicolon or tab. Empty lines and a header (<c>symbol</c> or
/// <c>ticker</c>) are no symbols.</summary>
internal static class SymbolFile
{
    /// <exception cref="LocalServiceException">There is no such file, or no symbol in it.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        string[] lines;
        try
        {
            lines = await File.ReadAllLinesAsync(path, Encoding.UTF8, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new LocalServiceException($"{path} cannot be read: {exception.Message}", exception);
        }

        var symbols = Parse(lines);
        return symbols.Count > 0 ? symbols : throw new LocalServiceException($"{path} holds no symbols: the first column of a CSV file is read.");
    }

    internal static IReadOnlyList<string> Parse(IReadOnlyList<string> lines)
    {
        var symbols = new List<string>(lines.Count);
        foreach (var line in lines)
        {
            var cell = FirstCell(line).Trim();
            var isHeader = symbols.Count == 0 && (cell.Equals("symbol", StringComparison.OrdinalIgnoreCase) || cell.Equals("ticker", StringComparison.OrdinalIgnoreCase));
            if (cell.Length > 0 && !isHeader)
                symbols.Add(cell);
        }
        return symbols;
    }

    private static string FirstCell(string line)
    {
        var text = line.TrimStart();
        if (text is not ['"', ..])
            return text.IndexOfAny([',', ';', '\t']) is >= 0 and var end ? text[..end] : text;

        var cell = new StringBuilder();
        for (var at = 1; at < text.Length; at++)
        {
            if (text[at] != '"')
                cell.Append(text[at]);
            else if (at + 1 < text.Length && text[at + 1] == '"')
                cell.Append(text[++at]);
            else
                break;
        }
        return cell.ToString();
    }
}
