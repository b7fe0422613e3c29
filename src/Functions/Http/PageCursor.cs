using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Quorum.Functions.Http;

/// <summary>A position in a list as callers see it: an opaque text, safe in a URL.</summary>
internal static class PageCursor
{
    public const int Longest = 400;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string Write(string place) => Base64Url.EncodeToString(Strict.GetBytes(place));

    public static bool TryRead(string text, [NotNullWhen(true)] out string? place)
    {
        place = null;
        if (text.Length is 0 or > Longest || !Base64Url.IsValid(text))
        {
            return false;
        }

        try
        {
            place = Strict.GetString(Base64Url.DecodeFromChars(text));
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
