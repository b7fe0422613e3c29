using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.LocalServices.Tests.Time;

/// <summary>The clock that other tests rely on.</summary>
public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Timers_fire_in_the_order_of_their_due_times_and_see_their_own_time()
    {
        var start = _clock.GetUtcNow();
        var fired = new List<(string Name, TimeSpan At)>();
        using var late = Arm("late", 3);
        using var early = Arm("early", 1);
        using var beyond = Arm("beyond", 5);

        _clock.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal([("early", TimeSpan.FromSeconds(1)), ("late", TimeSpan.FromSeconds(3))], fired);
        Assert.Equal(start.AddSeconds(4), _clock.GetUtcNow());
        Assert.Equal(1, _clock.ArmedTimers);

        ITimer Arm(string name, int seconds) =>
            _clock.CreateTimer(
                _ => fired.Add((name, _clock.GetUtcNow() - start)),
                state: null,
                TimeSpan.FromSeconds(seconds),
                Timeout.InfiniteTimeSpan
            );
    }

    [Fact]
    public void Periodic_timer_fires_once_for_each_period_that_passes()
    {
        var fired = 0;
        using var timer = _clock.CreateTimer(_ => fired++, state: null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

        _clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(3, fired);
    }

    [Fact]
    public async Task Delay_ends_when_the_clock_has_moved_far_enough()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(5), _clock);
        await _clock.WhenArmedAsync();

        _clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.False(delay.IsCompleted);
        _clock.Advance(TimeSpan.FromTicks(1));
        await delay.WithinAsync();
    }

    [Fact]
    public async Task Cancellation_after_a_time_comes_with_the_clock()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(10), _clock);
        var cancelled = new TaskCompletionSource();
        await using var registration = source.Token.Register(cancelled.SetResult);

        _clock.Advance(TimeSpan.FromSeconds(10));

        await cancelled.Task.WithinAsync();
    }

    [Fact]
    public void Elapsed_time_is_what_the_clock_was_moved_by()
    {
        var start = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromMilliseconds(1234));

        Assert.Equal(TimeSpan.FromMilliseconds(1234), _clock.GetElapsedTime(start));
    }
}
