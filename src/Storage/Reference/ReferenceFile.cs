using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Quorum.MarketData;

namespace Quorum.Storage;

/// <summary>
/// Instruments in a CSV file: one line each with <c>ticker</c>, <c>name</c>, <c>mic</c>, <c>currency</c>, optionally <c>isin</c> (empty if
/// it is not certain) and optionally a column per provider. A provider's cell has its spelling and, after a space, the unit of its prices
/// where that differs from the currency (<c>VOD.L GBX</c>); an empty cell means that it does not list the instrument. A provider without a
/// column is called by its rule for the venue.
/// </summary>
internal sealed class ReferenceFile
{
    private ReferenceFile(string name, string checksum, IReadOnlyList<ReferenceLine> lines) =>
        (Name, Checksum, Lines) = (name, checksum, lines);

    /// <summary>The instruments that come with the app.</summary>
    public static ReferenceFile BuiltIn { get; } = Parse("instruments.csv", EmbeddedText.Read(".Reference.instruments.csv"));

    public string Name { get; }

    public string Checksum { get; }

    public IEnumerable<Instrument> Instruments => Lines.Select(line => line.Instrument);

    public IEnumerable<ProviderListing> Listings => Lines.SelectMany(line => line.Listings);

    private IReadOnlyList<ReferenceLine> Lines { get; }

    /// <exception cref="ReferenceFileException">Lines break rules; the exception has all of them.</exception>
    public static ReferenceFile Parse(string name, string text)
    {
        var faults = new List<string>();
        var lines = new List<ReferenceLine>();
        using var parser = new CsvParser(
            new StringReader(text),
            new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                TrimOptions = TrimOptions.Trim,
                DetectDelimiter = true,
                DetectDelimiterValues = [",", ";", "\t"],
                BadDataFound = bad =>
                    faults.Add(
                        $"{name}, line {bad.Context.Parser?.RawRow}: a quotation mark inside a field must be doubled, and the field quoted."
                    ),
            }
        );
        var columns = parser.Read() ? ReferenceColumns.Read(parser.Record ?? [], fault => faults.Add($"{name}, line 1, {fault}")) : null;
        if (columns is null)
        {
            faults.Add($"{name}: must begin with a line of column names.");
        }

        while (columns is { IsComplete: true } && parser.Read())
        {
            var row = parser.RawRow;
            if (columns.ReadLine(parser.Record ?? [], row, fault => faults.Add($"{name}, line {row}, {fault}")) is { } line)
            {
                lines.Add(line);
            }
        }

        AddRepeated(name, lines, faults);
        return faults.Count == 0 ? new ReferenceFile(name, EmbeddedText.Checksum(text), lines) : throw new ReferenceFileException(faults);
    }

    /// <summary>The built-in instruments and those of the file of a setting, which replace built-in ones of the same symbol.</summary>
    /// <param name="path"><see langword="null"/> or empty for the built-in ones alone.</param>
    /// <exception cref="ReferenceFileException">The file cannot be read, or lines break rules.</exception>
    public static ReferenceFile WithInstrumentsOf(string? path)
    {
        if (string.IsNullOrEmpty(path))
        {
            return BuiltIn;
        }

        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ReferenceFileException([$"{path}: must be a file that can be read: {exception.Message}"]);
        }

        return BuiltIn.With(Parse(Path.GetFileName(path), text));
    }

    /// <exception cref="ReferenceFileException">A provider would have one spelling for two instruments.</exception>
    public ReferenceFile With(ReferenceFile own)
    {
        var replaced = own.Instruments.Select(instrument => instrument.Symbol).ToHashSet();
        var kept = Lines.Where(line => !replaced.Contains(line.Instrument.Symbol)).ToList();
        var taken = kept.SelectMany(line => line.Listings)
            .ToDictionary(listing => (listing.Provider, listing.ProviderSymbol), listing => listing.Symbol);
        var faults = own
            .Lines.SelectMany(line =>
                line.Listings.Where(listing => taken.ContainsKey((listing.Provider, listing.ProviderSymbol)))
                    .Select(listing =>
                        $"{own.Name}, line {line.Row}, {listing.Provider} '{listing.ProviderSymbol}': must not be the spelling of another instrument "
                        + $"({taken[(listing.Provider, listing.ProviderSymbol)]} of the built-in ones)."
                    )
            )
            .ToList();
        return faults.Count == 0
            ? new ReferenceFile(Name, EmbeddedText.Checksum(Checksum + own.Checksum), [.. kept, .. own.Lines])
            : throw new ReferenceFileException(faults);
    }

    private static void AddRepeated(string name, List<ReferenceLine> lines, List<string> faults)
    {
        var rows = new Dictionary<object, int>();
        foreach (var line in lines)
        {
            if (!rows.TryAdd(line.Instrument.Symbol, line.Row))
            {
                faults.Add(
                    $"{name}, line {line.Row}, ticker '{line.Instrument.Symbol}': must not be there twice (also in line {rows[line.Instrument.Symbol]})."
                );
                continue;
            }

            foreach (var listing in line.Listings)
            {
                if (!rows.TryAdd((listing.Provider, listing.ProviderSymbol), line.Row))
                {
                    faults.Add(
                        $"{name}, line {line.Row}, {listing.Provider} '{listing.ProviderSymbol}': must not be the spelling of another instrument "
                            + $"(line {rows[(listing.Provider, listing.ProviderSymbol)]})."
                    );
                }
            }
        }
    }
}

/// <summary>An instrument of a reference file, with its listings at the providers.</summary>
/// <param name="Row">The number of the line, from 1.</param>
internal sealed record ReferenceLine(int Row, Instrument Instrument, IReadOnlyList<ProviderListing> Listings);

/// <summary>A reference file that cannot be used.</summary>
internal sealed class ReferenceFileException(IReadOnlyList<string> faults) : FormatException(string.Join('\n', faults))
{
    /// <summary>All faults: file, line, column, value and the broken rule.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
