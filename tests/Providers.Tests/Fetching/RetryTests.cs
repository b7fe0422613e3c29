using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Time;
using static Quorum.Providers.Tests.FinnhubFleet;

namespace Quorum.Providers.Tests;

/// <summary>Further attempts after a fault.</summary>
public class RetryTests
{
    [Theory]
    [InlineData(500, "")]
    [InlineData(200, "<html></html>")]
    public async Task What_retrying_can_mend_is_tried_twice_more_and_no_more(int status, string body)
    {
        await using var server = await HttpStandIn.StartAsync(status, body);
        await using var fleet = Fleet(server);

        var outcome = await fleet.FetchAsync(ProviderId.Finnhub);

        Assert.Equal((status == 500 ? FetchStatus.ServerError : FetchStatus.MalformedResponse, 3), (outcome.Status, outcome.Attempts));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_second_attempt_may_bring_the_quote()
    {
        await using var server = await HttpStandIn.StartAsync(500, "");
        server.Answer = context => HttpStandIn.WriteAsync(context, server.Requests.Count == 1 ? 503 : 200, Quote);
        await using var fleet = Fleet(server);

        var outcome = await fleet.FetchAsync(ProviderId.Finnhub);

        Assert.Equal((FetchStatus.Ok, 2), (outcome.Status, outcome.Attempts));
    }

    [Theory]
    [InlineData(200, """{"c":0,"pc":0,"t":0}""", FetchStatus.UnknownSymbol)]
    [InlineData(200, """{"c":0,"pc":216,"t":0}""", FetchStatus.NoPrice)]
    [InlineData(401, "", FetchStatus.InvalidKey)]
    [InlineData(403, "", FetchStatus.PlanRestricted)]
    [InlineData(400, "", FetchStatus.BadRequest)]
    public async Task What_retrying_cannot_mend_is_not_tried_again(int status, string body, FetchStatus expected)
    {
        await using var server = await HttpStandIn.StartAsync(status, body);
        await using var fleet = Fleet(server);

        Assert.Equal(
            (expected, 1),
            ((await fleet.FetchAsync(ProviderId.Finnhub)) is var outcome ? (outcome.Status, outcome.Attempts) : default)
        );
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_rate_limit_is_not_tried_again_when_the_wait_does_not_fit_in_the_deadline()
    {
        var time = new ManualTimeProvider();
        await using var server = await StartLimitedAsync();
        await using var fleet = Fleet(server, time);

        var outcome = await fleet.FetchAsync(ProviderId.Finnhub, time.GetUtcNow().AddSeconds(2)).WithinAsync();

        Assert.Equal((FetchStatus.RateLimited, 1, 3), (outcome.Status, outcome.Attempts, outcome.RetryAfterSeconds));
    }

    [Fact]
    public async Task A_rate_limit_is_tried_again_when_the_wait_fits_in_the_deadline()
    {
        var time = new ManualTimeProvider();
        await using var server = await StartLimitedAsync();
        await using var fleet = Fleet(server, time, ("Finnhub:AttemptTimeout", "00:01:00"));

        var fetch = fleet.FetchAsync(ProviderId.Finnhub, time.GetUtcNow().AddSeconds(10));
        await time.WhenArmedAsync(2); // the deadline and the wait
        time.Advance(TimeSpan.FromSeconds(3));

        var outcome = await fetch.WithinAsync();
        Assert.Equal((FetchStatus.Ok, 2), (outcome.Status, outcome.Attempts));
    }

    /// <summary>Refuses the first request for three seconds.</summary>
    private static async Task<HttpStandIn> StartLimitedAsync()
    {
        var server = await HttpStandIn.StartAsync(500, "");
        server.Answer = context =>
        {
            var isFirst = server.Requests.Count == 1;
            context.Response.Headers.RetryAfter = "3";
            return HttpStandIn.WriteAsync(context, isFirst ? 429 : 200, isFirst ? "" : Quote);
        };
        return server;
    }

    [Fact]
    public async Task Nothing_is_tried_again_that_would_not_end_before_the_deadline()
    {
        var time = new ManualTimeProvider();
        await using var server = await HttpStandIn.StartAsync(async context =>
        {
            await time.WhenArmedAsync();
            time.Advance(TimeSpan.FromMilliseconds(120));
            await HttpStandIn.WriteAsync(context, 500, "");
        });
        await using var fleet = Fleet(server, time);

        var outcome = await fleet.FetchAsync(ProviderId.Finnhub, time.GetUtcNow().AddMilliseconds(200)).WithinAsync();

        Assert.Equal((FetchStatus.ServerError, 1, 120), (outcome.Status, outcome.Attempts, outcome.LatencyMs));
    }

    [Fact]
    public async Task A_retry_cut_off_by_the_deadline_leaves_the_first_outcome()
    {
        var time = new ManualTimeProvider();
        var aborted = new TaskCompletionSource();
        await using var server = await HttpStandIn.StartAsync(500, "");
        server.Answer = context => server.Requests.Count == 1 ? HttpStandIn.WriteAsync(context, 503, "") : HangAsync(context, aborted);
        await using var fleet = Fleet(server, time);

        var fetch = fleet.FetchAsync(ProviderId.Finnhub, time.GetUtcNow().AddMilliseconds(500));
        await server.ArrivalAsync();
        await time.WhenArmedAsync(2);
        time.Advance(TimeSpan.FromMilliseconds(100));
        await server.ArrivalAsync();
        time.Advance(TimeSpan.FromMilliseconds(400));

        var outcome = await fetch.WithinAsync();
        Assert.Equal((FetchStatus.ServerError, 2), (outcome.Status, outcome.Attempts));
    }

    [Fact]
    public async Task An_attempt_that_hangs_gives_way_to_another_while_the_deadline_is_far()
    {
        var time = new ManualTimeProvider();
        var aborted = new TaskCompletionSource();
        await using var server = await HttpStandIn.StartAsync(500, "");
        server.Answer = context => server.Requests.Count == 1 ? HangAsync(context, aborted) : HttpStandIn.WriteAsync(context, 200, Quote);
        await using var fleet = Fleet(server, time, ("Finnhub:AttemptTimeout", "00:00:01"));

        var fetch = fleet.FetchAsync(ProviderId.Finnhub, time.GetUtcNow().AddSeconds(10));
        await server.ArrivalAsync();
        await time.WhenArmedAsync(2);
        time.Advance(TimeSpan.FromSeconds(1));
        await aborted.Task.WithinAsync();
        await time.WhenArmedAsync(2);
        time.Advance(TimeSpan.FromMilliseconds(200));

        var outcome = await fetch.WithinAsync();
        Assert.Equal((FetchStatus.Ok, 2), (outcome.Status, outcome.Attempts));
    }
}
