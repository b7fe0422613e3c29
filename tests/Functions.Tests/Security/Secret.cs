using System.Text;
using System.Text.Json;

namespace Quorum.Functions.Tests.Security;

/// <summary>A text that is to be nowhere, in whatever form it may have got there: as it is, in another case, as UTF-16, escaped for JSON or
/// an address, as Base64 at any place of a longer text, in hexadecimal, and as the bytes of these as PostgreSQL prints them.</summary>
internal sealed class Secret(string text)
{
    private readonly string[] _forms = [.. Forms(text).Distinct(StringComparer.Ordinal)];

    /// <summary>For a search by PostgreSQL, without regard to case.</summary>
    public string[] Patterns =>
        [
            .. _forms
                .Where(form => !form.Contains('\0', StringComparison.Ordinal)) // which no text in PostgreSQL has
                .Concat(
                    _forms
                        .SelectMany(form => (string[])[form, form.ToUpperInvariant(), form.ToLowerInvariant()])
                        .Select(form => Convert.ToHexStringLower(Encoding.Latin1.GetBytes(form)))
                )
                .Distinct()
                .Select(form => $"%{form}%"),
        ];

    /// <summary>The first place that holds it, with what stands around it; <see langword="null"/> when none does.</summary>
    public string? FindIn(ReadOnlySpan<byte> bytes) => FindIn(Encoding.Latin1.GetString(bytes));

    /// <inheritdoc cref="FindIn(ReadOnlySpan{byte})"/>
    public string? FindIn(string content)
    {
        const int Around = 200;
        foreach (var form in _forms)
        {
            if (content.IndexOf(form, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
            {
                return content[Math.Max(0, at - Around)..Math.Min(content.Length, at + form.Length + Around)];
            }
        }

        return null;
    }

    public static string InBase64Twice(string text) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(text))));

    public static string InBase64OfUtf16(string text) => Convert.ToBase64String(Encoding.Unicode.GetBytes(text));

    public static string UrlEncodedTwice(string text) =>
        Uri.EscapeDataString(string.Concat(Encoding.UTF8.GetBytes(text).Select(one => $"%{one:x2}")));

    private static IEnumerable<string> Forms(string text)
    {
        yield return text;
        yield return Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(text));
        yield return JsonEncodedText.Encode(text).Value;
        yield return Uri.EscapeDataString(text);
        var bytes = Encoding.UTF8.GetBytes(text);
        yield return Convert.ToHexStringLower(bytes);
        yield return UrlEncodedTwice(text);
        foreach (var once in InBase64(bytes))
        {
            yield return once;
            foreach (var twice in InBase64(Encoding.UTF8.GetBytes(once)))
            {
                yield return twice;
            }
        }

        foreach (var form in InBase64(Encoding.Unicode.GetBytes(text)))
        {
            yield return form;
        }
    }

    /// <summary>The part of the Base64 that depends on these bytes alone, for each number of others that stand before them in their group
    /// of three.</summary>
    private static IEnumerable<string> InBase64(byte[] bytes) =>
        Enumerable
            .Range(0, 3)
            .Select(before =>
                Convert.ToBase64String([.. new byte[before], .. bytes])[(((before * 8) + 5) / 6)..((before + bytes.Length) * 8 / 6)]
            );
}
