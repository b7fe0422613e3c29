using System.Net;
using System.Text.Json.Nodes;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class GetQuotesTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    private const string Patient = "budget=10000&maxAge=0";

    private RunningApp App => fixture.App;

    [Fact]
    public async Task Each_symbol_is_a_quote_or_a_problem_in_the_order_asked_and_once()
    {
        var answer = await App.GetAsync($"quotes?symbols=T0701,vod:xlon,NOSUCH,%20aapl,A%2F,AAPL,A%2F&{Patient}");

        Assert.Equal((HttpStatusCode.OK, "no-store"), (answer.Status, answer.Header("Cache-Control")));
        var items = Items(answer);
        Assert.Equal(["T0701", "VOD:XLON", "NOSUCH", "AAPL", "A/"], items.Select(item => item["symbol"]!.ToString()));
        Assert.Equal(
            [null, null, "urn:quorum:problem:unknown-symbol", null, "urn:quorum:problem:invalid-request"],
            items.Select(item => item["type"]?.ToString())
        );
        Assert.Equal("404", items[2]["status"]!.ToString());
        Assert.Equal(("400", "A/"), (items[4]["status"]!.ToString(), items[4]["errors"]![0]!["value"]!.ToString()));
        Assert.All(
            [items[0], items[1], items[3]],
            item =>
                Assert.Equal(
                    ("complete", 32, "10000"),
                    (item["completeness"]!.ToString(), item["instanceId"]!.ToString().Length, item["timing"]!["budgetMs"]!.ToString())
                )
        );
        Assert.Equal("GBP", items[1]["currency"]!.ToString());
        Assert.Single(items.Select(item => item["traceId"]!.ToString()).Distinct());
    }

    [Fact]
    public async Task Providers_that_take_many_symbols_get_them_together_and_each_symbol_once()
    {
        var symbols = Enumerable.Range(710, 20).Select(number => $"T0{number}").ToArray();
        var before = await RequestsAsync();

        var items = Items(await App.GetAsync($"quotes?symbols={string.Join(',', symbols)}&{Patient}"));

        Assert.Equal(symbols, items.Select(item => item["symbol"]!.ToString()));
        Assert.All(items, item => Assert.Equal("complete", item["completeness"]?.ToString()));
        var requests = (await RequestsAsync()).Zip(before, (now, then) => now - then).ToArray();
        Assert.Equal([20, 20], requests[..2]); // Finnhub and Alpha Vantage have no form for many
        Assert.All(requests[2..], count => Assert.InRange(count, 1, 19));
    }

    [Fact]
    public async Task A_list_shares_cache_and_orchestration_with_requests_for_one_symbol()
    {
        var alone = await App.GetAsync($"quotes/T0702?{Patient}");

        var items = Items(await App.GetAsync("quotes?symbols=T0702,T0703&maxAge=3600&budget=10000"));
        var next = await App.GetAsync("quotes/T0703?maxAge=3600");

        Assert.Equal(alone.Value("instanceId"), items[0]["instanceId"]!.ToString());
        Assert.Equal(items[1]["instanceId"]!.ToString(), next.Value("instanceId"));
        Assert.Equal(6, await fixture.Simulator.CountCallsAsync("T0702"));
    }

    [Fact]
    public async Task What_holds_for_one_quote_holds_for_each_of_the_list()
    {
        var items = Items(await App.GetAsync($"quotes?symbols=T0704,T0705&{Patient}&providers=finnhub,eodhd&minConfidence=0.9"));

        Assert.All(
            items,
            item =>
            {
                Assert.Equal("urn:quorum:problem:low-confidence", item["type"]!.ToString());
                Assert.Equal(["finnhub", "eodhd"], item["quote"]!["providers"]!.AsArray().Select(provider => provider!["id"]!.ToString()));
            }
        );
        Assert.Equal(["T0704", "T0705"], items.Select(item => item["symbol"]!.ToString()));
    }

    [Theory]
    [InlineData("quotes", "symbols")]
    [InlineData("quotes?symbols=", "symbols")]
    [InlineData("quotes?symbols=AAPL,,MSFT", "symbols")]
    [InlineData("quotes?symbols=AAPL&symbols=MSFT", "symbols")]
    [InlineData("quotes?symbols=AAPL&budget=1", "budget")]
    [InlineData("quotes?symbols=AAPL&agree=9", "agree")]
    [InlineData("quotes?symbols=AAPL&instance=00000000000000000000000000000000", "instance")]
    public async Task A_fault_of_the_list_itself_is_a_400(string path, string parameter)
    {
        var answer = await App.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(parameter, answer.Json["errors"]!.AsArray().Select(error => error!["parameter"]!.ToString()));
    }

    [Theory]
    [InlineData("quotes?symbols=AAPL&symbols=MSFT", "symbols must be given once; got 'AAPL, MSFT'.")]
    [InlineData("quotes?symbols=AAPL&symbols=", "symbols must be given once; got 'AAPL, '.")]
    [InlineData("quotes?symbols=AAPL&providers=alpaca&providers=yahoo", "providers must be given once; got 'alpaca, yahoo'.")]
    [InlineData("quotes/AAPL?instance=x&instance=y", "instance must be given once; got 'x, y'.")]
    [InlineData("quotes/AAPL?budget=1&budget=1", "budget must be given once; got '1, 1'.")]
    public async Task A_parameter_given_twice_is_said_once_and_its_values_are_not_judged(string path, string detail)
    {
        var answer = await App.GetAsync(path);

        Assert.Equal((HttpStatusCode.BadRequest, detail), (answer.Status, answer.Value("detail")));
        Assert.Single(answer.Json["errors"]!.AsArray());
    }

    [Theory]
    [InlineData("quotes/AAPL%0A", "symbol")]
    [InlineData("quotes/AAPL%0D", "symbol")]
    [InlineData("quotes/%0AAAPL", "symbol")]
    [InlineData("quotes/EURUSD%0A", "symbol")]
    [InlineData("quotes/EUR%2FUSD%0A", "symbol")]
    [InlineData("quotes/EUREUR", "symbol")]
    [InlineData("quotes/AAPL%0A/history", "symbol")]
    [InlineData("instruments/BRK.B%0A", "symbol")]
    [InlineData("watchlist/AAPL%0A", "symbol")]
    [InlineData("quotes/AAPL?currency=EUR%0A", "currency")]
    [InlineData("quotes/AAPL?currency=%20EUR", "currency")]
    [InlineData("quotes/AAPL?budget=200%0A", "budget")]
    [InlineData("quotes/AAPL?budget=200%00", "budget")]
    [InlineData("quotes/AAPL?agree=3%00", "agree")]
    [InlineData("quotes/AAPL?minConfidence=0.5%00", "minConfidence")]
    [InlineData("quotes/AAPL?instance=00000000000000000000000000000000%0A", "instance")]
    public async Task A_value_with_a_control_character_at_an_end_is_a_400(string path, string parameter)
    {
        var answer = await App.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(parameter, Assert.Single(answer.Json["errors"]!.AsArray())!["parameter"]!.ToString());
    }

    [Fact]
    public async Task Fifty_symbols_are_the_most()
    {
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await App.GetAsync("quotes?symbols=" + string.Join(',', Enumerable.Repeat("AAPL", 51)))).Status
        );
        Assert.Single(Items(await App.GetAsync($"quotes?{Patient}&symbols=" + string.Join(',', Enumerable.Repeat("T0706", 50)))));
    }

    private static JsonNode[] Items(Answer answer) => [.. answer.Json["items"]!.AsArray().Select(item => item!)]; // No item is null.

    /// <summary>The requests that each provider has got, in the order of the API.</summary>
    private async Task<int[]> RequestsAsync()
    {
        var counts = new List<int>();
        foreach (var provider in (string[])["finnhub", "alpha-vantage", "twelve-data", "massive", "alpaca", "eodhd"])
        {
            counts.Add(await fixture.Simulator.AskedAsync(provider));
        }

        return [.. counts];
    }
}
