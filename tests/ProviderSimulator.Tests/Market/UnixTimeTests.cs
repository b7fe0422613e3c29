namespace Quorum.ProviderSimulator.Tests;

public sealed class UnixTimeTests
{
    private static readonly DateTimeOffset Whole = new(2026, 6, 17, 17, 32, 10, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(9_999, 1)]
    [InlineData(10_000_000, 1)]
    [InlineData(10_000_001, 2)]
    public void A_ceiling_is_never_before_its_instant(long ticks, long seconds) =>
        Assert.Equal(Whole.ToUnixTimeSeconds() + seconds, UnixTime.CeilingSeconds(Whole.AddTicks(ticks)));

    [Fact]
    public void Nanoseconds_have_digits_below_those_of_the_clock_that_depend_on_the_instant_alone()
    {
        var below = Enumerable
            .Range(0, 100)
            .Select(tick => UnixTime.Nanoseconds(Whole.AddTicks(tick)) - (Whole.ToUnixTimeSeconds() * 1_000_000_000) - (tick * 100))
            .ToList();

        Assert.All(below, digits => Assert.InRange(digits, 0, 99));
        Assert.True(below.Distinct().Count() > 10);
        Assert.Equal(UnixTime.Nanoseconds(Whole), UnixTime.Nanoseconds(Whole.ToOffset(TimeSpan.FromHours(9))));
    }
}
