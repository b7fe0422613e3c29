using System.Globalization;

namespace Quorum.Storage;

/// <summary>The position in the list of dead letters after which the next page begins. New ones do not shift it.</summary>
/// <param name="FirstSeenAt">UTC, whole microseconds.</param>
public readonly record struct DeadLetterCursor(DateTimeOffset FirstSeenAt, DeadLetterId Id)
{
    /// <summary>Reads a text that <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out DeadLetterCursor cursor)
    {
        cursor = default;
        if (
            text.Split('-', 2) is not [var time, var rest]
            || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds)
            || microseconds > DateTimeOffset.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond
            || !DeadLetterId.TryParse(rest, out var id)
        )
        {
            return false;
        }

        cursor = new DeadLetterCursor(new DateTimeOffset(microseconds * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero), id);
        return true;
    }

    /// <summary>Returns microseconds since the year 1, a hyphen, and the id.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{FirstSeenAt.UtcTicks / TimeSpan.TicksPerMicrosecond}-{Id}");
}

/// <summary>Identifies a dead letter.</summary>
/// <param name="Queue">The queue where it was received. Names of queues contain no dot.</param>
/// <param name="MessageId">The message's id in the queue.</param>
public readonly record struct DeadLetterId(string Queue, string MessageId)
{
    private const int MaxLength = 200;

    /// <summary>Reads a text that <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out DeadLetterId id)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var isOne = point > 0 && point < text.Length - 1 && text.Length <= MaxLength && !text.Any(char.IsControl);
        id = isOne ? new DeadLetterId(text[..point], text[(point + 1)..]) : default;
        return isOne;
    }

    /// <summary>Returns the queue, a dot, and the message's id.</summary>
    public override string ToString() => $"{Queue}.{MessageId}";
}
