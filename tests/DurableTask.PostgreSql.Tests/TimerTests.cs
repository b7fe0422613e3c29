using Quorum.DurableTask.PostgreSql.Sessions;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests;

public sealed class TimerTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task A_timer_that_has_fired_is_not_lost_when_the_clock_is_set_back_at_that_moment()
    {
        var clock = new ClockSetBack();
        await using var worker = await Worker.StartAsync(
            fixture.Database,
            new()
            {
                ["sleep"] = async (context, _) =>
                {
                    clock.At = context.CurrentUtcDateTime.AddMilliseconds(300);
                    return await context.CreateTimer(clock.At, "\"awake\"");
                },
            },
            time: clock
        );

        Assert.Equal("\"awake\"", (await worker.EndAsync(await worker.StartAsync("sleep"))).Output);
    }

    /// <summary>The machine's clock, set back by five minutes for good after a timer that fires has first read it to be
    /// <see cref="At"/> or later.</summary>
    private sealed class ClockSetBack : TimeProvider
    {
        [ThreadStatic]
        private static bool _isFiring;

        private long _back;

        public DateTime At { get; set; } = DateTime.MaxValue;

        public override DateTimeOffset GetUtcNow()
        {
            var now = System.GetUtcNow() - TimeSpan.FromTicks(Interlocked.Read(ref _back));
            if (_isFiring && now.UtcDateTime >= At)
            {
                Interlocked.Exchange(ref _back, TimeSpan.FromMinutes(5).Ticks);
            }

            return now;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(
                timer =>
                {
                    _isFiring = timer is DurableTimer;
                    try
                    {
                        callback(timer);
                    }
                    finally
                    {
                        _isFiring = false;
                    }
                },
                state,
                dueTime,
                period
            );
    }
}
