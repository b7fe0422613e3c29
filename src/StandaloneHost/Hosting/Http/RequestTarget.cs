using System.Globalization;
using System.Text.Unicode;

namespace Quorum.StandaloneHost.Hosting.Http;

/// <summary>Path and query of a request as the client sent them.</summary>
internal static class RequestTarget
{
    private const int OnStack = 1024;

    /// <summary>True if its percent-encoded bytes are UTF-8, and none of its <c>%uXXXX</c> is half a surrogate pair.</summary>
    public static bool IsText(ReadOnlySpan<char> target)
    {
        var at = target.IndexOf('%');
        if (at < 0)
        {
            return true;
        }

        var bytes = target.Length <= OnStack ? stackalloc byte[OnStack] : new byte[target.Length];
        while (at < target.Length)
        {
            var length = 0;
            while (IsEscape(target[at..], start: 1, digits: 2, out var value))
            {
                bytes[length++] = (byte)value;
                at += 3;
            }

            if (!Utf8.IsValid(bytes[..length]))
            {
                return false;
            }

            if (IsEscape(target[at..], start: 2, digits: 4, out var unit) && target[at + 1] == 'u' && char.IsSurrogate((char)unit))
            {
                return false;
            }

            var next = at < target.Length ? target[(at + 1)..].IndexOf('%') : -1;
            at = next < 0 ? target.Length : at + 1 + next;
        }

        return true;
    }

    private static bool IsEscape(ReadOnlySpan<char> text, int start, int digits, out int value)
    {
        value = 0;
        return text.Length >= start + digits
            && text[0] == '%'
            && int.TryParse(text.Slice(start, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
