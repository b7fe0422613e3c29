using System.Text;

namespace Quorum.DevHost.Batches;

/// <summary>The form of a text file, which its result file keeps: a program that reads one reads the other.</summary>
/// <param name="Delimiter">The delimiter.</param>
/// <param name="IsDeclared">True if a first line <c>sep=;</c> names the delimiter.</param>
/// <param name="NewLine">The line break.</param>
/// <param name="Encoding">The encoding; it writes a byte order mark if the file begins with one.</param>
internal sealed record TextForm(char Delimiter, bool IsDeclared, string NewLine, Encoding Encoding)
{
    public static UTF8Encoding Utf8 { get; } = new(encoderShouldEmitUTF8Identifier: false);

    public static UTF8Encoding MarkedUtf8 { get; } = new(encoderShouldEmitUTF8Identifier: true);

    /// <summary>The encoding of older versions of Excel and of some brokers' servers: Windows-1252.</summary>
    public static Encoding Legacy { get; } =
        CodePagesEncodingProvider.Instance.GetEncoding(1252)
        ?? throw new InvalidOperationException("The runtime must have code page 1252.");
}
