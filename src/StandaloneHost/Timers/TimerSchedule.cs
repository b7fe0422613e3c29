using NCrontab;

namespace Quorum.StandaloneHost.Timers;

/// <summary>When a timer is due: an NCRONTAB expression of six fields (second first) or of five, in a time zone.</summary>
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

    /// <exception cref="FormatException">It is not an NCRONTAB expression; the message says so and names it.</exception>
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

    /// <summary>The first time after this one, UTC. A local time that the clocks skip or repeat counts once.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset instant)
    {
        var local = TimeZoneInfo.ConvertTime(instant, _zone).DateTime;
        while (true)
        {
            local = _crontab.GetNextOccurrence(local);
            if (_zone.IsInvalidTime(local))
            {
                continue; // skipped in spring
            }

            // Of a time that comes twice in autumn, the earlier one.
            var offset = _zone.IsAmbiguousTime(local) ? _zone.GetAmbiguousTimeOffsets(local).Max() : _zone.GetUtcOffset(local);
            var next = new DateTimeOffset(local, offset).ToUniversalTime();
            if (next > instant)
            {
                return next;
            }
        }
    }
}
