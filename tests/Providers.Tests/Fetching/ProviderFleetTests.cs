using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Time;
using static Quorum.Providers.Tests.FinnhubFleet;

namespace Quorum.Providers.Tests;

public class ProviderFleetTests
{
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
    public async Task Connecting_ahead_ends_quietly_at_the_timeout_of_an_attempt()
    {
        var time = new ManualTimeProvider();
        var aborted = new TaskCompletionSource();
        await using var server = await HttpStandIn.StartAsync(context => HangAsync(context, aborted));
        await using var fleet = Fleet(server, time, ("Finnhub:AttemptTimeout", "00:00:03"));

        var connecting = fleet.Fleet.ConnectAsync(ProviderId.Finnhub, CancellationToken.None);
        await server.ArrivalAsync();
        Assert.False(connecting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(3));

        await connecting.WithinAsync();
        await aborted.Task.WithinAsync();
    }

    [Fact]
    public async Task A_caller_who_gives_up_ends_connecting_ahead()
    {
        var aborted = new TaskCompletionSource();
        await using var server = await HttpStandIn.StartAsync(context => HangAsync(context, aborted));
        await using var fleet = Fleet(server, new ManualTimeProvider());
        using var giveUp = new CancellationTokenSource();

        var connecting = fleet.Fleet.ConnectAsync(ProviderId.Finnhub, giveUp.Token);
        await server.ArrivalAsync();
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WithinAsync());
        await aborted.Task.WithinAsync();
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
