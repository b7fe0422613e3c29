using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;
using Quorum.LocalServices;

namespace Quorum.DevHost.Batches;

/// <summary>
/// Writes a line for each line of a user's file: its own columns, then the quote. The file of an earlier run is replaced only by a complete
/// one.
/// </summary>
internal sealed class ResultFile(SymbolFile source, IReadOnlyDictionary<string, JsonElement> items)
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
            await using var console = new StreamWriter(Console.OpenStandardOutput(), Utf8);
            await WriteCsvAsync(console, cancellationToken);
            return;
        }

        var partial = $"{path}.{Environment.ProcessId}.partial";
        try
        {
            await using (var writer = new StreamWriter(partial, append: false, Utf8))
            {
                await (IsJson(path) ? WriteJsonAsync(writer, cancellationToken) : WriteCsvAsync(writer, cancellationToken));
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LocalServiceException($"{path} cannot be written: {exception.Message}", exception);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Fails early if the result cannot be written.</summary>
    /// <exception cref="LocalServiceException">The folder is missing or not writable.</exception>
    public static void RequireWritable(string? path)
    {
        if (path is null)
        {
            return;
        }

        var probe = $"{path}.{Environment.ProcessId}.partial";
        try
        {
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LocalServiceException($"{path} cannot be written: {exception.Message}", exception);
        }
    }

    internal async Task WriteCsvAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" };
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
                for (var at = 0; at < source.Header.Count; at++)
                {
                    json.WriteString(
                        source.Header[at].Length > 0 ? source.Header[at] : $"column {at + 1}",
                        at < line.Cells.Count ? line.Cells[at] : ""
                    );
                }

                json.WriteEndObject();
                json.WriteString("status", Value(line, "status"));
                json.WriteString("reason", Value(line, "reason"));
                json.WritePropertyName("quote");
                if (Quote(line) is { } quote)
                {
                    quote.WriteTo(json);
                }
                else
                {
                    json.WriteNullValue();
                }

                json.WriteEndObject();
            }

            await output.WriteLineAsync(Utf8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
        }
    }

    private static UTF8Encoding Utf8 { get; } = new(encoderShouldEmitUTF8Identifier: false);

    private static bool IsJson(string path) => path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase);

    private string Value(SymbolLine line, string column)
    {
        var item = line.IsSymbol && items.TryGetValue(line.Text, out var found) ? found : (JsonElement?)null;
        return column switch
        {
            "status" => line.Text.Length == 0 ? "skipped"
            : item is { } known ? Text(known, "status")
            : "failed",
            "reason" => line.Text.Length == 0 ? "The line has no symbol."
            : !line.IsSymbol ? "not-a-symbol"
            : item is { } known ? Text(known, "reason")
            : "no answer",
            "symbol" => item is { } known ? Text(known, "symbol") : "",
            "confidence" => Quote(line) is { } quote && quote.TryGetProperty("quality", out var quality) ? Text(quality, column) : "",
            "outliers" => Quote(line) is { } quote
            && quote.TryGetProperty("quality", out var quality)
            && quality.TryGetProperty("outliers", out var outliers)
                ? string.Join(' ', outliers.EnumerateArray().Select(outlier => outlier.GetString()))
                : "",
            _ => Quote(line) is { } quote ? Text(quote, column) : "",
        };
    }

    private JsonElement? Quote(SymbolLine line) =>
        line.IsSymbol
        && items.TryGetValue(line.Text, out var item)
        && item.TryGetProperty("quote", out var quote)
        && quote.ValueKind == JsonValueKind.Object
            ? quote
            : null;

    private static string Text(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? ""
        : value.ValueKind == JsonValueKind.String ? value.GetString() ?? ""
        : value.GetRawText();

    /// <summary>Puts an apostrophe before text that a spreadsheet would run as a formula; numbers stay unchanged.</summary>
    private static string Harmless(string cell) =>
        cell is ['=' or '+' or '-' or '@' or '\t' or '\r', ..]
        && !decimal.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? "'" + cell
            : cell;
}
