using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Quorum.Functions.Tests.Quotes;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class HistoryTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task History_comes_newest_first_as_it_was_published()
    {
        await PublishAsync("T1001", 3);

        var answer = await fixture.App.GetAsync("quotes/t1001:xnas/history");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var items = answer.Json["items"]!.AsArray();
        Assert.Equal(["102", "101", "100"], items.Select(item => item!["price"]!.ToString()));
        Assert.Equal("T1001-2", items[0]!["instanceId"]!.ToString());
        Assert.Equal("2026-11-20T17:02:00Z", items[0]!["publishedAt"]!.ToString());
        Assert.Equal("finnhub", items[0]!["providers"]![0]!["id"]!.ToString());
        Assert.Null(answer.Json["next"]);
    }

    [Fact]
    public async Task Pages_follow_each_other_by_their_cursor_and_miss_none()
    {
        await PublishAsync("T1002", 7);

        var prices = new List<string>();
        var cursor = "";
        do
        {
            var page = await fixture.App.GetAsync($"quotes/T1002/history?limit=3{cursor}");
            prices.AddRange(page.Json["items"]!.AsArray().Select(item => item!["price"]!.ToString()));
            cursor = page.Json["next"] is { } next ? $"&cursor={next}" : null;
        }
        while (cursor is not null);

        Assert.Equal(["106", "105", "104", "103", "102", "101", "100"], prices);
    }

    [Theory]
    [InlineData("from=2026-11-20T17:02:00Z", "103,102")]
    [InlineData("to=2026-11-20T17:02:00Z", "101,100")]
    [InlineData("from=2026-11-20T18:01:00%2B01:00&to=2026-11-20T17:03:00Z", "102,101")]
    [InlineData("from=2026-11-20T18:01:00+01:00&to=2026-11-20T17:03:00Z", "102,101")]
    [InlineData("from=2026-11-21", "")]
    [InlineData("to=2026-11-21&limit=1", "103")]
    public async Task From_is_inclusive_and_to_is_not(string query, string prices)
    {
        await PublishAsync("T1003", 4);

        var answer = await fixture.App.GetAsync($"quotes/T1003/history?{query}");

        Assert.Equal(prices, string.Join(',', answer.Json["items"]!.AsArray().Select(item => item!["price"]!.ToString())));
    }

    [Fact]
    public async Task Who_holds_the_page_already_gets_a_304()
    {
        await PublishAsync("T1004", 1);
        var first = await fixture.App.GetAsync("quotes/T1004/history");

        var second = await fixture.App.GetAsync("quotes/T1004/history", ("If-None-Match", first.Header("ETag")!));

        Assert.Equal(HttpStatusCode.NotModified, second.Status);
        Assert.Empty(second.Text);
    }

    [Fact]
    public async Task A_symbol_that_was_never_published_has_an_empty_history() =>
        Assert.Equal("""{"items":[],"next":null}""", (await fixture.App.GetAsync("quotes/NEVER/history")).Text);

    [Theory]
    [InlineData("quotes/A$/history", "symbol")]
    [InlineData("quotes/AAPL/history?from=yesterday", "from")]
    [InlineData("quotes/AAPL/history?from=2026-11-20T17:00:00", "from")]
    [InlineData("quotes/AAPL/history?to=2026-13-01", "to")]
    [InlineData("quotes/AAPL/history?to=", "to")]
    [InlineData("quotes/AAPL/history?from=2026-11-21&to=2026-11-20", "from")]
    [InlineData("quotes/AAPL/history?from=2026-11-21&to=2026-11-21", "from")]
    [InlineData("quotes/AAPL/history?limit=0", "limit")]
    [InlineData("quotes/AAPL/history?limit=501", "limit")]
    [InlineData("quotes/AAPL/history?cursor=", "cursor")]
    [InlineData("quotes/AAPL/history?cursor=QUFQTA", "cursor")]
    [InlineData("quotes/AAPL/history?cursor=%00", "cursor")]
    [InlineData("quotes/AAPL/history?page=2", "page")]
    public async Task A_bad_request_is_told_the_parameter(string path, string parameter)
    {
        var answer = await fixture.App.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("urn:quorum:problem:invalid-request", answer.Value("type"));
        Assert.Equal(parameter, answer.Json["errors"]![0]!["parameter"]!.ToString());
    }

    /// <summary>One a minute from noon in New York on; 100 at first, one more each.</summary>
    private async Task PublishAsync(string symbol, int count)
    {
        var store = fixture.App.Services.GetRequiredService<QuoteStore>();
        for (var i = 0; i < count; i++)
        {
            var quote = Samples.Consolidated(symbol, 100 + i, Samples.Result(ProviderId.Finnhub, FetchStatus.Ok, 100 + i));
            await store.PublishAsync(
                Samples.Published(quote, $"{symbol}-{i}", Samples.Noon.AddMinutes(i)), announce: false, CancellationToken.None);
        }
    }
}
