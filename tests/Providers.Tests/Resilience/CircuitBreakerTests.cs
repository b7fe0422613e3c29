using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.Providers.Tests;

public class CircuitBreakerTests
{
    private const int Throughput = 4;

    private static readonly string Quote = Successes.Of(ProviderId.Finnhub);

    private readonly ManualTimeProvider _time = new();

    private FleetUnderTest Fleet(HttpStandIn server, params (string Name, string? Value)[] settings) =>
        new(
            _time,
            [
                ("Finnhub:BaseAddress", server.Address),
                ("Finnhub:Retry:MaxRetries", "0"),
                ("Finnhub:CircuitBreaker:MinimumThroughput", $"{Throughput}"),
                ("Finnhub:CircuitBreaker:BreakDuration", "00:00:05"),
                .. settings,
            ]
        );

    private Task<FetchOutcome> FetchAsync(FleetUnderTest fleet) =>
        fleet.FetchAsync(ProviderId.Finnhub, _time.GetUtcNow().AddSeconds(60)).WithinAsync();

    private async Task OpenAsync(FleetUnderTest fleet)
    {
        for (var i = 0; i < Throughput; i++)
        {
            await FetchAsync(fleet);
        }
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(200, "<html></html>")]
    public async Task A_provider_that_fails_too_often_is_left_alone_and_the_outcome_says_until_when(int status, string body)
    {
        await using var server = await HttpStandIn.StartAsync(status, body);
        await using var fleet = Fleet(server);
        await OpenAsync(fleet);

        var outcome = await FetchAsync(fleet);

        Assert.Equal((FetchStatus.CircuitOpen, 0, 5), (outcome.Status, outcome.Attempts, outcome.RetryAfterSeconds));
        Assert.Equal(Throughput, server.Requests.Count);
        Assert.Contains(fleet.LogLines, line => line.StartsWith("Warning: finnhub fails too often", StringComparison.Ordinal));
        var health = await fleet.Fleet.StatusAsync(ProviderId.Finnhub, CancellationToken.None);
        Assert.Equal((BreakerState.Open, _time.GetUtcNow().AddSeconds(5)), (health.Breaker, health.BreakerOpenUntil));
    }

    [Fact]
    public async Task After_the_break_one_trial_request_is_made_and_no_other_until_it_has_decided()
    {
        await using var server = await HttpStandIn.StartAsync(500, "");
        await using var fleet = Fleet(server);
        await OpenAsync(fleet);
        for (var i = 0; i < Throughput; i++)
        {
            await server.ArrivalAsync();
        }

        var gate = new TaskCompletionSource();
        server.Answer = async context =>
        {
            await gate.Task;
            await HttpStandIn.WriteAsync(context, 200, Quote);
        };

        _time.Advance(TimeSpan.FromSeconds(5));
        var trial = FetchAsync(fleet);
        await server.ArrivalAsync();
        var meanwhile = await FetchAsync(fleet);
        gate.SetResult();

        Assert.Equal((FetchStatus.CircuitOpen, 0, 1), (meanwhile.Status, meanwhile.Attempts, meanwhile.RetryAfterSeconds));
        Assert.Equal(FetchStatus.Ok, (await trial).Status);
        Assert.Equal(FetchStatus.Ok, (await FetchAsync(fleet)).Status);
        Assert.Equal(Throughput + 2, server.Requests.Count);
    }

    [Fact]
    public async Task A_trial_that_fails_leaves_the_provider_alone_for_another_break()
    {
        await using var server = await HttpStandIn.StartAsync(500, "");
        await using var fleet = Fleet(server);
        await OpenAsync(fleet);

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(FetchStatus.ServerError, (await FetchAsync(fleet)).Status);
        Assert.Equal(
            (FetchStatus.CircuitOpen, 5),
            ((await FetchAsync(fleet)) is var outcome ? (outcome.Status, outcome.RetryAfterSeconds) : default)
        );
    }

