using System.Globalization;
using System.Text;

namespace Quorum.MarketData;

/// <summary>Reads numbers as providers write them: in text, exactly, with the invariant culture (rules N1 and N2).</summary>
/// <remarks>Exponents are legal, one trailing <c>%</c> is dropped. The providers' words for "nothing" (<c>NA</c>, <c>None</c>, <c>-</c>,
/// <c>NaN</c>, the empty text) and whatever else is no number mean that the value is missing, and so does a number that a
/// <see cref="decimal"/> cannot hold: one odd field costs that field, never the quote. No value passes through a binary float.</remarks>
public static class NumberText
{
    /// <summary>The number, or <see langword="null"/> when it is missing or unreadable.</summary>
    public static decimal? Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text is [.., '%'])
        {
            text = text[..^1].TrimEnd();
        }

        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static decimal? Parse(ReadOnlySpan<byte> utf8)
    {
        utf8 = utf8[Ascii.Trim(utf8)];
        if (utf8 is [.., (byte)'%'])
        {
            utf8 = utf8[..^1];
        }

        return decimal.TryParse(utf8, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    /// <summary>The number without its fraction (<c>95595226.0</c>, <c>9.5E7</c>); <see langword="null"/> when it is missing, unreadable or
    /// beyond 64 bits.</summary>
    public static long? ParseWhole(ReadOnlySpan<char> text) => ToWhole(Parse(text));

    /// <inheritdoc cref="ParseWhole(ReadOnlySpan{char})"/>
    public static long? ParseWhole(ReadOnlySpan<byte> utf8) => ToWhole(Parse(utf8));

    internal static long? ToWhole(decimal? value) =>
        value is { } number && decimal.Truncate(number) is >= long.MinValue and <= long.MaxValue ? decimal.ToInt64(number) : null;
}
