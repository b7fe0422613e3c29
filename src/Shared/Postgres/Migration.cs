using System.Globalization;

namespace Quorum.Shared.Postgres;

/// <summary>One numbered SQL file. A published one never changes; a later one corrects it.</summary>
/// <param name="Number">The four digits that the file's name begins with; the order of application.</param>
/// <param name="Name">The file's name: <c>0001_instruments.sql</c>.</param>
/// <param name="Sql">The statements, run in one transaction.</param>
internal sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the text with line feeds only.</summary>
    public string Checksum { get; } = EmbeddedText.Checksum(Sql);

    /// <summary>Reads all migrations of one folder of this assembly's resources, in order.</summary>
    /// <param name="folder">The end of the folder's resource name, between full stops: <c>.Migrations.</c>.</param>
    public static IReadOnlyList<Migration> ReadAll(string folder)
    {
        var migrations = new List<Migration>();
        foreach (var resource in EmbeddedText.Names)
        {
            var at = resource.IndexOf(folder, StringComparison.Ordinal);
            if (at >= 0 && resource.EndsWith(".sql", StringComparison.Ordinal))
            {
                var name = resource[(at + folder.Length)..];
                migrations.Add(
                    new Migration(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, EmbeddedText.Read(resource))
                );
            }
        }

        migrations.Sort(static (one, other) => one.Number.CompareTo(other.Number));
        return migrations;
    }
}
