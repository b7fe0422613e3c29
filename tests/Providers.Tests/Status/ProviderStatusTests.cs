using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.Providers.Tests;

public class ProviderStatusTests
{
    private static readonly string Quote = Successes.Of(ProviderId.Finnhub);

    private readonly ManualTimeProvider _time = new();

    private Task<FetchOutcome> FetchAsync(FleetUnderTest fleet) =>
        fleet.FetchAsync(ProviderId.Finnhub, _time.GetUtcNow().AddSeconds(60)).WithinAsync();

    [Fact]
    public async Task The_provider_that_lately_took_longest_comes_first()
    {
        ProviderId[] providers = [ProviderId.Eodhd, ProviderId.Finnhub];
        await using var server = await HttpStandIn.StartAsync(context =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            return HttpStandIn.WriteAsync(context, 200, Quote);
        });
        await using var fleet = new FleetUnderTest(_time, ("Finnhub:BaseAddress", server.Address));
        Assert.Equal(providers, fleet.Fleet.SlowestFirst(providers));

        await FetchAsync(fleet);

        Assert.Equal([ProviderId.Finnhub, ProviderId.Eodhd], fleet.Fleet.SlowestFirst(providers));
    }

    [Fact]
    public async Task A_status_tells_what_a_provider_did_and_may_still_do()
    {
        await using var server = await HttpStandIn.StartAsync(200, Quote);
        server.Answer = context =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(10 * server.Requests.Count));
            return HttpStandIn.WriteAsync(context, server.Requests.Count == 20 ? 401 : 200, Quote);
        };
        await using var fleet = new FleetUnderTest(
            _time,
            ("Finnhub:BaseAddress", server.Address),
            ("Finnhub:Plan", "Free"),
            ("Finnhub:Quota:PerMinute", "30"),
            ("Finnhub:Quota:PerSecond", "100")
        );
        for (var i = 0; i < 19; i++)
        {
            await FetchAsync(fleet);
        }

        var lastSuccess = _time.GetUtcNow();
        await FetchAsync(fleet);
        _time.Advance(TimeSpan.FromSeconds(2));

        var status = await fleet.Fleet.StatusAsync(ProviderId.Finnhub, CancellationToken.None);

        Assert.Equal((true, "free", BreakerState.Closed, null), (status.IsEnabled, status.Plan, status.Breaker, status.BreakerOpenUntil));
        Assert.Equal(lastSuccess, status.LastSuccessAt);
        Assert.Equal((100, 190), (status.LatencyP50Ms, status.LatencyP95Ms));
        Assert.Equal(
            [(FetchStatus.Ok, 19L), (FetchStatus.InvalidKey, 1)],
            status.Outcomes.OrderByDescending(pair => pair.Value).Select(pair => (pair.Key, pair.Value))
        );
        Assert.InRange(status.Quota.LeftFor(CallPurpose.Interactive)!.Value, 8, 10);
        Assert.Equal(0, status.RequestsUnderWay);
    }

    [Fact]
    public async Task A_refused_key_is_logged_once_until_a_key_is_accepted()
    {
        int[] statuses = [401, 401, 200, 401];
        await using var server = await HttpStandIn.StartAsync(200, Quote);
        server.Answer = context => HttpStandIn.WriteAsync(context, statuses[server.Requests.Count - 1], Quote);
        await using var fleet = new FleetUnderTest(_time, ("Finnhub:BaseAddress", server.Address), ("Finnhub:ApiKey", "secret"));
        var logged = new List<int>();
        for (var i = 0; i < statuses.Length; i++)
        {
            await FetchAsync(fleet);
            logged.Add(
                fleet.LogLines.Count(line =>
                    line.StartsWith("Warning: finnhub rejects its API key. Check Providers__Finnhub__ApiKey;", StringComparison.Ordinal)
                )
            );
        }

        Assert.Equal([1, 1, 1, 2], logged);
        Assert.Equal(
            new ProviderRefusal(_time.GetUtcNow(), FetchStatus.InvalidKey),
            (await fleet.Fleet.StatusAsync(ProviderId.Finnhub, CancellationToken.None)).LastRefusal
        );
        Assert.DoesNotContain(fleet.LogLines, line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_quote_of_a_simulator_is_marked()
    {
        await using var server = await HttpStandIn.StartAsync(200, Quote);
        await using var fleet = new FleetUnderTest(_time, ("Finnhub:BaseAddress", server.Address), ("Finnhub:Simulated", "true"));

        Assert.True((await FetchAsync(fleet)).Quote!.Simulated);
        Assert.True(fleet.Fleet.IsSimulated(ProviderId.Finnhub));
        Assert.False(fleet.Fleet.IsSimulated(ProviderId.Eodhd));
    }

    [Fact]
    public async Task Latencies_of_more_than_five_minutes_ago_are_forgotten()
    {
        await using var server = await HttpStandIn.StartAsync(200, Quote);
        await using var fleet = new FleetUnderTest(_time, ("Finnhub:BaseAddress", server.Address));
        await FetchAsync(fleet);
        _time.Advance(TimeSpan.FromMinutes(6));

        Assert.Null((await fleet.Fleet.StatusAsync(ProviderId.Finnhub, CancellationToken.None)).LatencyP50Ms);
    }

    [Fact]
    public async Task A_disabled_provider_has_a_status_too()
    {
        await using var fleet = new FleetUnderTest(_time);

        var status = await fleet.Fleet.StatusAsync(ProviderId.Massive, CancellationToken.None);

        Assert.Equal((false, "advanced", 0), (status.IsEnabled, status.Plan, status.Outcomes.Count));
    }

    [Fact]
    public async Task Every_request_is_a_client_span_with_its_outcome_below_the_callers()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ProviderTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var server = await HttpStandIn.StartAsync(503, "");
        server.Answer = context => HttpStandIn.WriteAsync(context, server.Requests.Count == 1 ? 503 : 200, Quote);
        await using var fleet = new FleetUnderTest(
            time: null,
            ("Finnhub:BaseAddress", server.Address + "/path"),
            ("Finnhub:ApiKey", "key")
        );

        using var caller = new Activity("caller").Start();
        await fleet.FetchAsync(ProviderId.Finnhub);

        var mine = spans.Where(span => span.TraceId == caller.TraceId).ToArray();
        Assert.Equal(2, mine.Length);
        Assert.All(
            mine,
            span => Assert.Equal(("GET finnhub", ActivityKind.Client, caller.SpanId), (span.DisplayName, span.Kind, span.ParentSpanId))
        );
        Assert.Equal(
            [("server-error", ActivityStatusCode.Error, null), ("ok", ActivityStatusCode.Unset, 1)],
            mine.Select(span =>
                ((string?)span.GetTagItem("quorum.outcome"), span.Status, (int?)span.GetTagItem("http.request.resend_count"))
            )
        );
        Assert.All(
            mine,
            span =>
                Assert.Equal(["http.request.method", "server.address", "quorum.provider"], span.TagObjects.Select(tag => tag.Key).Take(3))
        );
        Assert.DoesNotContain(
            mine.SelectMany(span => span.TagObjects),
            tag => tag.Value is string text && (text.Contains("path") || text.Contains("key"))
        );
    }

    [Fact]
    public async Task Metrics_count_fetches_retries_and_durations_and_show_breaker_and_quota()
    {
        var measured = new ConcurrentQueue<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => Enable(instrument, self) };
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, null, tags));
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        await using var server = await HttpStandIn.StartAsync(503, "");
        server.Answer = context =>
            HttpStandIn.WriteAsync(context, server.Requests.Count == 1 ? 503 : 200, Successes.Of(ProviderId.Massive));
        await using var fleet = new FleetUnderTest(
            time: null,
            ("Massive:BaseAddress", server.Address),
            ("Massive:Quota:PerMinute", "10"),
            ("Massive:Quota:InteractiveReserve", "0.5")
        );

        await fleet.FetchAsync(ProviderId.Massive);
        listener.RecordObservableInstruments();

        string[] expected =
        [
            "quorum.provider.request.duration massive server-error",
            "quorum.provider.request.duration massive ok",
            "quorum.provider.retries 1 massive",
            "quorum.provider.fetches 1 massive ok",
            "quorum.provider.breaker.state 0 massive",
        ];
        foreach (var line in expected)
        {
            Assert.Contains(line, measured);
        }

        Assert.Contains(
            measured,
            line =>
                line.StartsWith("quorum.provider.quota.left", StringComparison.Ordinal)
                && line.EndsWith("massive minute interactive", StringComparison.Ordinal)
        );
        Assert.Contains(measured, line => line.EndsWith("massive minute background", StringComparison.Ordinal));

        Assert.Contains(
            measured,
            line =>
                line.StartsWith("resilience.polly.strategy.events 1 OnRetry", StringComparison.Ordinal)
                && line.Contains("massive", StringComparison.Ordinal)
        );

        static void Enable(System.Diagnostics.Metrics.Instrument instrument, MeterListener self)
        {
            if (instrument.Meter.Name is ProviderTelemetry.Name or "Polly")
            {
                self.EnableMeasurementEvents(instrument);
            }
        }

        void Note(System.Diagnostics.Metrics.Instrument instrument, long? value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            measured.Enqueue(
                string.Join(
                    ' ',
                    [instrument.Name, .. value is null ? [] : new[] { $"{value}" }, .. tags.ToArray().Select(tag => $"{tag.Value}")]
                )
            );
    }
}
