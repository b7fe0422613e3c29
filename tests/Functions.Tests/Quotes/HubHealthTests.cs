using Quorum.Functions.Quotes;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Quotes;

public sealed class HubHealthTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly HubHealth _hub;

    public HubHealthTests() => _hub = new HubHealth(_time);

    [Fact]
    public void A_hub_without_requests_is_not_unavailable()
    {
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_hub.IsUnavailable);
    }

    [Fact]
    public void A_hub_that_takes_nothing_for_a_while_is_away_and_back_when_it_takes_one()
    {
        _hub.Begin();
        _hub.Begin();
        _time.Advance(HubHealth.MaxWait);
        Assert.False(_hub.IsUnavailable);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(_hub.IsUnavailable);
        Assert.True(_hub.IsUnavailableFor(TimeSpan.FromMilliseconds(200)));
        Assert.False(_hub.IsUnavailableFor(TimeSpan.FromSeconds(10)));

        _hub.End(taken: true);
        Assert.False(_hub.IsUnavailable);
    }

    [Fact]
    public void A_request_that_begins_does_not_make_the_hub_seem_unavailable_to_another_one()
    {
        var time = new ObservedTime();
        var hub = new HubHealth(time);
        var seen = new List<bool>();
        time.OnReading = () => seen.Add(hub.IsUnavailable);

        hub.Begin();

        Assert.Equal([false], seen);
    }

    /// <summary>A clock that calls back at the first reading, and shows a time long after its beginning.</summary>
    private sealed class ObservedTime : TimeProvider
    {
        public Action? OnReading { get; set; }

        public override long GetTimestamp()
        {
            var observe = OnReading;
            OnReading = null;
            observe?.Invoke();
            return TimestampFrequency * 3600;
        }
    }

    [Fact]
    public void A_hub_that_is_slow_but_takes_one_after_the_other_is_not_away()
    {
        for (var i = 0; i < 10; i++)
        {
            _hub.Begin();
            _hub.Begin();
            _time.Advance(HubHealth.MaxWait * 0.9);
            _hub.End(taken: true);
            Assert.False(_hub.IsUnavailable);
        }
    }

    [Fact]
    public void A_hub_that_fails_is_away_at_once_until_it_takes_one()
    {
        _hub.Begin();
        _hub.End(taken: false);
        Assert.True(_hub.IsUnavailable);

        _hub.Begin();
        _hub.End(taken: true);
        Assert.False(_hub.IsUnavailable);
    }
}
