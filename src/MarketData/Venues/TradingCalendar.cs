using System.Collections.Frozen;
using System.Runtime.InteropServices;
using NodaTime;
using NodaTime.Extensions;

namespace Quorum.MarketData;

/// <summary>The trading times of a venue: regular hours on its own clock, days of the week and the public holidays it is known to
/// keep.</summary>
/// <remarks>Auctions are outside; extended hours are only in <see cref="SessionAt"/>. Beyond the years of <see cref="TradingHolidays"/>
/// only weekends are closed. Answers are pure; what holds until the next opening or close is remembered, so that judging many quotes of one
/// moment costs one look.</remarks>
public sealed class TradingCalendar
{
    private readonly DateTimeZone _zone;
    private readonly TradingHours[] _hours;
    private readonly TradingHours? _preMarket;
    private readonly TradingHours? _postMarket;
    private readonly FrozenSet<IsoDayOfWeek> _weekdays;
    private readonly FrozenSet<LocalDate> _holidays;
    private readonly FrozenDictionary<LocalDate, LocalTime> _earlyCloses;
    private Phase? _phase;

    internal TradingCalendar(TradingTimes times, TradingHolidays holidays)
    {
        _zone = times.Zone;
        _hours = [.. times.Regular];
        _preMarket = times.PreMarket;
        _postMarket = times.PostMarket;
        _weekdays = times.Weekdays.ToFrozenSet();
        _holidays = holidays.Closed;
        _earlyCloses = holidays.EarlyCloses;
    }

    /// <summary>True if regular trading goes on at the instant.</summary>
    public bool IsOpen(DateTimeOffset instant) => PhaseAt(instant).Session.Contains(instant);

    /// <summary>The kind of session at the instant. After an early close the post-market is as long as on other days.</summary>
    public SessionKind SessionAt(DateTimeOffset instant)
    {
        if (IsOpen(instant))
        {
            return SessionKind.Regular;
        }

        var date = DateAt(instant).ToLocalDate();
        if (!IsTradingDay(date))
        {
            return SessionKind.Closed;
        }

        if (_preMarket is { } pre && instant >= ToUtc(date + pre.Open) && instant < ToUtc(date + pre.Close))
        {
            return SessionKind.Pre;
        }

        if (_postMarket is { } post)
        {
            var early = Period.Between(LocalTime.Min(_earlyCloses.GetValueOrDefault(date, post.Open), post.Open), post.Open);
            var (open, close) = (ToUtc(date + post.Open - early), ToUtc(date + post.Close - early));
            return instant >= open && instant < close ? SessionKind.Post : SessionKind.Closed;
        }

        return SessionKind.Closed;
    }

    /// <summary>The session that goes on at the instant, else the last one before it.</summary>
    public TradingSession CurrentOrLast(DateTimeOffset instant) => PhaseAt(instant).Session;

    /// <summary>The first session that opens after the instant.</summary>
    public TradingSession Next(DateTimeOffset instant) => PhaseAt(instant).Next;

    /// <summary>The last trading day whose sessions were all over at the instant.</summary>
    public DateOnly LastCompletedDay(DateTimeOffset instant) => PhaseAt(instant).LastCompletedDay;

    /// <summary>Returns the date at the venue.</summary>
    public DateOnly DateAt(DateTimeOffset instant)
    {
        var offset = _zone.GetUtcOffset(Instant.FromDateTimeOffset(instant));
        return DateOnly.FromDateTime(instant.UtcDateTime.AddTicks(offset.Ticks));
    }

    public bool IsTradingDay(DateOnly date) => IsTradingDay(date.ToLocalDate());

    /// <summary>The days of no trading strictly between two dates, such as a weekend between Friday and Monday.</summary>
    public int ClosedDaysBetween(DateOnly first, DateOnly last)
    {
        var closed = 0;
        for (var date = first.AddDays(1); date < last; date = date.AddDays(1))
        {
            closed += IsTradingDay(date) ? 0 : 1;
        }

        return closed;
    }

    private bool IsTradingDay(LocalDate date) => _weekdays.Contains(date.DayOfWeek) && !_holidays.Contains(date);

    private Phase PhaseAt(DateTimeOffset instant)
    {
        var phase = Volatile.Read(ref _phase);
        if (phase is null || !phase.Holds(instant))
        {
            phase = FindPhase(instant);
            Volatile.Write(ref _phase, phase);
        }

        return phase;
    }

    private Phase FindPhase(DateTimeOffset instant)
    {
        var today = DateAt(instant).ToLocalDate();
        var session = LastOpened(today, instant);
        var next = FirstAfter(today, instant);
        var day = session.TradingDate.ToLocalDate();
        var dayIsOver = SessionsOf(day)[^1].Close <= instant;
        var (from, until) = session.Contains(instant) ? (session.Open, session.Close) : (session.Close, next.Open);
        return new Phase(from, until, session, next, (dayIsOver ? day : TradingDayBefore(day)).ToDateOnly());
    }

    private TradingSession LastOpened(LocalDate today, DateTimeOffset instant)
    {
        for (var date = today; ; date = date.PlusDays(-1))
        {
            var sessions = SessionsOf(date);
            for (var i = sessions.Length - 1; i >= 0; i--)
            {
                if (sessions[i].Open <= instant)
                {
                    return sessions[i];
                }
            }
        }
    }

    private TradingSession FirstAfter(LocalDate today, DateTimeOffset instant)
    {
        for (var date = today; ; date = date.PlusDays(1))
        {
            foreach (var session in SessionsOf(date))
            {
                if (session.Open > instant)
                {
                    return session;
                }
            }
        }
    }

    private LocalDate TradingDayBefore(LocalDate date)
    {
        do
        {
            date = date.PlusDays(-1);
        } while (!IsTradingDay(date));

        return date;
    }

    private TradingSession[] SessionsOf(LocalDate date)
    {
        if (!IsTradingDay(date))
        {
            return [];
        }

        var end = _earlyCloses.GetValueOrDefault(date, LocalTime.MaxValue);
        var sessions = new List<TradingSession>(_hours.Length);
        foreach (var (open, close) in _hours)
        {
            if (open < end)
            {
                var until = close == LocalTime.Midnight ? date.PlusDays(1) + close : date + LocalTime.Min(close, end);
                sessions.Add(new TradingSession(date.ToDateOnly(), ToUtc(date + open), ToUtc(until)));
            }
        }

        return [.. sessions];
    }

    private DateTimeOffset ToUtc(LocalDateTime local) => _zone.AtLeniently(local).ToInstant().ToDateTimeOffset();

    /// <summary>The state of a venue from one opening or close until the next.</summary>
    private sealed record Phase(
        DateTimeOffset From,
        DateTimeOffset Until,
        TradingSession Session,
        TradingSession Next,
        DateOnly LastCompletedDay
    )
    {
        public bool Holds(DateTimeOffset instant) => instant >= From && instant < Until;
    }
}

/// <summary>One session in local time; a close at midnight is the end of the day.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TradingHours(LocalTime Open, LocalTime Close);

/// <summary>The hours of every trading day of a venue, in its local time.</summary>
internal sealed record TradingTimes(
    DateTimeZone Zone,
    IReadOnlyList<IsoDayOfWeek> Weekdays,
    IReadOnlyList<TradingHours> Regular,
    TradingHours? PreMarket,
    TradingHours? PostMarket
);
