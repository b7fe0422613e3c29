using System.Collections.Frozen;
using System.Text;

namespace Quorum.Storage;

/// <summary>Text without accents: <c>nestle</c> for <c>Nestlé</c>, <c>oreal</c> for <c>Oréal</c>. Latin letters only.</summary>
/// <remarks>A table, since normalization forms need ICU, which the app runs without.</remarks>
internal static class PlainText
{
    private static readonly FrozenDictionary<char, string> Plain = new (string Plain, string Letters)[]
    {
        ("'", "’"),
        ("a", "àáâãäåāăą"),
        ("ae", "æ"),
        ("c", "çćĉċč"),
        ("d", "ðďđ"),
        ("e", "èéêëēĕėęě"),
        ("g", "ĝğġģ"),
        ("h", "ĥħ"),
        ("i", "ìíîïĩīĭįıİ"),
        ("j", "ĵ"),
        ("k", "ķ"),
        ("l", "ĺļľł"),
        ("n", "ñńņň"),
        ("o", "òóôõöøōŏő"),
        ("oe", "œ"),
        ("r", "ŕŗř"),
        ("s", "śŝşšș"),
        ("ss", "ß"),
        ("t", "ţťŧț"),
        ("th", "þ"),
        ("u", "ùúûüũūŭůűų"),
        ("w", "ŵ"),
        ("y", "ýÿŷ"),
        ("z", "źżž"),
    }
        .SelectMany(entry => entry.Letters, (entry, letter) => (letter, entry.Plain))
        .ToFrozenDictionary(entry => entry.letter, entry => entry.Plain);

    /// <summary>Returns the text in lower case without accents.</summary>
    public static string Of(string text)
    {
        var lower = text.ToLowerInvariant();
        if (Ascii.IsValid(lower))
        {
            return lower;
        }

        var plain = new StringBuilder(lower.Length);
        foreach (var c in lower)
        {
            _ = Plain.TryGetValue(c, out var letters) ? plain.Append(letters) : plain.Append(c);
        }

        return plain.ToString();
    }
}
