using System.Globalization;

namespace Quorum.MarketData;

/// <summary>Reads times in RFC 3339 form with any number of decimals, and dates (N8). What is not of that form, or not of the years 2000 to
/// 2100 (N24; Go's zero time is <c>0001-01-01T00:00:00Z</c>), is missing.</summary>
public static class Rfc3339
{
    private const int TicksDigits = 7;

    /// <summary>A date-time with <c>Z</c> or an offset, as UTC. Decimals beyond the seventh (100 ns) are cut off, not rounded.</summary>
    public static DateTimeOffset? ParseInstant(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (
            text.Length < "2025-06-18T17:32:10Z".Length
            || !TryReadDate(text, out var date)
            || text[10] is not ('T' or 't' or ' ')
            || text[13] != ':'
            || text[16] != ':'
            || !TryReadDigits(text[11..13], out var hour)
            || hour > 23
            || !TryReadDigits(text[14..16], out var minute)
            || minute > 59
            || !TryReadDigits(text[17..19], out var second)
            || second > 60
        ) // 60 is a leap second
        {
            return null;
        }

        text = text[19..];
        if (!TryReadFraction(ref text, out var fraction) || !TryReadOffset(text, out var offset))
        {
            return null;
        }

        var ticks =
            date.ToDateTime(TimeOnly.MinValue).Ticks
            + (((hour * 60L) + minute - offset) * TimeSpan.TicksPerMinute)
            + (second * TimeSpan.TicksPerSecond)
            + fraction;
        return PlausibleTime.Contains(ticks) ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }

    /// <summary>The date of <c>2025-06-18</c>, also when a time of day follows it.</summary>
    public static DateOnly? ParseDate(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        return
            text.Length >= 10
            && TryReadDate(text, out var date)
            && (text.Length == 10 || text[10] is 'T' or 't' or ' ')
            && PlausibleTime.Contains(date)
            ? date
            : null;
    }

    private static bool TryReadDate(ReadOnlySpan<char> text, out DateOnly date)
    {
        if (
            TryReadDigits(text[..4], out var year)
            && text[4] == '-'
            && TryReadDigits(text[5..7], out var month)
            && text[7] == '-'
            && TryReadDigits(text[8..10], out var day)
            && year > 0
            && month is >= 1 and <= 12
            && day >= 1
            && day <= DateTime.DaysInMonth(year, month)
        )
        {
            date = new DateOnly(year, month, day);
            return true;
        }

        date = default;
        return false;
    }

    private static bool TryReadDigits(ReadOnlySpan<char> digits, out int value) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static bool TryReadFraction(ref ReadOnlySpan<char> text, out int ticks)
    {
        ticks = 0;
        if (text is not ['.', ..])
        {
            return true;
        }

        var length = text[1..].IndexOfAnyExceptInRange('0', '9');
        if (length <= 0)
        {
            return false;
        }

        for (var i = 0; i < TicksDigits; i++)
        {
            ticks = (ticks * 10) + (i < length ? text[1 + i] - '0' : 0);
        }

        text = text[(1 + length)..];
        return true;
    }

    private static bool TryReadOffset(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        if (text is "Z" or "z")
        {
            return true;
        }

        if (
            text is not ['+' or '-', _, _, ':', _, _]
            || !TryReadDigits(text[1..3], out var hours)
            || hours > 23
            || !TryReadDigits(text[4..6], out minutes)
            || minutes > 59
        )
        {
            return false;
        }

        minutes = (text[0] == '-' ? -1 : 1) * ((hours * 60) + minutes);
        return true;
    }
}
