using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.Providers.Tests;

/// <summary>The limits on calls to a provider: retries, concurrency, quota, the provider's own refusals.</summary>
public class LimitsTests
{
    private static readonly string Quote = Successes.Of(ProviderId.Finnhub);

    private readonly ManualTimeProvider _time = new();

    private static FleetUnderTest Fleet(HttpStandIn server, TimeProvider? time, params (string Name, string? Value)[] settings) =>
        new(time, [("Finnhub:BaseAddress", server.Address), .. settings]);

    private Task<FetchOutcome> FetchAsync(FleetUnderTest fleet, CallPurpose purpose = CallPurpose.Interactive, int withinMs = 200) =>
        fleet
            .Fleet.FetchAsync(
                ProviderId.Finnhub,
                Listings.Aapl(ProviderId.Finnhub),
                _time.GetUtcNow().AddMilliseconds(withinMs),
                purpose,
                CancellationToken.None
            )
            .WithinAsync();

    [Fact]
    public async Task Retries_are_bounded_to_a_part_of_all_calls()
    {
        const int fetches = 60;
        await using var server = await HttpStandIn.StartAsync(500, "");
        await using var fleet = Fleet(
            server,
            time: null,
            ("Finnhub:CircuitBreaker:Enabled", "false"),
            ("Finnhub:Retry:BudgetRatio", "0.1")
        );

        for (var i = 0; i < fetches; i++)
        {
            await fleet.FetchAsync(ProviderId.Finnhub);
        }

        // Ten saved up, and a tenth of the fetches.
        Assert.InRange(server.Requests.Count, fetches + 10, fetches + 10 + (fetches / 10));
    }

    [Fact]
    public async Task No_retries_are_made_when_none_are_wanted()
    {
        await using var server = await HttpStandIn.StartAsync(500, "");
        await using var fleet = Fleet(server, time: null, ("Finnhub:Retry:MaxRetries", "0"));

        Assert.Equal(1, (await fleet.FetchAsync(ProviderId.Finnhub)).Attempts);
    }

    [Fact]
    public async Task A_call_beyond_the_concurrency_limit_waits_for_its_turn()
    {
        var gate = new TaskCompletionSource();
        await using var server = await HttpStandIn.StartAsync(async context =>
        {
            await gate.Task;
            await HttpStandIn.WriteAsync(context, 200, Quote);
        });
        await using var fleet = Fleet(server, _time, ("Finnhub:MaxConcurrentCalls", "1"));

        var first = FetchAsync(fleet);
        await server.ArrivalAsync();
        var second = FetchAsync(fleet);
        Assert.False(second.IsCompleted);
        gate.SetResult();

        Assert.Equal((FetchStatus.Ok, FetchStatus.Ok), ((await first).Status, (await second).Status));
    }

