using System.Globalization;

namespace Quorum.MarketData.Tests;

public sealed class TimeTests
{
    [Theory]
    [InlineData(1750267930L, "2025-06-18T17:32:10.0000000")]
    [InlineData(1750267930482L, "2025-06-18T17:32:10.4820000")]
    [InlineData(1750267930482913L, "2025-06-18T17:32:10.4829130")]
    [InlineData(1750267930482913771L, "2025-06-18T17:32:10.4829137")]
    public void N24_A_unix_time_is_read_in_the_unit_of_its_magnitude(long value, string utc) => Assert.Equal(At(utc), UnixTime.Read(value));

    [Fact]
    public void Nanoseconds_below_a_hundred_are_cut_off_not_rounded() =>
        Assert.Equal(UnixTime.Read(1750267930482913700), UnixTime.Read(1750267930482913799));

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)] // the year 2262
    [InlineData(1L)]
    [InlineData(20250618L)] // a date written as a number
    [InlineData(946684799L)] // the last second of 1999
    [InlineData(4102444800L)] // the first of 2100
    [InlineData(1750267930482913771L / 10)] // a tenth of a second of an unknown unit
    [InlineData(17502679304L)]
    public void N24_A_time_outside_of_every_reading_is_missing(long? value) => Assert.Null(UnixTime.Read(value));

    [Fact]
    public void N24_A_time_that_is_read_is_never_outside_of_2000_to_2100()
    {
        for (var value = 1L; value < long.MaxValue / 2; value += Math.Max(1, value / 7))
        {
            Assert.True(UnixTime.Read(value) is null or { Year: >= 2000 and < 2100 }, $"{value}");
        }
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
    [InlineData("1970-01-01T00:00:01Z")]
    [InlineData("1999-12-31T23:59:59Z")]
    [InlineData("2100-01-01T00:00:00Z")]
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
    [InlineData("1970-01-01")]
    [InlineData("2100-01-01")]
    [InlineData("2025-02-29")]
    [InlineData("20250618")]
    [InlineData("2025-06-181")]
    [InlineData("18/06/2025")]
    public void What_is_no_such_date_is_missing(string text) => Assert.Null(Rfc3339.ParseDate(text));

    private static DateTimeOffset At(string utc) => DateTimeOffset.Parse(utc + "Z", CultureInfo.InvariantCulture);
}
