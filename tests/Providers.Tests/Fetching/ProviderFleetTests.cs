using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Time;

namespace Quorum.Providers.Tests;

public class ProviderFleetTests
{
    private static readonly string Quote = Successes.Of(ProviderId.Finnhub);

    private static FleetUnderTest Fleet(HttpStandIn server, TimeProvider? time = null, params (string Name, string? Value)[] settings) =>
        new(time, [("Finnhub:BaseAddress", server.Address), ("Finnhub:ApiKey", "key"), .. settings]);

    public static TheoryData<string> Providers => Successes.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task A_quote_comes_over_the_wire(string name)
    {
        var provider = Successes.Parse(name);
        await using var server = await HttpStandIn.StartAsync(200, Successes.Of(provider));
        await using var fleet = new FleetUnderTest(time: null, ($"{provider.SettingsName}:BaseAddress", server.Address));

        var outcome = await fleet.FetchAsync(provider);

        Assert.Equal((provider, FetchStatus.Ok, 1, null), (outcome.Provider, outcome.Status, outcome.Attempts, outcome.Detail));
        Assert.Equal(214.29m, outcome.Quote!.Price);
        Assert.True(outcome.LatencyMs > 0);
    }

    [Theory]
    [InlineData("", "/quote?symbol=AAPL")]
    [InlineData("/", "/quote?symbol=AAPL")]
    [InlineData("/finnhub/api/v1", "/finnhub/api/v1/quote?symbol=AAPL")]
    [InlineData("/finnhub/api/v1/", "/finnhub/api/v1/quote?symbol=AAPL")]
    public async Task Paths_are_appended_to_the_base_address(string prefix, string expected)
    {
        await using var server = await HttpStandIn.StartAsync(200, Quote);
        await using var fleet = new FleetUnderTest(time: null, ("Finnhub:BaseAddress", server.Address + prefix));

        await fleet.FetchAsync(ProviderId.Finnhub);

        Assert.Equal(expected, Assert.Single(server.Requests));
    }

    [Fact]
    public async Task A_connection_is_opened_ahead_without_a_key_and_the_first_call_uses_it()
    {
        var connections = new ConcurrentQueue<string>();
        await using var server = await HttpStandIn.StartAsync(context =>
        {
            connections.Enqueue($"{context.Request.Method} on {context.Connection.Id}");
            return HttpStandIn.WriteAsync(context, 200, HttpMethods.IsHead(context.Request.Method) ? "" : Quote);
        });
        await using var fleet = Fleet(server);

        await fleet.Fleet.ConnectAsync(ProviderId.Finnhub, CancellationToken.None);
        await fleet.FetchAsync(ProviderId.Finnhub);

        var connection = Assert.Single(connections, line => line.StartsWith("HEAD", StringComparison.Ordinal))["HEAD on ".Length..];
        Assert.Equal([$"HEAD on {connection}", $"GET on {connection}"], connections);
        Assert.DoesNotContain("key", server.Requests.First(), StringComparison.Ordinal);
        Assert.DoesNotContain("X-Finnhub-Token", server.Headers.First().Keys);
        Assert.Equal(1, (await fleet.Fleet.StatusAsync(ProviderId.Finnhub, CancellationToken.None)).Outcomes.Values.Sum());
    }

    [Fact]
    public async Task A_provider_that_cannot_be_connected_ahead_is_left_to_its_first_call()
    {
        await using var fleet = new FleetUnderTest(time: null, ("Finnhub:BaseAddress", "http://127.0.0.1:1/"));

        await fleet.Fleet.ConnectAsync(ProviderId.Finnhub, CancellationToken.None);
        await fleet.Fleet.ConnectAsync(ProviderId.Eodhd, CancellationToken.None); // disabled

        Assert.Equal(FetchStatus.Unreachable, (await fleet.FetchAsync(ProviderId.Finnhub)).Status);
    }