    [Theory]
    [InlineData(200, """{"c":0,"pc":0,"t":0}""", FetchStatus.UnknownSymbol)]
    [InlineData(401, "", FetchStatus.InvalidKey)]
    [InlineData(403, "", FetchStatus.PlanRestricted)]
    [InlineData(400, "", FetchStatus.BadRequest)]
    public async Task What_a_healthy_provider_may_say_is_no_failure(int status, string body, FetchStatus expected)
    {
        await using var server = await HttpStandIn.StartAsync(status, body);
        await using var fleet = Fleet(server);
        await OpenAsync(fleet);

        Assert.Equal(expected, (await FetchAsync(fleet)).Status);
    }

    [Fact]
    public async Task A_breaker_that_is_switched_off_never_opens()
    {
        await using var server = await HttpStandIn.StartAsync(500, "");
        await using var fleet = Fleet(server, ("Finnhub:CircuitBreaker:Enabled", "false"));
        await OpenAsync(fleet);

        Assert.Equal(FetchStatus.ServerError, (await FetchAsync(fleet)).Status);
    }

    [Theory]
    [InlineData(true, FetchStatus.Ok)]
    [InlineData(false, FetchStatus.CircuitOpen)]
    public async Task An_answer_past_the_deadline_counts_as_what_it_was_and_none_within_the_background_limit_as_timed_out(
        bool isAnswered,
        FetchStatus afterwards
    )
    {
        var gate = new TaskCompletionSource();
        await using var server = await HttpStandIn.StartAsync(async context =>
        {
            await gate.Task.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await HttpStandIn.WriteAsync(context, 200, Quote);
        });
        await using var fleet = Fleet(server);
        var fetches = Enumerable
            .Range(0, Throughput)
            .Select(_ => fleet.FetchAsync(ProviderId.Finnhub, _time.GetUtcNow().AddMilliseconds(200)))
            .ToArray();
        for (var i = 0; i < Throughput; i++)
        {
            await server.ArrivalAsync();
        }

        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.All(await Task.WhenAll(fetches).WithinAsync(), outcome => Assert.Equal(FetchStatus.TimedOut, outcome.Status));

        if (isAnswered)
        {
            gate.SetResult();
        }
        else
        {
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        await UntilIdleAsync(fleet).WithinAsync();
        gate.TrySetResult();
        Assert.Equal(afterwards, (await FetchAsync(fleet)).Status);
    }

    /// <summary>Until the calls in the background are over.</summary>
    private static async Task UntilIdleAsync(FleetUnderTest fleet)
    {
        while ((await fleet.Fleet.StatusAsync(ProviderId.Finnhub, CancellationToken.None)).RequestsUnderWay > 0)
        {
            await Task.Yield();
        }
    }

    [Fact]
    public async Task Calls_that_their_callers_gave_up_are_no_failures()
    {
        await using var server = await HttpStandIn.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var fleet = Fleet(server);
        for (var i = 0; i < 2 * Throughput; i++)
        {
            using var giveUp = new CancellationTokenSource();
            var fetch = fleet.FetchAsync(ProviderId.Finnhub, _time.GetUtcNow().AddSeconds(60), giveUp.Token);
            await server.ArrivalAsync();
            await giveUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch.WithinAsync());
        }

        server.Answer = context => HttpStandIn.WriteAsync(context, 200, Quote);
        Assert.Equal(FetchStatus.Ok, (await FetchAsync(fleet)).Status);
    }

    [Fact]
    public async Task A_refused_call_uses_nothing_of_the_quota()
    {
        await using var server = await HttpStandIn.StartAsync(500, "");
        await using var fleet = Fleet(server, ("Finnhub:Quota:PerDay", "1000"));
        await OpenAsync(fleet);

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(FetchStatus.CircuitOpen, (await FetchAsync(fleet)).Status);
        }

        _time.Advance(TimeSpan.FromSeconds(30)); // What is leased comes back.
        Assert.Equal(Throughput, (await fleet.Fleet.QuotaForAsync(ProviderId.Finnhub, CancellationToken.None)).Windows[0].Used);
    }
}
