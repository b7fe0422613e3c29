using NCrontab;

namespace Quorum.StandaloneHost.Timers;

/// <summary>The schedule of a timer: an NCRONTAB expression of six fields (seconds first) or of five, in a time zone.</summary>
/// <remarks>https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions</remarks>
internal sealed class TimerSchedule
{
    private readonly CrontabSchedule _crontab;
    private readonly TimeZoneInfo _zone;

    private TimerSchedule(string text, CrontabSchedule crontab, TimeZoneInfo zone)
    {
        Text = text;
        _crontab = crontab;
        _zone = zone;
    }

    public string Text { get; }

    /// <exception cref="FormatException">The text is not an NCRONTAB expression; the message names it.</exception>
    public static TimerSchedule Parse(string text, TimeZoneInfo zone)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        var crontab = fields is 5 or 6
            ? CrontabSchedule.TryParse(text, new CrontabSchedule.ParseOptions { IncludingSeconds = fields == 6 })
            : null;
        return new TimerSchedule(
            text,
            crontab ?? throw new FormatException($"'{text}' is not an NCRONTAB expression: six fields from second to day of week."),
            zone
        );
    }

    /// <summary>Returns the first time after this one, UTC. A local time that the clocks skip is left out, one that they repeat counts once.
    /// The end of time for an expression that has no further occurrence, such as 30 February.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, _zone).DateTime;
        while (true)
        {
            local = _crontab.GetNextOccurrence(local);
            if (local == DateTime.MaxValue)
            {
                return DateTimeOffset.MaxValue;
            }

            if (_zone.IsInvalidTime(local))
            {
                continue; // skipped in spring
            }

            // Of a time that occurs twice in autumn, the earlier one.
            var offset = _zone.IsAmbiguousTime(local) ? _zone.GetAmbiguousTimeOffsets(local).Max() : _zone.GetUtcOffset(local);
            var next = new DateTimeOffset(local, offset).ToUniversalTime();
            if (next > instant)
            {
                return next;
            }
        }
    }
}
