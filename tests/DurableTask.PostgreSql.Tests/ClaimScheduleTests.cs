using Quorum.Testing.Time;

namespace Quorum.DurableTask.PostgreSql.Tests;

public sealed class ClaimScheduleTests
{
    private readonly ManualTimeProvider _time = new();

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    [Fact]
    public async Task A_claim_is_due_at_each_of_the_times_and_once_for_those_that_have_passed_together()
    {
        using var schedule = new ClaimSchedule(_time);
        foreach (var seconds in (int[])[30, 10, 20, 10])
        {
            schedule.At(Now.AddSeconds(seconds));
        }

        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.False(await IsDueAsync(schedule));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(await IsDueAsync(schedule));
        Assert.False(await IsDueAsync(schedule));
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True(await IsDueAsync(schedule));
        Assert.False(await IsDueAsync(schedule));
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task A_claim_is_due_at_once_for_a_time_in_the_past_and_never_for_none_or_one_beyond_a_day()
    {
        using var schedule = new ClaimSchedule(_time);
        schedule.At(null);
        schedule.At(Now.AddDays(2));
        Assert.False(await IsDueAsync(schedule));

        schedule.At(Now.AddSeconds(-1));

        Assert.True(await IsDueAsync(schedule));
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task Any_number_of_times_takes_one_timer()
    {
        using var schedule = new ClaimSchedule(_time);
        for (var i = 0; i < 20_000; i++)
        {
            schedule.At(Now.AddSeconds(10 + (i * 7 % 1000)).AddTicks(i));
        }

        Assert.Equal(1, _time.ArmedTimers);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(await IsDueAsync(schedule));
        Assert.Equal(1, _time.ArmedTimers);
    }

    [Fact]
    public async Task A_timer_that_fires_too_early_is_set_again()
    {
        var time = new ManualTimeProvider { TimersAreEarlyBy = TimeSpan.FromMilliseconds(1) };
        using var schedule = new ClaimSchedule(time);
        schedule.At(time.GetUtcNow().UtcDateTime.AddMilliseconds(10));

        time.Advance(TimeSpan.FromMilliseconds(9));
        Assert.False(await IsDueAsync(schedule));
        Assert.Equal(1, time.ArmedTimers);
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(await IsDueAsync(schedule));
    }

    [Fact]
    public void Nothing_happens_after_disposal()
    {
        var schedule = new ClaimSchedule(_time);
        schedule.At(Now.AddSeconds(1));

        schedule.Dispose();
        schedule.At(Now.AddSeconds(2));
        schedule.At(Now);
        schedule.Now();

        Assert.Equal(0, _time.ArmedTimers);
    }

    private static Task<bool> IsDueAsync(ClaimSchedule schedule) => schedule.WaitAsync(TimeSpan.Zero, CancellationToken.None);
}
