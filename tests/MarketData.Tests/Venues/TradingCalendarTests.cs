namespace Quorum.MarketData.Tests;

public sealed class TradingCalendarTests
{
    [Theory]
    [InlineData("XNAS", "2025-06-18 13:29:59", false)] // New York, summer
    [InlineData("XNAS", "2025-06-18 13:30:00", true)]
    [InlineData("XNAS", "2025-06-18 19:59:59", true)]
    [InlineData("XNAS", "2025-06-18 20:00:00", false)]
    [InlineData("XNAS", "2025-01-15 14:29:59", false)] // winter
    [InlineData("XNAS", "2025-01-15 14:30:00", true)]
    [InlineData("XNAS", "2025-06-21 15:00:00", false)] // Saturday
    [InlineData("XNYS", "2025-06-19 15:00:00", false)] // Juneteenth
    [InlineData("XNYS", "2026-07-03 15:00:00", false)] // Independence Day observed
    [InlineData("XNYS", "2025-11-28 17:59:00", true)] // the day after Thanksgiving closes at 13:00
    [InlineData("XNYS", "2025-11-28 18:00:00", false)]
    [InlineData("XLON", "2025-06-18 07:00:00", true)]
    [InlineData("XLON", "2025-06-18 15:30:00", false)]
    [InlineData("XLON", "2025-12-24 12:29:59", true)]
    [InlineData("XLON", "2025-12-24 12:30:00", false)]
    [InlineData("XETR", "2026-12-24 10:00:00", false)]
    [InlineData("XTKS", "2025-06-18 02:29:59", true)]
    [InlineData("XTKS", "2025-06-18 02:30:00", false)] // lunch
    [InlineData("XTKS", "2025-06-18 03:30:00", true)]
    [InlineData("XTKS", "2025-06-18 06:29:59", true)]
    [InlineData("XTKS", "2025-06-18 06:30:00", false)]
    [InlineData("XHKG", "2025-12-24 03:59:59", true)]
    [InlineData("XHKG", "2025-12-24 06:00:00", false)] // no afternoon on Christmas Eve
    public void A_venue_is_open_in_its_regular_hours_on_its_own_clock(string mic, string instant, bool open) =>
        Assert.Equal(open, Calendar(mic).IsOpen(Utc.At(instant)));

    [Fact]
    public void On_a_sunday_the_last_session_is_fridays()
    {
        var session = Calendar("XNAS").CurrentOrLast(Utc.At("2025-06-22 12:00"));

        Assert.Equal(new TradingSession(Utc.Day("2025-06-20"), Utc.At("2025-06-20 13:30"), Utc.At("2025-06-20 20:00")), session);
    }

    [Fact]
    public void The_next_session_lies_beyond_weekends_and_holidays()
    {
        Assert.Equal(Utc.At("2025-04-22 07:00"), Calendar("XLON").Next(Utc.At("2025-04-17 15:30")).Open); // Easter
        Assert.Equal(Utc.At("2025-06-18 03:30"), Calendar("XTKS").Next(Utc.At("2025-06-18 02:00")).Open); // after lunch
        Assert.Equal(Utc.At("2025-06-20 13:30"), Calendar("XNAS").Next(Utc.At("2025-06-18 13:30")).Open); // during a session: the one after it
    }

    [Fact]
    public void A_day_is_completed_with_its_last_session()
    {
        var tokyo = Calendar("XTKS");

        Assert.Equal(Utc.Day("2025-06-17"), tokyo.LastCompletedDay(Utc.At("2025-06-18 01:00")));
        Assert.Equal(Utc.Day("2025-06-17"), tokyo.LastCompletedDay(Utc.At("2025-06-18 02:45")));
        Assert.Equal(Utc.Day("2025-06-17"), tokyo.LastCompletedDay(Utc.At("2025-06-18 06:29:59")));
        Assert.Equal(Utc.Day("2025-06-18"), tokyo.LastCompletedDay(Utc.At("2025-06-18 06:30")));
        Assert.Equal(Utc.Day("2025-06-20"), tokyo.LastCompletedDay(Utc.At("2025-06-22 12:00")));
    }