    [Fact]
    public async Task A_call_whose_turn_does_not_come_before_its_deadline_is_not_made()
    {
        var gate = new TaskCompletionSource();
        await using var server = await HttpStandIn.StartAsync(async context =>
        {
            await gate.Task;
            await HttpStandIn.WriteAsync(context, 200, Quote);
        });
        await using var fleet = Fleet(server, _time, ("Finnhub:MaxConcurrentCalls", "1"));
        var first = FetchAsync(fleet);
        await server.ArrivalAsync();
        var second = FetchAsync(fleet);
        await _time.WhenArmedAsync(2);
        _time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal((FetchStatus.TimedOut, 0), ((await second) is var outcome ? (outcome.Status, outcome.Attempts) : default));
        Assert.Equal(FetchStatus.TimedOut, (await first).Status);
        gate.SetResult();
        await fleet.Late.NextAsync();
        Assert.Equal(FetchStatus.Ok, (await FetchAsync(fleet)).Status);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_quota_that_is_used_up_refuses_the_call_and_says_when_there_is_more()
    {
        await using var server = await HttpStandIn.StartAsync(200, Quote);
        await using var fleet = Fleet(server, _time, ("Finnhub:Quota:PerMinute", "2"));
        Assert.Equal((FetchStatus.Ok, FetchStatus.Ok), ((await FetchAsync(fleet)).Status, (await FetchAsync(fleet)).Status));

        var outcome = await FetchAsync(fleet);

        Assert.Equal((FetchStatus.QuotaExhausted, 0), (outcome.Status, outcome.Attempts));
        Assert.InRange(outcome.RetryAfterSeconds!.Value, 59, 61);
        Assert.Equal(2, server.Requests.Count);
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(FetchStatus.Ok, (await FetchAsync(fleet)).Status);
    }

    [Fact]
    public async Task Batches_leave_what_is_kept_for_those_who_wait()
    {
        await using var server = await HttpStandIn.StartAsync(200, Quote);
        await using var fleet = Fleet(server, _time, ("Finnhub:Quota:PerMinute", "10"));
        var batch = 0;
        while ((await FetchAsync(fleet, CallPurpose.Batch)).Status == FetchStatus.Ok)
        {
            batch++;
        }

        Assert.Equal((7, FetchStatus.QuotaExhausted), (batch, (await FetchAsync(fleet, CallPurpose.Prefetch)).Status));
        Assert.Equal(FetchStatus.Ok, (await FetchAsync(fleet)).Status);
        var quota = await fleet.Fleet.QuotaForAsync(ProviderId.Finnhub, CancellationToken.None);
        Assert.Equal((2, 0), (quota.LeftFor(CallPurpose.Interactive), quota.LeftFor(CallPurpose.Batch)));
    }

    [Fact]
    public async Task A_retry_counts_in_the_quota_and_one_that_has_no_permit_leaves_the_first_outcome()
    {
        await using var server = await HttpStandIn.StartAsync(500, "");
        await using var fleet = Fleet(server, time: null, ("Finnhub:Quota:PerDay", "2"));

        var outcome = await fleet.FetchAsync(ProviderId.Finnhub);

        Assert.Equal((FetchStatus.ServerError, 2), (outcome.Status, outcome.Attempts));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_provider_that_refused_for_its_limit_is_left_out_until_its_window_ends()
    {
        await using var server = await HttpStandIn.StartAsync(200, Quote);
        server.Answer = context =>
        {
            context.Response.Headers.RetryAfter = "20";
            return HttpStandIn.WriteAsync(context, 429, "");
        };
        await using var fleet = Fleet(server, _time);
        Assert.Equal((FetchStatus.RateLimited, 1), ((await FetchAsync(fleet)) is var first ? (first.Status, first.Attempts) : default));

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(
            (FetchStatus.RateLimited, 0, 15),
            ((await FetchAsync(fleet)) is var second ? (second.Status, second.Attempts, second.RetryAfterSeconds) : default)
        );

        server.Answer = context => HttpStandIn.WriteAsync(context, 200, Quote);
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(FetchStatus.Ok, (await FetchAsync(fleet)).Status);
    }

    [Fact]
    public async Task A_burst_that_mentions_the_day_is_over_in_seconds_and_a_used_up_day_at_the_reset()
    {
        const string burst =
            "Please consider spreading out your free API requests more sparingly (1 request per second). The limit is 25 requests per day.";
        const string day = "Our standard API rate limit is 25 requests per day.";
        await using var server = await HttpStandIn.StartAsync(200, $$"""{"Information":"{{burst}}"}""");
        await using var fleet = new FleetUnderTest(_time, ("AlphaVantage:BaseAddress", server.Address));

        var first = await FetchAlphaVantageAsync();
        Assert.Equal((FetchStatus.RateLimited, 2), (first.Status, first.RetryAfterSeconds));
        _time.Advance(TimeSpan.FromSeconds(2));
        server.Answer = context => HttpStandIn.WriteAsync(context, 200, $$"""{"Information":"{{day}}"}""");
        var second = await FetchAlphaVantageAsync();
        Assert.Equal((FetchStatus.QuotaExhausted, 1), (second.Status, second.Attempts));
        _time.Advance(TimeSpan.FromHours(8));
        var third = await FetchAlphaVantageAsync();
        Assert.Equal((FetchStatus.QuotaExhausted, 0), (third.Status, third.Attempts));
        Assert.InRange(third.RetryAfterSeconds!.Value, 3590, 3600); // It is 23:00 UTC.

        Task<FetchOutcome> FetchAlphaVantageAsync() =>
            fleet.FetchAsync(ProviderId.AlphaVantage, _time.GetUtcNow().AddMilliseconds(200)).WithinAsync();
    }

    [Theory]
    [InlineData("X-RateLimit-Remaining", "0", FetchStatus.RateLimited)]
    [InlineData("X-Ratelimit-Remaining", "1", FetchStatus.Ok)]
    [InlineData("api-credits-left", "0", FetchStatus.RateLimited)]
    [InlineData("api-credits-left", "nonsense", FetchStatus.Ok)]
    public async Task Headers_that_say_that_this_was_the_last_call_are_obeyed(string header, string value, FetchStatus next)
    {
        await using var server = await HttpStandIn.StartAsync(context =>
        {
            context.Response.Headers[header] = value;
            return HttpStandIn.WriteAsync(context, 200, Quote);
        });
        await using var fleet = Fleet(server, _time);

        Assert.Equal(FetchStatus.Ok, (await FetchAsync(fleet)).Status);
        Assert.Equal(next, (await FetchAsync(fleet)).Status);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(FetchStatus.Ok, (await FetchAsync(fleet)).Status);
    }

    [Theory]
    [InlineData("X-RateLimit-Reset", 20, 20)]
    [InlineData("X-RateLimit-Reset", -300, 1)] // the window has ended: a small pause
    [InlineData("X-Other", 20, 60)] // until the minute ends on the clock
    public async Task The_reset_beside_the_last_call_says_when_the_next_may_be_made(string header, int afterSeconds, double expected)
    {
        await using var server = await HttpStandIn.StartAsync(context =>
        {
            context.Response.Headers["X-RateLimit-Remaining"] = "0";
            context.Response.Headers[header] = $"{_time.GetUtcNow().AddSeconds(afterSeconds).ToUnixTimeSeconds()}";
            return HttpStandIn.WriteAsync(context, 200, Quote);
        });
        await using var fleet = Fleet(server, _time);
        Assert.Equal(FetchStatus.Ok, (await FetchAsync(fleet)).Status);

        var refused = await FetchAsync(fleet);

        Assert.Equal((FetchStatus.RateLimited, 0, expected), (refused.Status, refused.Attempts, refused.RetryAfterSeconds));
        _time.Advance(TimeSpan.FromSeconds(expected));
        Assert.Equal(FetchStatus.Ok, (await FetchAsync(fleet)).Status);
    }

    [Fact]
    public async Task Without_the_breaker_the_next_call_is_made_whatever_the_provider_said_of_its_limits()
    {
        await using var server = await HttpStandIn.StartAsync(200, Quote);
        await using var fleet = Fleet(server, _time, ("Finnhub:CircuitBreaker:Enabled", "false"));

        foreach (var (status, header, value) in new[] { (200, "X-RateLimit-Remaining", "0"), (429, "Retry-After", "20") })
        {
            server.Answer = context =>
            {
                context.Response.Headers[header] = value;
                return HttpStandIn.WriteAsync(context, status, status == 200 ? Quote : "");
            };
            await FetchAsync(fleet);
            server.Answer = context => HttpStandIn.WriteAsync(context, 200, Quote);

            Assert.Equal((FetchStatus.Ok, 1), ((await FetchAsync(fleet)) is var next ? (next.Status, next.Attempts) : default));
        }
    }

    [Fact]
    public void Plans_bring_their_quotas_settings_override_them_and_a_stand_in_has_none()
    {
        Assert.Equal([(1.0, 30), (60, 60)], Limits(ProviderId.Finnhub, plan: null));
        Assert.Equal([(1.0, 1), (86_400, 25)], Limits(ProviderId.AlphaVantage, plan: "FREE"));
        Assert.Equal([(60.0, 8), (86_400, 800)], Limits(ProviderId.TwelveData, plan: "basic"));
        Assert.Equal([(60.0, 5)], Limits(ProviderId.Massive, plan: "free"));
        Assert.Empty(Limits(ProviderId.Massive, plan: "starter"));
        Assert.Equal([(60.0, 10_000)], Limits(ProviderId.Alpaca, plan: "plus"));
        Assert.Equal([(60.0, 1_000), (86_400, 20)], Limits(ProviderId.Eodhd, plan: "free"));
        Assert.Equal([(1.0, 30), (60, 7)], Limits(ProviderId.Finnhub, plan: null, perMinute: 7));
        Assert.Empty(Limits(ProviderId.Finnhub, plan: null, address: "http://127.0.0.1:9"));
        Assert.Equal([(1.0, 30), (60, 60)], Limits(ProviderId.Finnhub, plan: "free", address: "http://127.0.0.1:9"));
        Assert.Equal([(60.0, 7)], Limits(ProviderId.Finnhub, plan: null, address: "http://127.0.0.1:9", perMinute: 7));
    }

    private static IEnumerable<(double Seconds, int Permits)> Limits(
        ProviderId provider,
        string? plan,
        string? address = null,
        int? perMinute = null
    ) =>
        new ProviderSettings(
            ProviderRegistration.All.Single(registration => registration.Id == provider),
            new ProviderOptions
            {
                ApiKey = "key",
                Plan = plan,
                BaseAddress = address,
                Quota = new QuotaOptions { PerMinute = perMinute },
            }
        ).Limits.Select(limit => (limit.Length.TotalSeconds, limit.Permits));
}
