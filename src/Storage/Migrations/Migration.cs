using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Quorum.Storage;

/// <summary>One numbered SQL file of <c>Migrations/</c>. A published one never changes: what it got wrong, a later one mends.</summary>
/// <param name="Number">From the file's name; applied in this order.</param>
/// <param name="Name">The file's name: <c>0001_instruments.sql</c>.</param>
internal sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the text with line feeds only: a checkout with other line ends is the same migration.</summary>
    public string Checksum { get; } = EmbeddedText.Checksum(Sql);

    /// <summary>All that this build knows, in order.</summary>
    public static IReadOnlyList<Migration> All { get; } = ReadAll();

    private static List<Migration> ReadAll()
    {
        const string folder = ".Migrations.";
        var migrations = new List<Migration>();
        foreach (var resource in EmbeddedText.Names)
        {
            var at = resource.IndexOf(folder, StringComparison.Ordinal);
            if (at >= 0 && resource.EndsWith(".sql", StringComparison.Ordinal))
            {
                var name = resource[(at + folder.Length)..];
                migrations.Add(new Migration(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, EmbeddedText.Read(resource)));
            }
        }

        migrations.Sort((one, other) => one.Number.CompareTo(other.Number));
        return migrations;
    }
}

/// <summary>The SQL and CSV files inside this assembly.</summary>
internal static class EmbeddedText
{
    private static readonly Assembly Here = typeof(EmbeddedText).Assembly;

    public static IReadOnlyList<string> Names { get; } = Here.GetManifestResourceNames();

    /// <param name="name">The resource's name or the end of it: <c>.Reference.instruments.csv</c>.</param>
    public static string Read(string name)
    {
        var resource = Names.Single(candidate => candidate.EndsWith(name, StringComparison.Ordinal));
        using var reader = new StreamReader(Here.GetManifestResourceStream(resource)!, Encoding.UTF8); // Not null: the name is from the manifest.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    public static string Checksum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
