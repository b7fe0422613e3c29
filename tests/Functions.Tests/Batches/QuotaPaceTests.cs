using Quorum.Functions.Batches;
using Quorum.MarketData;
using Quorum.Providers;

namespace Quorum.Functions.Tests.Batches;

public sealed class QuotaPaceTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan HalfAnHour = TimeSpan.FromMinutes(30);

    [Fact]
    public void Without_limits_everything_goes_through()
    {
        Assert.True(QuotaPace.LetsThrough(Quota(), 1000, TimeSpan.Zero, Now));
        Assert.Null(QuotaPace.Room(Quota()));
    }

    [Theory]
    [InlineData(60, 42, true)] // 48 a minute are for batches
    [InlineData(1000, 42, true)] // 6 now, and 42 in each of 24 minutes
    [InlineData(1300, 42, false)]
    public void What_comes_minute_by_minute_is_waited_for_while_the_time_is_enough(int permits, int reserve, bool goesThrough) =>
        Assert.Equal(goesThrough, QuotaPace.LetsThrough(Quota(Window(60, 84, used: 36, reserve)), permits, HalfAnHour, Now));

    [Fact]
    public void A_day_is_never_waited_for()
    {
        var quota = Quota(Window(1, 1, used: 1, reserve: 0), Window(86_400, 25, used: 3, reserve: 7));

        Assert.True(QuotaPace.LetsThrough(quota, 15, HalfAnHour, Now));
        Assert.False(QuotaPace.LetsThrough(quota, 16, HalfAnHour, Now));
    }

    [Fact]
    public void Who_has_closed_for_longer_is_not_waited_for()
    {
        var quota = Quota() with { ClosedUntil = Now + TimeSpan.FromHours(1) };

        Assert.False(QuotaPace.LetsThrough(quota, 1, HalfAnHour, Now));
        Assert.True(QuotaPace.LetsThrough(quota, 1, TimeSpan.FromHours(2), Now));
    }

    [Fact]
    public void Room_is_what_the_tightest_window_from_a_minute_on_leaves_or_will_leave()
    {
        Assert.Equal(
            10,
            QuotaPace.Room(
                Quota(Window(1, 1, used: 1, reserve: 0), Window(60, 40, used: 20, reserve: 10), Window(86_400, 800, used: 0, reserve: 240))
            )
        );
        Assert.Equal(30, QuotaPace.Room(Quota(Window(60, 40, used: 40, reserve: 10))));
    }

    private static ProviderQuota Quota(params ProviderQuotaWindow[] windows) => new() { Provider = ProviderId.Finnhub, Windows = windows };

    private static ProviderQuotaWindow Window(int seconds, int limit, int used, int reserve) =>
        new(TimeSpan.FromSeconds(seconds), limit, used, reserve, Now);
}
