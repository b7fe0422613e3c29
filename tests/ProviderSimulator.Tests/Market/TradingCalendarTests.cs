using System.Globalization;

namespace Quorum.ProviderSimulator.Tests;

public sealed class TradingCalendarTests
{
    [Theory]
    [InlineData("XNYS", "2026-06-17T13:29:59Z", "2026-06-16", "2026-06-16T13:30:00Z", "2026-06-16T20:00:00Z")] // A second before the opening.
    [InlineData("XNYS", "2026-06-17T13:30:00Z", "2026-06-17", "2026-06-17T13:30:00Z", "2026-06-17T20:00:00Z")]
    [InlineData("XNYS", "2026-01-14T14:30:00Z", "2026-01-14", "2026-01-14T14:30:00Z", "2026-01-14T21:00:00Z")] // Winter time.
    [InlineData("XNYS", "2026-06-21T12:00:00Z", "2026-06-19", "2026-06-19T13:30:00Z", "2026-06-19T20:00:00Z")] // Sunday.
    [InlineData("XLON", "2026-03-30T07:00:00Z", "2026-03-30", "2026-03-30T07:00:00Z", "2026-03-30T15:30:00Z")] // The first day of summer time.
    [InlineData("XLON", "2026-03-27T08:00:00Z", "2026-03-27", "2026-03-27T08:00:00Z", "2026-03-27T16:30:00Z")] // The last of winter time.
    [InlineData("XTKS", "2026-06-17T00:30:00Z", "2026-06-17", "2026-06-17T00:00:00Z", "2026-06-17T06:30:00Z")]
    [InlineData("XASX", "2026-06-16T23:30:00Z", "2026-06-16", "2026-06-16T00:00:00Z", "2026-06-16T06:00:00Z")] // Before the opening in Sydney.
    public void A_session_has_the_venues_hours_in_its_own_zone(string mic, string at, string date, string open, string close)
    {
        var day = new TradingCalendar(Venue.Of(mic), TradingHours.Venue).DayAt(Utc(at));

        Assert.Equal((date, Utc(open), Utc(close)), (day.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), day.Open, day.Close));
    }

    [Fact]
    public void Sessions_follow_each_other_over_a_weekend()
    {
        var calendar = new TradingCalendar(Venue.Of("XNYS"), TradingHours.Venue);
        var monday = calendar.DayAt(Utc("2026-06-22T15:00:00Z"));

        var friday = calendar.Before(monday);

        Assert.Equal((new DateOnly(2026, 6, 19), monday.Open), (friday.Date, friday.Next));
        Assert.Equal(new DateOnly(2026, 6, 18), calendar.Before(friday).Date);
    }

    [Theory]
    [InlineData("venue", "2026-06-17T15:00:00Z", "2026-06-16")]
    [InlineData("venue", "2026-06-17T20:00:00Z", "2026-06-17")]
    [InlineData("venue", "2026-06-20T12:00:00Z", "2026-06-19")]
    [InlineData("always", "2026-06-17T23:00:00Z", "2026-06-16")]
    [InlineData("always", "2026-06-21T12:00:00Z", "2026-06-20")]
    public void The_last_complete_session_is_the_last_that_has_closed(string hours, string at, string date) =>
        Assert.Equal(
            date,
            new TradingCalendar(Venue.Of("XNAS"), Enum.Parse<TradingHours>(hours, ignoreCase: true))
                .LastComplete(Utc(at))
                .Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
        );

    [Theory]
    [InlineData("2026-03-08T12:00:00Z", 23)]
    [InlineData("2026-11-01T12:00:00Z", 25)]
    [InlineData("2026-06-17T12:00:00Z", 24)]
    public void Around_the_clock_a_session_is_a_date_of_the_venue_also_when_the_clocks_change(string at, int hours)
    {
        var day = new TradingCalendar(Venue.Of("XNYS"), TradingHours.Always).DayAt(Utc(at));

        Assert.Equal((TimeSpan.FromHours(hours), day.Midnight, day.Next), (day.Close - day.Open, day.Open, day.Close));
    }

    [Theory]
    [InlineData("2026-06-17T02:29:59Z", true, "2026-06-17T02:29:59Z")]
    [InlineData("2026-06-17T02:30:00Z", false, "2026-06-17T02:30:00Z")]
    [InlineData("2026-06-17T03:29:59Z", false, "2026-06-17T02:30:00Z")]
    [InlineData("2026-06-17T03:30:00Z", true, "2026-06-17T03:30:00Z")]
    [InlineData("2026-06-17T06:30:00Z", false, "2026-06-17T06:30:00Z")]
    public void Trading_rests_at_lunch_in_Tokyo(string at, bool open, string last)
    {
        var day = new TradingCalendar(Venue.Of("XTKS"), TradingHours.Venue).DayAt(Utc(at));

        Assert.Equal((open, Utc(last)), (day.IsOpenAt(Utc(at)), day.LastTradable(Utc(at))));
    }

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