    [Fact]
    public void The_date_at_a_venue_is_that_of_its_own_clock()
    {
        Assert.Equal(Utc.Day("2025-06-17"), Calendar("XNAS").DateAt(Utc.At("2025-06-18 03:59")));
        Assert.Equal(Utc.Day("2025-06-18"), Calendar("XNAS").DateAt(Utc.At("2025-06-18 04:00")));
        Assert.Equal(Utc.Day("2025-06-19"), Calendar("XTKS").DateAt(Utc.At("2025-06-18 15:00")));
    }

    [Fact]
    public void Closed_days_are_counted_between_two_dates()
    {
        var newYork = Calendar("XNYS");

        Assert.Equal(2, newYork.ClosedDaysBetween(Utc.Day("2025-06-20"), Utc.Day("2025-06-23")));
        Assert.Equal(3, newYork.ClosedDaysBetween(Utc.Day("2025-04-17"), Utc.Day("2025-04-21")));
        Assert.Equal(0, newYork.ClosedDaysBetween(Utc.Day("2025-06-18"), Utc.Day("2025-06-18")));
    }

    [Fact]
    public void Going_back_and_forth_in_time_gives_the_same_answers_as_going_forward()
    {
        var start = Utc.At("2025-12-20 00:00");
        var instants = Enumerable.Range(0, 24 * 4 * 10).Select(quarter => start.AddMinutes(15 * quarter)).ToArray();
        foreach (var venue in Venue.All)
        {
            var forward = Array.ConvertAll(instants, Look);
            var backward = Array.ConvertAll([.. instants.Reverse()], (Converter<DateTimeOffset, object>)Look);
            Assert.Equal(forward, backward.Reverse());

            object Look(DateTimeOffset at) =>
                (venue.Calendar.IsOpen(at), venue.Calendar.CurrentOrLast(at), venue.Calendar.Next(at), venue.Calendar.LastCompletedDay(at));
        }
    }

    [Fact]
    public void Every_instant_lies_between_its_session_and_the_next()
    {
        var start = Utc.At("2025-01-01 00:00");
        foreach (var venue in Venue.All)
        {
            for (var at = start; at < Utc.At("2028-01-10 00:00"); at = at.AddHours(13))
            {
                var (session, next) = (venue.Calendar.CurrentOrLast(at), venue.Calendar.Next(at));
                Assert.True(session.Open <= at && at < next.Open && session.Close <= next.Open && session.Open < session.Close);
                Assert.True(venue.Calendar.IsTradingDay(session.TradingDate) && venue.Calendar.IsTradingDay(next.TradingDate));
                Assert.True(next.Open - session.Close < TimeSpan.FromDays(11));
            }
        }
    }

    [Fact]
    public void No_listed_holiday_falls_on_a_weekend() =>
        Assert.All(
            Venue.All,
            venue =>
                Assert.All(
                    venue.Holidays,
                    day => Assert.False(day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday, $"{venue} {day:yyyy-MM-dd ddd}")
                )
        );

    [Fact]
    public void Good_friday_is_a_holiday_wherever_holidays_of_christian_countries_are_listed()
    {
        string[] days = ["2025-04-18", "2026-04-03", "2027-03-26"];
        string[] others = ["JP", "CN", "KR"];
        foreach (var venue in Venue.All.Where(venue => venue.Holidays.Count > 0 && !others.Contains(venue.Country)))
        {
            var listed = days.Where(day => venue.Holidays.Any(holiday => holiday.Year == Utc.Day(day).Year));
            Assert.All(listed, day => Assert.False(venue.Calendar.IsTradingDay(Utc.Day(day)), $"{venue} {day}"));
        }
    }

    private static TradingCalendar Calendar(string mic) => Venue.Find(Mic.Parse(mic))!.Calendar;
}
