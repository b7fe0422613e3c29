using Quorum.StandaloneHost.Timers;

namespace Quorum.StandaloneHost.Tests.Timers;

public sealed class TimerScheduleTests
{
    [Theory]
    [InlineData("Europe/Berlin", "2026-10-24T23:30:00Z", "2026-10-25T00:00:00Z,2026-10-25T02:00:00Z,2026-10-25T03:00:00Z")]
    [InlineData("Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z,2026-03-29T02:00:00Z,2026-03-29T03:00:00Z")]
    [InlineData("Asia/Kolkata", "2026-03-29T00:00:00Z", "2026-03-29T00:30:00Z,2026-03-29T01:30:00Z,2026-03-29T02:30:00Z")]
    public void Each_hour_of_the_zones_clock_occurs_once(string zone, string after, string occurrences)
    {
        var schedule = TimerSchedule.Parse("0 0 * * * *", TimeZoneInfo.FindSystemTimeZoneById(zone));
        var at = DateTimeOffset.Parse(after);

        foreach (var expected in occurrences.Split(','))
        {
            at = schedule.NextAfter(at);
            Assert.Equal(DateTimeOffset.Parse(expected), at);
        }
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("America/New_York")]
    [InlineData("Asia/Tokyo")]
    public void A_date_that_never_comes_is_at_the_end_of_time(string zone)
    {
        var schedule = TimerSchedule.Parse("0 0 0 30 2 *", TimeZoneInfo.FindSystemTimeZoneById(zone));

        Assert.Equal(9999, schedule.NextAfter(new DateTimeOffset(2026, 11, 20, 15, 0, 0, TimeSpan.Zero)).Year);
    }

    [Theory]
    [InlineData("0 0 0 29 2 *", "2028-02-29T00:00:00Z")]
    [InlineData("  */15   *  * * *  ", "2026-11-20T15:15:00Z")]
    [InlineData("59 59 23 31 12 *", "2026-12-31T23:59:59Z")]
    public void Rare_dates_and_any_number_of_blanks_are_read(string expression, string next) =>
        Assert.Equal(
            DateTimeOffset.Parse(next),
            TimerSchedule.Parse(expression, TimeZoneInfo.Utc).NextAfter(new DateTimeOffset(2026, 11, 20, 15, 0, 0, TimeSpan.Zero))
        );
}
