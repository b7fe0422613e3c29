using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Quorum.Storage;

/// <summary>
/// The position in a symbol's history after which the next page begins: the last quote of the previous page. Opaque to callers of the API,
/// and stable: new quotes neither shift it nor appear behind it.
/// </summary>
/// <param name="PublishedAt">UTC, whole microseconds.</param>
public readonly record struct HistoryCursor(DateTimeOffset PublishedAt, string InstanceId)
{
    private const int MaxInstanceIdLength = 200;

    /// <summary>Reads a text that <see cref="ToString"/> wrote.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out HistoryCursor cursor)
    {
        cursor = default;
        var dash = text?.IndexOf('-') ?? -1;
        if (
            dash < 1
            || !long.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            || microseconds > DateTimeOffset.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond
            || text!.Length - dash - 1 is 0 or > MaxInstanceIdLength
            || text.Contains('\0')
        )
        {
            return false;
        }

        cursor = new HistoryCursor(new DateTimeOffset(microseconds * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero), text[(dash + 1)..]);
        return true;
    }

    /// <summary>Returns microseconds since the year 1, a hyphen, and the instance id: safe in a URL if the id is.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{PublishedAt.UtcTicks / TimeSpan.TicksPerMicrosecond}-{InstanceId}");
}

/// <param name="Quotes">The quotes, newest first.</param>
/// <param name="Next">The position of the next page; <see langword="null"/> after the last.</param>
public sealed record QuoteHistoryPage(IReadOnlyList<PublishedQuote> Quotes, HistoryCursor? Next);
