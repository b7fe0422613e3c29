using Quorum.StandaloneHost.Queues;

namespace Quorum.StandaloneHost.Tests.Queues;

public sealed class PollingPauseTests
{
    private static readonly Random WithoutJitter = new Fixed(1.0);

    [Fact]
    public void The_pause_doubles_up_to_the_maximum_and_begins_anew_after_a_message()
    {
        var pause = new PollingPause(TimeSpan.FromSeconds(1), WithoutJitter);

        Assert.Equal([100, 200, 400, 800, 1000, 1000], Enumerable.Range(0, 6).Select(_ => pause.Next().TotalMilliseconds));
        pause.Reset();
        Assert.Equal(100, pause.Next().TotalMilliseconds);
    }

    [Fact]
    public void Jitter_takes_up_to_a_fifth_of_it()
    {
        Assert.Equal(80, new PollingPause(TimeSpan.FromSeconds(1), new Fixed(0)).Next().TotalMilliseconds);
    }

    [Fact]
    public void A_short_maximum_holds_from_the_beginning()
    {
        Assert.Equal(50, new PollingPause(TimeSpan.FromMilliseconds(50), WithoutJitter).Next().TotalMilliseconds);
    }

    private sealed class Fixed(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
