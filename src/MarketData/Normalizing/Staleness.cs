namespace Quorum.MarketData;

/// <summary>Judges whether a quote is too old for what it claims to be, by the venue's trading hours (N9): on a Sunday Friday's close is
/// fresh; ten minutes into a session yesterday's close is not.</summary>
internal static class Staleness
{
    /// <summary>
    /// The maximum age of the last trade of a real-time source while the venue trades: a liquid share trades every second, a thin one
    /// pauses for minutes.
    /// </summary>
    private static readonly TimeSpan RealTimeAllowance = TimeSpan.FromMinutes(15);

    /// <summary>The delay of delayed sources: vendors call 15 to 20 minutes delayed, and unknown sources may be.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(20);

    /// <summary>After an opening the first trade of a share may take minutes; until then the last close is all there is.</summary>
    private static readonly TimeSpan OpeningAllowance = TimeSpan.FromMinutes(5);

    /// <summary>End-of-day sources publish a day's close during the evening or night after it.</summary>
    private static readonly TimeSpan PublicationAllowance = TimeSpan.FromHours(12);

    /// <summary>Without a calendar only what a long weekend cannot explain is stale.</summary>
    private static readonly TimeSpan AllowanceWithoutCalendar = TimeSpan.FromDays(4);

    /// <param name="calendar">The venue's; <see langword="null"/> when its hours are not known.</param>
    /// <param name="now">The moment for which the quote is judged.</param>
    public static bool IsStale(
        DateTimeOffset? asOf,
        AsOfPrecision? precision,
        DateOnly? tradingDate,
        QuoteFreshness freshness,
        TradingCalendar? calendar,
        DateTimeOffset now
    )
    {
        var onlyItsDayCounts = freshness == QuoteFreshness.EndOfDay || precision is AsOfPrecision.Session or AsOfPrecision.Day;
        if (asOf is { } instant && !(onlyItsDayCounts && tradingDate is not null))
        {
            return calendar is null ? now - instant > AllowanceWithoutCalendar : IsStale(instant, freshness, calendar, now);
        }

        if (tradingDate is not { } date)
        {
            return false;
        }

        return calendar is null
            ? now - new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero) > AllowanceWithoutCalendar
            : date < DayDue(freshness, calendar, now);
    }

    private static bool IsStale(DateTimeOffset asOf, QuoteFreshness freshness, TradingCalendar calendar, DateTimeOffset now)
    {
        var delay = freshness == QuoteFreshness.RealTime ? TimeSpan.Zero : Delay;
        var session = calendar.CurrentOrLast(now);
        if (!session.Contains(now))
        {
            return session.Close - asOf > RealTimeAllowance + delay;
        }

        if (asOf >= session.Open)
        {
            return now - asOf > RealTimeAllowance + delay;
        }

        return now - session.Open > OpeningAllowance + delay
            || calendar.CurrentOrLast(session.Open.AddTicks(-1)).Close - asOf > RealTimeAllowance + delay;
    }

    /// <summary>The trading day that a quote known by its day only must be of.</summary>
    private static DateOnly DayDue(QuoteFreshness freshness, TradingCalendar calendar, DateTimeOffset now) =>
        freshness switch
        {
            QuoteFreshness.EndOfDay => calendar.LastCompletedDay(now - PublicationAllowance),
            QuoteFreshness.RealTime => calendar.CurrentOrLast(now - OpeningAllowance).TradingDate,
            _ => calendar.CurrentOrLast(now - OpeningAllowance - Delay).TradingDate,
        };
}
