using System.Net;
using System.Text;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class WatchlistTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>, IAsyncLifetime
{
    public async Task InitializeAsync() => await fixture.Database.ExecuteAsync("delete from quorum.watchlist");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_symbol_is_put_changed_read_and_taken_off()
    {
        var put = await SendAsync(HttpMethod.Put, "vod:xlon");
        Assert.Equal(HttpStatusCode.Created, put.Status);
        Assert.EndsWith("/api/watchlist/VOD%3AXLON", put.Header("Location"), StringComparison.Ordinal);
        Assert.True(new Uri(put.Header("Location")!).IsAbsoluteUri);
        Assert.Equal(
            ("VOD:XLON", "Vodafone Group Plc", "XLON", "5"),
            (put.Value("symbol"), put.Value("name"), put.Value("venue"), put.Value("maxAge"))
        );

        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Put, "VOD:XLON")).Status);
        var changed = await SendAsync(HttpMethod.Put, "VOD:XLON", """{"maxAge":60}""");
        Assert.Equal((HttpStatusCode.OK, "60", put.Value("addedAt")), (changed.Status, changed.Value("maxAge"), changed.Value("addedAt")));

        var read = await SendAsync(HttpMethod.Get, "VOD%3AXLON");
        Assert.Equal(changed.Text, read.Text);
        Assert.Equal(
            [changed.Text],
            (await fixture.App.GetAsync("watchlist")).Json["items"]!.AsArray().Select(item => item!.ToJsonString())
        );

        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, "vod:xlon")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, "vod:xlon")).Status);
        var gone = await SendAsync(HttpMethod.Get, "VOD:XLON");
        Assert.Equal((HttpStatusCode.NotFound, "urn:quorum:problem:not-watched"), (gone.Status, gone.Value("type")));
    }

    [Fact]
    public async Task A_symbol_that_the_reference_data_lack_may_be_watched()
    {
        var put = await SendAsync(HttpMethod.Put, "t0001");

        Assert.Equal(("T0001", null), (put.Value("symbol"), put.Value("name")));
    }

    [Theory]
    [InlineData("EURUSD", "EUR/USD")]
    [InlineData("EUR%2FUSD", "EUR/USD")]
    [InlineData("usdjpy=x", "USD/JPY")]
    public async Task A_watched_pair_has_the_name_that_its_instrument_has(string pair, string name)
    {
        var put = await SendAsync(HttpMethod.Put, pair);

        Assert.Equal((HttpStatusCode.Created, name), (put.Status, put.Value("name")));
        Assert.Equal(name, (await fixture.App.GetAsync("instruments/" + pair)).Value("name"));
        Assert.Equal(name, (await SendAsync(HttpMethod.Get, pair)).Value("name"));
    }

    [Fact]
    public async Task The_list_comes_in_pages()
    {
        foreach (var symbol in (string[])["T0003", "T0001", "T0002"])
        {
            await SendAsync(HttpMethod.Put, symbol);
        }

        var first = await fixture.App.GetAsync("watchlist?limit=2");
        var second = await fixture.App.GetAsync($"watchlist?limit=2&cursor={first.Value("next")}");

        Assert.Equal(["T0001", "T0002"], first.Json["items"]!.AsArray().Select(item => item!["symbol"]!.ToString()));
        Assert.Equal(["T0003"], second.Json["items"]!.AsArray().Select(item => item!["symbol"]!.ToString()));
        Assert.Null(second.Json["next"]);
    }

    [Theory]
    [InlineData("T0001", "{", "body")]
    [InlineData("T0001", "[]", "body")]
    [InlineData("T0001", "null", "body")]
    [InlineData("T0001", "{\"maxAge\":5,\"maxAge\":6}", "maxAge")]
    [InlineData("T0001", "{\"maxAge\":0}", "maxAge")]
    [InlineData("T0001", "{\"maxAge\":86401}", "maxAge")]
    [InlineData("T0001", "{\"maxAge\":1.5}", "maxAge")]
    [InlineData("T0001", "{\"maxAge\":\"5\"}", "maxAge")]
    [InlineData("T0001", "{\"maxAge\":null}", "maxAge")]
    [InlineData("T0001", "{\"MaxAge\":5}", "MaxAge")]
    [InlineData("T0001?maxAge=5", null, "maxAge")]
    [InlineData("T$", null, "symbol")]
    public async Task A_bad_request_names_the_parameter(string symbol, string? body, string parameter)
    {
        var answer = await SendAsync(HttpMethod.Put, symbol, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(parameter, answer.Json["errors"]![0]!["parameter"]!.ToString());
    }

    [Fact]
    public async Task A_long_body_and_another_method_are_refused_with_a_problem()
    {
        var tooLong = await SendAsync(HttpMethod.Put, "T0001", new string(' ', 1025));
        var wrongMethod = await SendAsync(HttpMethod.Post, "T0001", "{}");

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "urn:quorum:problem:body-too-large"), (tooLong.Status, tooLong.Value("type")));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, wrongMethod.Status);
        Assert.Equal("DELETE, GET, HEAD, PUT", wrongMethod.Header("Allow"));
    }

    [Fact]
    public async Task A_full_list_says_so()
    {
        await using var app = await RunningApp.StartAsync(
            fixture.Database,
            fixture.Simulator.Address,
            "Quorum:Prefetch:LargestWatchlist=1"
        );
        await SendAsync(HttpMethod.Put, "T0001");

        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/watchlist/T0002");
        var answer = await app.SendAsync(request, CancellationToken.None);

        Assert.Equal((HttpStatusCode.Conflict, "urn:quorum:problem:watchlist-full"), (answer.Status, answer.Value("type")));
    }

    private async Task<Answer> SendAsync(HttpMethod method, string symbol, string? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/watchlist/{symbol}")
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        return await fixture.App.SendAsync(request, CancellationToken.None);
    }
}
