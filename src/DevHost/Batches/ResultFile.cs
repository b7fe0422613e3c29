using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsvHelper;
using CsvHelper.Configuration;
using Quorum.LocalServices;

namespace Quorum.DevHost.Batches;

/// <summary>
/// Writes a line for each line of a user's file: its own columns, then the quote. The file of an earlier run is replaced only by a complete
/// one.
/// </summary>
internal sealed partial class ResultFile(SymbolFile source, BatchItems items)
{
    private static readonly string[] QuoteColumns =
    [
        "symbol",
        "price",
        "currency",
        "asOf",
        "confidence",
        "outliers",
        "completeness",
        "status",
        "reason",
    ];

    /// <param name="path">A file that ends in .csv or .jsonl; <see langword="null"/> for CSV on standard output.</param>
    /// <exception cref="LocalServiceException">The file cannot be written.</exception>
    public async Task WriteAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is null)
        {
            await using var console = new StreamWriter(Console.OpenStandardOutput(), TextForm.Utf8);
            await WriteCsvAsync(console, cancellationToken);
            return;
        }

        var partial = Partial(path);
        try
        {
            await using (var writer = new StreamWriter(partial, append: false, IsJson(path) ? TextForm.Utf8 : source.Form.Encoding))
            {
                await (IsJson(path) ? WriteJsonAsync(writer, cancellationToken) : WriteCsvAsync(writer, cancellationToken));
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CannotBeWritten(path, exception);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Fails early if the result cannot be written, or would replace the user's file.</summary>
    /// <param name="path">The result file; <see langword="null"/> for standard output.</param>
    /// <param name="input">The user's file.</param>
    /// <exception cref="LocalServiceException">The file is the user's, or its folder is missing or not writable.</exception>
    public static void RequireWritable(string? path, string input)
    {
        if (path is null)
        {
            return;
        }

        if (Directory.Exists(path))
        {
            throw new LocalServiceException($"--output must be a file; {path} is a folder. Nothing was sent.");
        }

        if (RealPath.AreSame(path, input))
        {
            throw new LocalServiceException(
                $"--output must be another file than the one that is read; {path} is {input}. Nothing was sent."
            );
        }

        var probe = Partial(path);
        try
        {
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CannotBeWritten(path, exception);
        }
    }

    private static string Partial(string path) => $"{path}.{Environment.ProcessId}.partial";

    /// <summary>Returns the error with the user's path; the runtime's message names the temporary file beside it.</summary>
    private static LocalServiceException CannotBeWritten(string path, Exception exception)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        var reason =
            !Directory.Exists(folder) ? $"the folder {folder} does not exist."
            : exception is UnauthorizedAccessException ? $"the folder {folder} is not writable."
            : exception.Message.Replace(Path.GetFullPath(Partial(path)), path, StringComparison.Ordinal);
        return new LocalServiceException($"{path} cannot be written: {reason}", exception);
    }

    internal async Task WriteCsvAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            NewLine = source.Form.NewLine,
            Delimiter = source.Form.Delimiter.ToString(),
        };
        if (source.Form.IsDeclared)
        {
            await output.WriteAsync($"sep={source.Form.Delimiter}{source.Form.NewLine}".AsMemory(), cancellationToken);
        }

        await using var csv = new CsvWriter(output, configuration, leaveOpen: true);
        foreach (var heading in source.Header)
        {
            csv.WriteField(heading);
        }

        foreach (var column in QuoteColumns)
        {
            csv.WriteField(source.Header.Contains(column, StringComparer.OrdinalIgnoreCase) ? "quote " + column : column);
        }

        await csv.NextRecordAsync();
        foreach (var line in source.Lines)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var at = 0; at < source.Header.Count; at++)
            {
                csv.WriteField(Harmless(at < line.Cells.Count ? line.Cells[at] : ""));
            }

            foreach (var column in QuoteColumns)
            {
                csv.WriteField(Harmless(Value(line, column)));
            }

            await csv.NextRecordAsync();
        }
    }

    internal async Task WriteJsonAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var names = MemberNames();
        foreach (var line in source.Lines)
        {
            cancellationToken.ThrowIfCancellationRequested();
            buffer.SetLength(0);
            await using (
                var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
            )
            {
                json.WriteStartObject();
                json.WriteStartObject("row");
                for (var at = 0; at < names.Count; at++)
                {
                    json.WriteString(names[at], at < line.Cells.Count ? line.Cells[at] : "");
                }

                json.WriteEndObject();
                json.WriteString("status", Value(line, "status"));
                json.WriteString("reason", Value(line, "reason"));
                json.WritePropertyName("quote");
                if (items.QuoteOf(line) is { } quote)
                {
                    quote.WriteTo(json);
                }
                else
                {
                    json.WriteNullValue();
                }

                json.WriteEndObject();
            }

            await output.WriteLineAsync(TextForm.Utf8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        }
    }

    /// <summary>The headings as names of members, each once: of two with the same name a reader would keep one.</summary>
    private List<string> MemberNames()
    {
        var names = new List<string>(source.Header.Count);
        for (var at = 0; at < source.Header.Count; at++)
        {
            var heading = source.Header[at];
            var name = heading.Length > 0 ? heading : $"column {at + 1}";
            while (names.Contains(name, StringComparer.Ordinal))
            {
                name += $" (column {at + 1})";
            }

            names.Add(name);
        }

        return names;
    }

    private static bool IsJson(string path) => path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase);

    private string Value(SymbolLine line, string column)
    {
        var item = items.Of(line);
        return column switch
        {
            "status" => line.Text.Length == 0 ? "skipped"
            : item is { } known ? BatchItems.Text(known, "status")
            : "failed",
            "reason" => line.Text.Length == 0 ? "The line has no symbol."
            : !line.IsSymbol ? "not-a-symbol"
            : item is { } known ? BatchItems.ReasonOf(line, known)
            : "no answer",
            "symbol" => item is { } known ? BatchItems.Text(known, "symbol") : "",
            "confidence" => items.QuoteOf(line) is { } quote && quote.TryGetProperty("quality", out var quality)
                ? BatchItems.Text(quality, column)
                : "",
            "outliers" => items.QuoteOf(line) is { } quote
            && quote.TryGetProperty("quality", out var quality)
            && quality.TryGetProperty("outliers", out var outliers)
                ? string.Join(' ', outliers.EnumerateArray().Select(outlier => outlier.GetString()))
                : "",
            _ => items.QuoteOf(line) is { } quote ? BatchItems.Text(quote, column) : "",
        };
    }

    /// <summary>Puts an apostrophe before text that a spreadsheet would run as a formula; numbers, also <c>-1,5</c> and <c>-2,00 EUR</c>, and
    /// dashes stay unchanged.</summary>
    private static string Harmless(string cell) =>
        cell is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] && !Number().IsMatch(cell) ? "'" + cell : cell;

    [GeneratedRegex(
        @"^[+-]{1,2}$|^[+-] ?[$€£¥]?[0-9.,'\u00A0\u202F\u2019 ]*(?:[0-9][eE][+-]?[0-9]+)? ?(?:%|[$€£¥]|[A-Z]{3})?$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Number();
}
