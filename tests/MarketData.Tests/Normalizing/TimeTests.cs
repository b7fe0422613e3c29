using System.Globalization;

namespace Quorum.MarketData.Tests;

public sealed class TimeTests
{
    [Fact]
    public void Unix_times_of_any_unit_are_the_same_instant()
    {
        Assert.Equal(At("2025-06-18T17:32:10.0000000"), UnixTime.FromSeconds(1750267930));
        Assert.Equal(At("2025-06-18T17:31:00.0000000"), UnixTime.FromMilliseconds(1750267860000));
        Assert.Equal(At("2025-06-18T17:32:10.4829137"), UnixTime.FromNanoseconds(1750267930482913771));
    }

    [Fact]
    public void Nanoseconds_below_a_hundred_are_cut_off_not_rounded() =>
        Assert.Equal(UnixTime.FromNanoseconds(1750267930482913700), UnixTime.FromNanoseconds(1750267930482913799));

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(long.MinValue)]
    public void Zero_and_negative_times_are_missing(long? value)
    {
        Assert.Null(UnixTime.FromSeconds(value));
        Assert.Null(UnixTime.FromMilliseconds(value));
        Assert.Null(UnixTime.FromNanoseconds(value));
    }

    [Fact]
    public void Times_beyond_the_calendar_are_missing()
    {
        Assert.Null(UnixTime.FromSeconds(long.MaxValue));
        Assert.Null(UnixTime.FromMilliseconds(long.MaxValue));
        Assert.NotNull(UnixTime.FromNanoseconds(long.MaxValue));
        Assert.Null(UnixTime.FromSeconds(1750267930482913771));
    }

    [Theory]
    [InlineData("2025-06-18T17:32:10Z", "2025-06-18T17:32:10.0000000")]
    [InlineData("2025-06-18T17:32:10.5Z", "2025-06-18T17:32:10.5000000")]
    [InlineData("2025-06-18T17:32:10.507251Z", "2025-06-18T17:32:10.5072510")]
    [InlineData("2025-06-18T17:32:10.482913771Z", "2025-06-18T17:32:10.4829137")]
    [InlineData("2025-06-18T17:32:10.999999999999Z", "2025-06-18T17:32:10.9999999")]
    [InlineData("2025-06-18t17:32:10z", "2025-06-18T17:32:10.0000000")]
    [InlineData("2025-06-18T13:32:10.25-04:00", "2025-06-18T17:32:10.2500000")]
    [InlineData("2025-06-18T23:02:10+05:30", "2025-06-18T17:32:10.0000000")]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.0000000")]
    public void A_time_may_have_any_number_of_decimals_and_any_offset(string text, string utc) =>
        Assert.Equal(At(utc), Rfc3339.ParseInstant(text));

    [Theory]
    [InlineData("")]
    [InlineData("NA")]
    [InlineData("2025-06-18")]
    [InlineData("2025-06-18T17:32:10")]
    [InlineData("2025-06-18T17:32:10.Z")]
    [InlineData("2025-06-18T17:32:10.5")]
    [InlineData("2025-02-30T17:32:10Z")]
    [InlineData("2025-13-01T17:32:10Z")]
    [InlineData("2025-06-18T24:32:10Z")]
    [InlineData("2025-06-18T17:32:10+99:00")]
    [InlineData("2025-06-18T17:32:10Zulu")]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("9999-12-31T23:59:59-14:00")]
    [InlineData("-025-06-18T17:32:10Z")]
    public void What_is_no_such_time_is_missing(string text) => Assert.Null(Rfc3339.ParseInstant(text));

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData(" 2025-06-18 ")]
    [InlineData("2025-06-18 13:30:00")]
    [InlineData("2025-06-18T04:00:00Z")]
    public void A_date_is_read_with_or_without_a_time_after_it(string text) =>
        Assert.Equal(new DateOnly(2025, 6, 18), Rfc3339.ParseDate(text));

    [Theory]
    [InlineData("")]
    [InlineData("None")]
    [InlineData("0000-00-00")]
    [InlineData("0001-01-01")]
    [InlineData("2025-02-29")]
    [InlineData("20250618")]
    [InlineData("2025-06-181")]
    [InlineData("18/06/2025")]
    public void What_is_no_such_date_is_missing(string text) => Assert.Null(Rfc3339.ParseDate(text));

    private static DateTimeOffset At(string utc) => DateTimeOffset.Parse(utc + "Z", CultureInfo.InvariantCulture);
}
