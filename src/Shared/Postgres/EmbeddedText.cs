using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Quorum.Shared.Postgres;

/// <summary>The SQL and CSV files inside this assembly.</summary>
internal static class EmbeddedText
{
    private static readonly Assembly Here = typeof(EmbeddedText).Assembly;

    public static IReadOnlyList<string> Names { get; } = Here.GetManifestResourceNames();

    /// <summary>Reads one file, with line feeds only: a checkout with other line ends gives the same text.</summary>
    /// <param name="name">The resource's name, or the end of it: <c>.Reference.instruments.csv</c>.</param>
    public static string Read(string name)
    {
        var resource = Names.Single(candidate => candidate.EndsWith(name, StringComparison.Ordinal));
        using var reader = new StreamReader(Here.GetManifestResourceStream(resource)!, Encoding.UTF8); // Not null: the name is from the manifest.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>SHA-256 of the text in UTF-8, in lower-case hexadecimal digits.</summary>
    public static string Checksum(string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
#if NET9_0_OR_GREATER
        return Convert.ToHexStringLower(hash);
#else
        return Convert.ToHexString(hash).ToLowerInvariant();
#endif
    }
}
