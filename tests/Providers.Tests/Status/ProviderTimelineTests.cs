using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.Providers.Tests;

public sealed class ProviderTimelineTests
{
    private static readonly string Quote = Successes.Of(ProviderId.Finnhub);

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData(1, 10, 6)]
    [InlineData(15, 10, 90)]
    [InlineData(16, 60, 16)]
    [InlineData(60, 60, 60)]
    [InlineData(180, 120, 90)]
    [InlineData(10_000, 120, 90)]
    public async Task Buckets_follow_each_other_without_a_gap_up_to_now(int minutes, int seconds, int count)
    {
        await using var server = await HttpStandIn.StartAsync(200, Quote);
        await using var fleet = new FleetUnderTest(_time, ("Finnhub:BaseAddress", server.Address));

        var timeline = fleet.Fleet.TimelineOf(ProviderId.Finnhub, TimeSpan.FromMinutes(minutes));

        Assert.Equal((TimeSpan.FromSeconds(seconds), count), (timeline.BucketLength, timeline.Buckets.Count));
        Assert.Equal(
            timeline.Buckets.Skip(1).Select(bucket => bucket.Start),
            timeline.Buckets.SkipLast(1).Select(bucket => bucket.Start + timeline.BucketLength)
        );
        Assert.InRange(_time.GetUtcNow() - timeline.Buckets[^1].Start, TimeSpan.Zero, timeline.BucketLength - TimeSpan.FromTicks(1));
        Assert.All(
            timeline.Buckets,
            bucket => Assert.True(bucket is { Requests: 0, Outcomes.Count: 0, LatencyP50Ms: null, LatencyP95Ms: null })
        );
    }

    [Fact]
    public async Task A_bucket_has_the_outcomes_and_latencies_of_its_time()
    {
        await using var server = await HttpStandIn.StartAsync(200, Quote);
        server.Answer = context =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(server.Requests.Count * 10));
            return HttpStandIn.WriteAsync(context, server.Requests.Count == 20 ? 401 : 200, Quote);
        };
        await using var fleet = new FleetUnderTest(_time, ("Finnhub:BaseAddress", server.Address), ("Finnhub:Plan", "Paid"));
        AlignTo(TimeSpan.FromMinutes(2));
        for (var i = 0; i < 20; i++)
        {
            await FetchAsync(fleet);
        }

        _time.Advance(TimeSpan.FromSeconds(60));
        await FetchAsync(fleet);

        var buckets = fleet.Fleet.TimelineOf(ProviderId.Finnhub, TimeSpan.FromMinutes(60)).Buckets;
        Assert.Equal(
            (20, 19, 1),
            (buckets[^2].Requests, buckets[^2].Outcomes[FetchStatus.Ok], buckets[^2].Outcomes[FetchStatus.InvalidKey])
        );
        Assert.Equal((100, 190), (buckets[^2].LatencyP50Ms, buckets[^2].LatencyP95Ms));
        Assert.Equal((1, 210, 210), (buckets[^1].Requests, buckets[^1].LatencyP50Ms, buckets[^1].LatencyP95Ms));
        Assert.All(buckets.SkipLast(2), bucket => Assert.Equal(0, bucket.Requests));
        Assert.Equal(21, fleet.Fleet.TimelineOf(ProviderId.Finnhub, TimeSpan.FromMinutes(180)).Buckets.Sum(bucket => bucket.Requests));

        _time.Advance(TimeSpan.FromHours(3));
        await FetchAsync(fleet);
        Assert.Equal(1, fleet.Fleet.TimelineOf(ProviderId.Finnhub, TimeSpan.FromMinutes(180)).Buckets.Sum(bucket => bucket.Requests));
    }

    [Fact]
    public async Task The_breaker_is_reported_with_each_of_its_states()
    {
        var healthy = false;
        await using var server = await HttpStandIn.StartAsync(200, Quote);
        server.Answer = context => HttpStandIn.WriteAsync(context, healthy ? 200 : 500, Quote);
        await using var fleet = new FleetUnderTest(
            _time,
            ("Finnhub:BaseAddress", server.Address),
            ("Finnhub:Retry:MaxRetries", "0"),
            ("Finnhub:CircuitBreaker:MinimumThroughput", "2")
        );
        await FetchAsync(fleet);
        await FetchAsync(fleet);
        var opened = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(6));
        healthy = true;
        await FetchAsync(fleet);

        var timeline = fleet.Fleet.TimelineOf(ProviderId.Finnhub, TimeSpan.FromMinutes(1));

        Assert.Equal(
            [
                new(opened, BreakerState.Open),
                new(_time.GetUtcNow(), BreakerState.HalfOpen),
                new BreakerChange(_time.GetUtcNow(), BreakerState.Closed),
            ],
            timeline.BreakerChanges
        );
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Empty(fleet.Fleet.TimelineOf(ProviderId.Finnhub, TimeSpan.FromMinutes(1)).BreakerChanges);
    }

    [Fact]
    public async Task A_provider_that_is_disabled_has_an_empty_timeline()
    {
        await using var fleet = new FleetUnderTest(_time, ("Finnhub:Enabled", "false"));

        Assert.All(fleet.Fleet.TimelineOf(ProviderId.Finnhub, TimeSpan.FromMinutes(5)).Buckets, bucket => Assert.Empty(bucket.Outcomes));
    }

    private Task<FetchOutcome> FetchAsync(FleetUnderTest fleet) =>
        fleet.FetchAsync(ProviderId.Finnhub, _time.GetUtcNow().AddSeconds(60)).WithinAsync();

    private void AlignTo(TimeSpan span) => _time.Advance(span - TimeSpan.FromTicks(_time.GetUtcNow().Ticks % span.Ticks));
}
