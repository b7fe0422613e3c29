using System.Globalization;

namespace Quorum.Storage;

/// <summary>The position in the list of batches after which the next page begins. New batches do not shift it.</summary>
/// <param name="CreatedAt">UTC, whole microseconds.</param>
public readonly record struct BatchCursor(DateTimeOffset CreatedAt, string Id)
{
    private const int MaxIdLength = 64;

    /// <summary>Returns the position of a batch.</summary>
    public static BatchCursor Of(Batch batch) => new(batch.CreatedAt, batch.Id);

    /// <summary>Reads a text that <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out BatchCursor cursor)
    {
        cursor = default;
        if (
            text.Split('-', 2) is not [var time, { Length: > 0 and <= MaxIdLength } id]
            || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            || microseconds > DateTimeOffset.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond
            || id.Contains('\0', StringComparison.Ordinal)
        )
        {
            return false;
        }

        cursor = new BatchCursor(new DateTimeOffset(microseconds * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero), id);
        return true;
    }

    /// <summary>Returns microseconds since the year 1, a hyphen, and the id.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{CreatedAt.UtcTicks / TimeSpan.TicksPerMicrosecond}-{Id}");
}
