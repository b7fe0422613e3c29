using System.Text.Json.Serialization;
using NodaTime;

namespace Quorum.ProviderSimulator;

/// <summary>The hours in which trades occur.</summary>
[JsonConverter(typeof(EnumNameConverter<TradingHours>))]
internal enum TradingHours
{
    /// <summary>Day and night, including weekends: a session is a calendar date of the venue, from midnight to midnight.</summary>
    [JsonStringEnumMemberName("always")]
    Always,

    /// <summary>Weekdays within the venue's regular hours; outside them quotes stay at the last close.</summary>
    [JsonStringEnumMemberName("venue")]
    Venue,
}

/// <summary>Finds the session of a venue for an instant.</summary>
internal sealed class TradingCalendar(Venue venue, TradingHours hours)
{
    private const int Remembered = 6;

    private readonly DateTimeZone _zone = DateTimeZoneProviders.Tzdb[venue.Zone];
    private TradingDay[] _recent = [];

    /// <summary>Returns the session that is open at the instant, else the last one before it.</summary>
    public TradingDay DayAt(DateTimeOffset instant)
    {
        foreach (var day in Volatile.Read(ref _recent))
        {
            if (instant >= day.Open && instant < day.Next)
            {
                return day;
            }
        }

        var found = hours == TradingHours.Always ? CalendarDay(instant) : Session(instant);
        Volatile.Write(ref _recent, [found, .. _recent.Take(Remembered - 1)]);
        return found;
    }

    /// <summary>Returns the session before the given one.</summary>
    public TradingDay Before(TradingDay day) => DayAt(day.Open.AddTicks(-1));

    /// <summary>Returns the last session that has ended at the instant.</summary>
    public TradingDay LastComplete(DateTimeOffset instant)
    {
        var day = DayAt(instant);
        return instant < day.Close ? Before(day) : day;
    }

    private TradingDay CalendarDay(DateTimeOffset instant)
    {
        var date = LocalDateOf(instant);
        var (start, end) = (Midnight(date), Midnight(date.PlusDays(1)));
        return new TradingDay(date.ToDateOnly(), start, start, end, end, OffsetAt(start));
    }

    private TradingDay Session(DateTimeOffset instant)
    {
        var date = LocalDateOf(instant);
        while (IsWeekend(date) || instant < At(date, venue.Open))
        {
            date = date.PlusDays(-1);
        }

        var next = date.PlusDays(1);
        while (IsWeekend(next))
        {
            next = next.PlusDays(1);
        }

        var open = At(date, venue.Open);
        return new TradingDay(date.ToDateOnly(), Midnight(date), open, At(date, venue.Close), At(next, venue.Open), OffsetAt(open))
        {
            Break = venue is { BreakStart: { } from, BreakEnd: { } to } ? (At(date, from), At(date, to)) : null,
        };
    }

    private static bool IsWeekend(LocalDate date) => date.DayOfWeek is IsoDayOfWeek.Saturday or IsoDayOfWeek.Sunday;

    private LocalDate LocalDateOf(DateTimeOffset instant) => Instant.FromDateTimeOffset(instant).InZone(_zone).Date;

    private DateTimeOffset Midnight(LocalDate date) => _zone.AtStartOfDay(date).ToInstant().ToDateTimeOffset();

    private DateTimeOffset At(LocalDate date, LocalTime time) => (date + time).InZoneLeniently(_zone).ToInstant().ToDateTimeOffset();

    private TimeSpan OffsetAt(DateTimeOffset instant) => _zone.GetUtcOffset(Instant.FromDateTimeOffset(instant)).ToTimeSpan();
}
