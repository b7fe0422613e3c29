using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Time;
using static Quorum.Providers.Tests.FinnhubFleet;

namespace Quorum.Providers.Tests;

/// <summary>Calls that outlast the deadline of their caller.</summary>
public class DeadlineTests
{
    [Fact]
    public async Task At_the_deadline_the_call_is_left_behind_and_its_quote_is_kept()
    {
        var time = new ManualTimeProvider();
        var gate = new TaskCompletionSource();
        await using var server = await AnsweringAfterAsync(gate.Task);
        await using var fleet = Fleet(server, time);

        var fetch = fleet.FetchAsync(ProviderId.Finnhub, time.GetUtcNow().AddMilliseconds(200));
        await server.ArrivalAsync();
        await time.WhenArmedAsync();
        time.Advance(TimeSpan.FromMilliseconds(200));

        var outcome = await fetch.WithinAsync();
        Assert.Equal((FetchStatus.TimedOut, 1, 200), (outcome.Status, outcome.Attempts, outcome.LatencyMs));
        Assert.True(fleet.Late.IsEmpty);

        gate.SetResult();
        var (listing, quote) = await fleet.Late.NextAsync();
        Assert.Equal((Symbol.Parse("AAPL"), 214.29m), (listing.Symbol, quote.Price));
    }

    [Fact]
    public async Task A_timer_that_fires_too_early_takes_no_time_from_the_provider()
    {
        var time = new ManualTimeProvider { TimersAreEarlyBy = TimeSpan.FromMilliseconds(6) };
        var gate = new TaskCompletionSource();
        await using var server = await AnsweringAfterAsync(gate.Task);
        await using var fleet = Fleet(server, time);

        var fetch = fleet.FetchAsync(ProviderId.Finnhub, time.GetUtcNow().AddMilliseconds(200));
        await server.ArrivalAsync();
        await time.WhenArmedAsync();
        time.Advance(TimeSpan.FromMilliseconds(194));
        await time.WhenArmedAsync();
        Assert.False(fetch.IsCompleted);
        gate.SetResult();

        Assert.Equal(FetchStatus.Ok, (await fetch.WithinAsync()).Status);
    }

    [Fact]
    public async Task A_call_left_behind_ends_at_its_limit()
    {
        var time = new ManualTimeProvider();
        var aborted = new TaskCompletionSource();
        await using var server = await HttpStandIn.StartAsync(context => HangAsync(context, aborted));
        await using var fleet = Fleet(server, time, ("Finnhub:BackgroundLimit", "00:00:05"));

        var fetch = fleet.FetchAsync(ProviderId.Finnhub, time.GetUtcNow().AddMilliseconds(200));
        await server.ArrivalAsync();
        await time.WhenArmedAsync();
        time.Advance(TimeSpan.FromMilliseconds(200));
        await fetch.WithinAsync();

        await time.WhenArmedAsync();
        time.Advance(TimeSpan.FromMilliseconds(4799));
        Assert.False(aborted.Task.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await aborted.Task.WithinAsync();
    }

    [Theory]
    [InlineData("Finnhub:MaxBackgroundCalls", "0")]
    [InlineData("Finnhub:BackgroundLimit", "00:00:00")]
    public async Task Without_room_in_the_background_a_call_ends_at_its_deadline(string setting, string value)
    {
        var time = new ManualTimeProvider();
        var aborted = new TaskCompletionSource();
        await using var server = await HttpStandIn.StartAsync(context => HangAsync(context, aborted));
        await using var fleet = Fleet(server, time, (setting, value));

        var fetch = fleet.FetchAsync(ProviderId.Finnhub, time.GetUtcNow().AddMilliseconds(200));
        await server.ArrivalAsync();
        await time.WhenArmedAsync();
        time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal(FetchStatus.TimedOut, (await fetch.WithinAsync()).Status);
        await aborted.Task.WithinAsync();
    }

    [Fact]
    public async Task Stopping_ends_what_is_left_behind()
    {
        var time = new ManualTimeProvider();
        var aborted = new TaskCompletionSource();
        await using var server = await HttpStandIn.StartAsync(context => HangAsync(context, aborted));
        await using (var fleet = Fleet(server, time))
        {
            var fetch = fleet.FetchAsync(ProviderId.Finnhub, time.GetUtcNow().AddMilliseconds(200));
            await server.ArrivalAsync();
            await time.WhenArmedAsync();
            time.Advance(TimeSpan.FromMilliseconds(200));
            await fetch.WithinAsync();
        }

        await aborted.Task.WithinAsync();
    }

    [Fact]
    public async Task A_late_quote_that_cannot_be_kept_is_logged_and_no_more()
    {
        var time = new ManualTimeProvider();
        var gate = new TaskCompletionSource();
        await using var server = await AnsweringAfterAsync(gate.Task);
        await using var fleet = Fleet(server, time);
        fleet.Late.Failure = new InvalidOperationException("The store is away.");

        var fetch = fleet.FetchAsync(ProviderId.Finnhub, time.GetUtcNow().AddMilliseconds(200));
        await time.WhenArmedAsync();
        time.Advance(TimeSpan.FromMilliseconds(200));
        await fetch.WithinAsync();
        gate.SetResult();

        await fleet.Log.FirstAsync();
        Assert.Contains("A late quote of finnhub for AAPL could not be kept", Assert.Single(fleet.LogLines));
    }

    [Fact]
    public async Task A_call_that_cannot_end_before_its_deadline_is_not_made()
    {
        await using var server = await HttpStandIn.StartAsync(200, Quote);
        await using var fleet = Fleet(server);

        var outcome = await fleet.FetchAsync(ProviderId.Finnhub, DateTimeOffset.UtcNow.AddMilliseconds(-1));

        Assert.Equal((FetchStatus.TimedOut, 0), (outcome.Status, outcome.Attempts));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_deadline_may_be_as_far_away_as_time_goes()
    {
        await using var server = await HttpStandIn.StartAsync(200, Quote);
        await using var fleet = Fleet(server);

        Assert.Equal(FetchStatus.Ok, (await fleet.FetchAsync(ProviderId.Finnhub, DateTimeOffset.MaxValue)).Status);
    }

    [Fact]
    public async Task A_caller_who_gives_up_ends_the_call()
    {
        var aborted = new TaskCompletionSource();
        await using var server = await HttpStandIn.StartAsync(context => HangAsync(context, aborted));
        await using var fleet = Fleet(server);
        using var giveUp = new CancellationTokenSource();

        var fetch = fleet.FetchAsync(ProviderId.Finnhub, cancellationToken: giveUp.Token);
        await server.ArrivalAsync();
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetch.WithinAsync());
        await aborted.Task.WithinAsync();
    }

    private static Task<HttpStandIn> AnsweringAfterAsync(Task gate) =>
        HttpStandIn.StartAsync(async context =>
        {
            await gate;
            await HttpStandIn.WriteAsync(context, 200, Quote);
        });
}
