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
        } while (cursor is not null);

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

    [Fact]
    public async Task A_past_quote_comes_with_its_inputs_and_the_merge_done_again_gives_the_same_bytes()
    {
        var asked = await AskAsync("VOD:XLON");
        var listed = (await fixture.App.GetAsync("quotes/VOD:XLON/history?limit=1")).Json["items"]![0]!;
        Assert.Equal(asked.Value("instanceId"), listed["instanceId"]!.ToString());

        var record = await fixture.App.GetAsync(listed["href"]!.ToString());

        Assert.Equal(HttpStatusCode.OK, record.Status);
        Assert.Equal("true", record.Value("reproduced"));
        Assert.Equal("complete", record.Value("stage"));
        Assert.Equal(("VOD:XLON", listed["id"]!.ToString()), (record.Value("symbol"), record.Value("id")));
        Assert.Equal(asked.Value("price"), record.Value("quote", "price"));
        Assert.Equal("GB00BH4HKS39", record.Value("merge", "instrument", "isin"));
        Assert.Equal(asked.Json["providers"]!.ToJsonString(), record.Json["inputs"]!.ToJsonString());
    }

    [Fact]
    public async Task Quotes_of_batches_and_of_some_providers_can_be_looked_up_too()
    {
        var asked = await AskAsync("T1005", "&providers=eodhd");
        using var post = new HttpRequestMessage(HttpMethod.Post, "/api/batches")
        {
            Content = new StringContent("""{"batchId":"looked-up","symbols":["T1006"]}""", System.Text.Encoding.UTF8, "application/json"),
        };
        Assert.Equal(HttpStatusCode.Accepted, (await fixture.App.SendAsync(post, CancellationToken.None)).Status);
        await fixture.Database.WaitUntilAsync("select exists (select from quorum.batches where id = 'looked-up' and state = 'completed')");

        Assert.Equal("true", (await fixture.App.GetAsync($"quotes/T1005/history/{asked.Value("instanceId")}")).Value("reproduced"));
        Assert.Equal("true", (await fixture.App.GetAsync("quotes/T1006/history/looked-up.1")).Value("reproduced"));
    }

    [Fact]
    public async Task A_quote_that_was_tampered_with_is_not_reproduced()
    {
        var instanceId = (await AskAsync("T1007")).Value("instanceId");
        await fixture.Database.ExecuteAsync(
            $"""update quorum.quotes set document = regexp_replace(document, '"confidence":[0-9.]+', '"confidence":0.123') where id = '{instanceId}'"""
        );

        var record = await fixture.App.GetAsync($"quotes/T1007/history/{instanceId}");

        Assert.Equal(("false", "0.123"), (record.Value("reproduced"), record.Value("quote", "quality", "confidence")));
    }

    [Fact]
    public async Task A_quote_that_was_stored_without_its_inputs_says_so()
    {
        await PublishAsync("T1008", 1);

        var record = await fixture.App.GetAsync("quotes/T1008/history/T1008-0");

        Assert.Equal("false", record.Value("reproduced"));
        Assert.Null(record.Json["merge"]);
    }

    [Theory]
    [InlineData("quotes/T1009/history/nosuch")]
    [InlineData("quotes/T1010/history/T1009-0")]
    [InlineData("quotes/T1009/history/a%01b")]
    public async Task An_id_that_is_none_of_the_symbol_is_a_404(string path)
    {
        await PublishAsync("T1009", 1);

        var answer = await fixture.App.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("urn:quorum:problem:unknown-quote", answer.Value("type"));
    }

    [Theory]
    [InlineData("quotes/A$/history", "symbol")]
    [InlineData("quotes/A$/history/x", "symbol")]
    [InlineData("quotes/AAPL/history/x?limit=1", "limit")]
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
    public async Task A_bad_request_names_the_parameter(string path, string parameter)
    {
        var answer = await fixture.App.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("urn:quorum:problem:invalid-request", answer.Value("type"));
        Assert.Equal(parameter, answer.Json["errors"]![0]!["parameter"]!.ToString());
    }

    /// <summary>Asks the providers, and waits until the quote is stored: the answer leaves together with the commit.</summary>
    private async Task<Answer> AskAsync(string symbol, string more = "")
    {
        var answer = await fixture.App.GetAsync($"quotes/{symbol}?maxAge=0&budget=10000{more}");
        await fixture.Database.WaitUntilAsync($"select exists (select from quorum.quotes where id = '{answer.Value("instanceId")}')");
        return answer;
    }

    /// <summary>One a minute from noon in New York on; 100 at first, one more each.</summary>
    private async Task PublishAsync(string symbol, int count)
    {
        var store = fixture.App.Services.GetRequiredService<QuoteStore>();
        for (var i = 0; i < count; i++)
        {
            var quote = Samples.Consolidated(symbol, 100 + i, Samples.Result(ProviderId.Finnhub, FetchStatus.Ok, 100 + i));
            await store.PublishAsync(
                Samples.Published(quote, $"{symbol}-{i}", Samples.Noon.AddMinutes(i)),
                announce: false,
                CancellationToken.None
            );
        }
    }
}
