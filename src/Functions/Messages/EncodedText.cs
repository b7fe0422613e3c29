using System.Text;
using System.Text.RegularExpressions;

namespace Quorum.Functions.Messages;

/// <summary>Finds what text may have been before it was encoded: URL-encoded, in Base64 or hexadecimal, as UTF-8 or UTF-16.</summary>
internal static partial class EncodedText
{
    private const int Base64Group = 4,
        HexGroup = 2;

    /// <summary>Returns what the text, or a part of it, may be the encoding of. Each is decoded once; may be called again on the
    /// result.</summary>
    public static IEnumerable<string> Decode(string text)
    {
        if (text.Contains('%', StringComparison.Ordinal) && Uri.UnescapeDataString(text) is var unescaped && unescaped != text)
        {
            yield return unescaped;
        }

        // A run may begin with characters that do not belong to it, so each place in a group is tried.
        foreach (Match run in Base64Run().Matches(text))
        {
            for (var start = 0; start < Base64Group; start++)
            {
                yield return OfBase64(run.ValueSpan[start..]);
            }
        }

        foreach (Match run in HexRun().Matches(text))
        {
            for (var start = 0; start < HexGroup; start++)
            {
                var digits = run.ValueSpan[start..];
                yield return Plain(Convert.FromHexString(digits[..(digits.Length / HexGroup * HexGroup)]));
            }
        }
    }

    private static string OfBase64(ReadOnlySpan<char> run)
    {
        var length = run.Length % Base64Group == 1 ? run.Length - 1 : run.Length; // one character alone encodes no byte
        var padded = new StringBuilder(length + Base64Group).Append(run[..length]).Replace('-', '+').Replace('_', '/');
        padded.Append('=', (Base64Group - (length % Base64Group)) % Base64Group);
        return Plain(Convert.FromBase64String(padded.ToString()));
    }

    /// <summary>Without the zeros of UTF-16. Other bytes than those of ASCII stay apart, as in <see cref="SecretMask"/>.</summary>
    private static string Plain(byte[] bytes) => Encoding.Latin1.GetString(bytes).Replace("\0", "", StringComparison.Ordinal);

    [GeneratedRegex("[A-Za-z0-9+/_-]{8,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Base64Run();

    [GeneratedRegex("[0-9A-Fa-f]{12,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HexRun();
}