    [Fact]
    public async Task At_the_deadline_the_call_is_left_behind_and_its_quote_is_kept()
    {
        var time = new ManualTimeProvider();
        var gate = new TaskCompletionSource();
        await using var server = await HttpStandIn.StartAsync(async context =>
        {
            await gate.Task;
            await HttpStandIn.WriteAsync(context, 200, Quote);
        });
        await using var fleet = Fleet(server, time);

        var fetch = fleet.FetchAsync(ProviderId.Finnhub, time.GetUtcNow().AddMilliseconds(200));
        await server.ArrivalAsync();
        await time.WhenArmedAsync();
        time.Advance(TimeSpan.FromMilliseconds(200));

        var outcome = await fetch.WithinAsync();
        Assert.Equal((FetchStatus.TimedOut, 1, 200), (outcome.Status, outcome.Attempts, outcome.LatencyMs));
        Assert.True(fleet.Late.IsEmpty);

        gate.SetResult();
        var (listing, quote) = await fleet.Late.FirstAsync();
        Assert.Equal((Symbol.Parse("AAPL"), 214.29m), (listing.Symbol, quote.Price));
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
        await using var server = await HttpStandIn.StartAsync(async context =>
        {
            await gate.Task;
            await HttpStandIn.WriteAsync(context, 200, Quote);
        });
        await using var fleet = Fleet(server, time);
        fleet.Late.Failure = new InvalidOperationException("The store is away.");

        var fetch = fleet.FetchAsync(ProviderId.Finnhub, time.GetUtcNow().AddMilliseconds(200));
        await time.WhenArmedAsync();
        time.Advance(TimeSpan.FromMilliseconds(200));
        await fetch.WithinAsync();
        gate.SetResult();

        await fleet.Log.FirstAsync();
        Assert.Contains("A late quote of finnhub for AAPL could not be kept", Assert.Single(fleet.Log.Lines));
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

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task An_answer_beyond_the_size_limit_is_malformed_and_not_read_to_its_end(bool hasLength, bool isCompressed)
    {
        var blanks = Encoding.UTF8.GetBytes(Quote + new string(' ', 1024 * 1024));
        await using var server = await HttpStandIn.StartAsync(context => WriteBytesAsync(context, blanks, hasLength, isCompressed));
        await using var fleet = Fleet(server);

        var outcome = await fleet.FetchAsync(ProviderId.Finnhub);

        Assert.Equal((FetchStatus.MalformedResponse, "The answer is larger than the limit."), (outcome.Status, outcome.Detail));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task An_answer_within_the_size_limit_is_read_however_it_comes(bool hasLength, bool isCompressed)
    {
        var blanks = Encoding.UTF8.GetBytes(Quote + new string(' ', 200 * 1024));
        await using var server = await HttpStandIn.StartAsync(context => WriteBytesAsync(context, blanks, hasLength, isCompressed));
        await using var fleet = Fleet(server);

        Assert.Equal(FetchStatus.Ok, (await fleet.FetchAsync(ProviderId.Finnhub)).Status);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var server = await HttpStandIn.StartAsync(context =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        await using var fleet = Fleet(server);

        Assert.Equal(FetchStatus.MalformedResponse, (await fleet.FetchAsync(ProviderId.Finnhub)).Status);
        Assert.DoesNotContain("/elsewhere", server.Requests);
    }

    [Fact]
    public async Task Calls_share_connections_but_no_cookies_and_no_trace()
    {
        var connections = new HashSet<string>();
        await using var server = await HttpStandIn.StartAsync(context =>
        {
            connections.Add(context.Connection.Id);
            context.Response.Cookies.Append("session", "1");
            return HttpStandIn.WriteAsync(context, 200, Quote);
        });
        await using var fleet = Fleet(server);
        using var activity = new System.Diagnostics.Activity("request").Start();

        for (var i = 0; i < 3; i++)
        {
            await fleet.FetchAsync(ProviderId.Finnhub);
        }

        Assert.Single(connections);
        Assert.All(server.Headers, headers => Assert.False(headers.ContainsKey("Cookie") || headers.ContainsKey("traceparent")));
    }

    [Fact]
    public async Task Disabled_and_uncovered_providers_are_not_asked()
    {
        await using var server = await HttpStandIn.StartAsync(200, Quote);
        await using var fleet = Fleet(server, time: null, ("Massive:BaseAddress", server.Address), ("Massive:Enabled", "false"));

        Assert.True(fleet.Fleet.IsEnabled(ProviderId.Finnhub));
        Assert.False(fleet.Fleet.IsEnabled(ProviderId.Massive));
        Assert.False(fleet.Fleet.IsEnabled(ProviderId.Eodhd)); // the real service, and no key
        Assert.Equal(FetchStatus.Disabled, (await fleet.FetchAsync(ProviderId.Massive)).Status);
        Assert.Equal(
            FetchStatus.NotCovered,
            (await fleet.Fleet.FetchAsync(ProviderId.Finnhub, null, DateTimeOffset.UtcNow.AddSeconds(60), CancellationToken.None)).Status
        );
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Symbols_that_the_reference_data_lack_are_US_tickers_or_follow_their_venue()
    {
        await using var fleet = new FleetUnderTest(time: null);

        var us = fleet.Fleet.SpellingFor(Symbol.Parse("T0001"), ProviderId.Eodhd)!;
        Assert.Equal(("T0001.US", "USD", null, CurrencyCode.Usd), (us.ProviderSymbol, us.Unit, us.Venue, us.Currency));

        var london = fleet.Fleet.SpellingFor(Symbol.Parse("VOD:XLON"), ProviderId.Eodhd)!;
        Assert.Equal(("VOD.LSE", null, Mic.Parse("XLON"), null), (london.ProviderSymbol, london.Unit, london.Venue, london.Currency));

        Assert.Null(fleet.Fleet.SpellingFor(Symbol.Parse("VOD:XLON"), ProviderId.Massive));
    }

    private static async Task HangAsync(HttpContext context, TaskCompletionSource aborted)
    {
        await using var registration = context.RequestAborted.Register(() => aborted.TrySetResult());
        await aborted.Task;
    }

    private static async Task WriteBytesAsync(HttpContext context, byte[] body, bool hasLength, bool isCompressed)
    {
        if (hasLength)
        {
            context.Response.ContentLength = body.Length;
        }

        if (isCompressed)
        {
            context.Response.Headers.ContentEncoding = "gzip";
        }

        await using var stream = isCompressed ? new GZipStream(context.Response.Body, CompressionLevel.Fastest) : context.Response.Body;
        await stream.WriteAsync(body, context.RequestAborted);
    }
}
