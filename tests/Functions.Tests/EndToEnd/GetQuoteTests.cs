using System.Net;
using System.Text.Json.Nodes;
using Quorum.MarketData;
using static Quorum.Functions.Tests.EndToEnd.ProblemAnswers;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class GetQuoteTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    /// <summary>Long enough for a busy machine.</summary>
    private const string Patient = "budget=10000&maxAge=0";

    private RunningApp App => fixture.App;

    private RunningSimulator Simulator => fixture.Simulator;

    [Fact]
    public async Task A_known_symbol_comes_out_complete_with_its_reference_data()
    {
        var answer = await App.GetAsync($"quotes/aapl?{Patient}");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("application/json; charset=utf-8", answer.Header("Content-Type"));
        Assert.Equal(ProviderId.All.Select(id => $"{id}: ok"), answer.Outcomes());
        Assert.Equal("AAPL", answer.Value("symbol"));
        Assert.Equal("Apple Inc.", answer.Value("name"));
        Assert.Equal("XNAS", answer.Value("venue"));
        Assert.Equal("US0378331005", answer.Value("isin"));
        Assert.Equal("USD", answer.Value("currency"));
        Assert.Equal("complete", answer.Value("completeness"));
        Assert.Equal("6", answer.Value("quality", "providersAsked"));
        var prices = answer.Json["providers"]!.AsArray().Select(provider => (decimal)provider!["quote"]!["price"]!).ToList();
        Assert.InRange((decimal)answer.Json["price"]!, prices.Min(), prices.Max());
    }

    [Fact]
    public async Task A_quote_below_the_confidence_asked_for_is_a_problem_that_carries_it()
    {
        var refused = await App.GetAsync($"quotes/AAPL?{Patient}&providers=finnhub&minConfidence=0.8");
        var accepted = await App.GetAsync($"quotes/AAPL?{Patient}&providers=finnhub&minConfidence=0.1");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.Status);
        AssertProblem(refused, "urn:quorum:problem:low-confidence");
        Assert.Equal("1", refused.Header("Retry-After"));
        Assert.Equal("AAPL", refused.Value("quote", "symbol"));
        Assert.NotNull(refused.Json["quote"]!["price"]);
        Assert.Equal(HttpStatusCode.OK, accepted.Status);
    }

    [Fact]
    public async Task Every_member_is_there_in_the_documented_order_and_null_is_written()
    {
        var body = (await App.GetAsync($"quotes/T0001?{Patient}")).Json.AsObject();

        Assert.Equal(
            [
                "symbol",
                "name",
                "venue",
                "isin",
                "currency",
                "price",
                "asOf",
                "session",
                "bid",
                "ask",
                "open",
                "high",
                "low",
                "previousClose",
                "volume",
                "change",
                "changePercent",
                "completeness",
                "quality",
                "provenance",
                "providers",
                "timing",
                "instanceId",
                "traceId",
            ],
            Names(body)
        );
        Assert.Null(body["name"]);
        Assert.Equal(
            ["confidence", "providersAsked", "providersUsed", "spreadBps", "outliers", "delayed", "repaired", "warnings"],
            Names(body["quality"])
        );
        Assert.Equal(["budgetMs", "elapsedMs", "overheadMs"], Names(body["timing"]));
        var provider = body["providers"]![0]!;
        Assert.Equal(["id", "outcome", "retryAfterSeconds", "latencyMs", "attempts", "fromStore", "detail", "quote"], Names(provider));
        Assert.Null(provider["retryAfterSeconds"]);
        Assert.Equal(
            [
                "price",
                "bid",
                "ask",
                "open",
                "high",
                "low",
                "previousClose",
                "change",
                "changePercent",
                "volume",
                "currency",
                "rawPrice",
                "rawUnit",
                "asOf",
                "asOfPrecision",
                "tradingDate",
                "receivedAt",
                "freshness",
                "stale",
                "suspect",
                "session",
            ],
            Names(provider["quote"])
        );
        Assert.Null(provider["quote"]!["bid"]);
    }

    [Fact]
    public async Task A_London_line_is_in_pounds_and_never_its_ADR()
    {
        var london = await App.GetAsync($"quotes/VOD:XLON?{Patient}");
        var adr = await App.GetAsync($"quotes/VOD?{Patient}");

        Assert.Equal("GBP", london.Value("currency"));
        Assert.Equal("XLON", london.Value("venue"));
        Assert.Equal("complete", london.Value("completeness"));
        Assert.Equal(
            ["finnhub: ok", "alpha-vantage: ok", "twelve-data: ok", "massive: not-covered", "alpaca: not-covered", "eodhd: ok"],
            london.Outcomes()
        );
        Assert.All(
            london.Json["providers"]!.AsArray().Select(provider => provider!["quote"]).Where(quote => quote is not null),
            quote =>
            {
                Assert.Equal("GBP", quote!["currency"]!.ToString());
                Assert.Equal((decimal)quote["rawPrice"]! / 100, (decimal)quote["price"]!);
            }
        );
        Assert.Equal("USD", adr.Value("currency"));
        Assert.NotEqual(london.Value("isin"), adr.Value("isin"));
    }

    [Fact]
    public async Task A_symbol_that_the_reference_data_lack_is_asked_for_as_a_US_ticker()
    {
        var answer = await App.GetAsync($"quotes/T0002?{Patient}");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("complete", answer.Value("completeness"));
        Assert.Null(answer.Value("name"));
        Assert.Null(answer.Value("venue"));
        Assert.Null(answer.Value("isin"));
    }

    [Fact]
    public async Task An_unknown_symbol_is_not_found()
    {
        var answer = await App.GetAsync($"quotes/NOSUCH?{Patient}");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        AssertProblem(answer, "urn:quorum:problem:unknown-symbol");
        Assert.All(answer.Outcomes(), outcome => Assert.EndsWith("unknown-symbol", outcome, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_headers_describe_the_answer()
    {
        var answer = await App.GetAsync("quotes/T0003?budget=10000&maxAge=60");

        Assert.Equal("0", answer.Header("Age"));
        Assert.Equal($"\"{answer.Value("instanceId")}\"", answer.Header("ETag"));
        Assert.Equal("max-age=60, private", answer.Header("Cache-Control"));
        Assert.Equal("complete", answer.Header("X-Quorum-Completeness"));
        var timings = answer.Header("Server-Timing")!.Split(", ");
        Assert.Equal(ProviderId.All.Select(id => id.ToString()), timings.Select(timing => timing.Split(';')[0]));
        Assert.All(timings, timing => Assert.Matches("^[a-z-]+;dur=[0-9.]+;desc=\"ok\"$", timing));
        Assert.Equal("10000", answer.Value("timing", "budgetMs"));
        Assert.Matches("^[0-9a-f]{32}$", answer.Value("traceId"));
    }

    [Fact]
    public async Task The_trace_of_the_caller_is_the_trace_of_the_answer()
    {
        var answer = await App.GetAsync(
            $"quotes/T0003?{Patient}",
            ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        );

        Assert.Equal("0af7651916cd43dd8448eb211c80319c", answer.Value("traceId"));
    }

    [Fact]
    public async Task A_quote_young_enough_is_served_without_asking()
    {
        var first = await App.GetAsync($"quotes/T0004?{Patient}");
        var second = await App.GetAsync("quotes/T0004?maxAge=3600");
        var third = await App.GetAsync($"quotes/T0004?{Patient}");

        Assert.Equal(first.Value("instanceId"), second.Value("instanceId"));
        Assert.Equal(first.Header("ETag"), second.Header("ETag"));
        Assert.NotNull(second.Header("Age"));
        Assert.Equal(first.Json["providers"]!.ToJsonString(), second.Json["providers"]!.ToJsonString());
        Assert.NotEqual(first.Value("traceId"), second.Value("traceId"));
        Assert.NotEqual(first.Value("instanceId"), third.Value("instanceId"));
        Assert.Equal(12, await Simulator.CountCallsAsync("T0004"));
    }

    [Fact]
    public async Task A_quote_that_another_process_published_is_served_without_asking()
    {
        // Of PostgreSQL, on a busy machine.
        await using var reader = await RunningApp.StartAsync(fixture.Database, Simulator.Address, "Quorum:Quotes:StoredAnswerMs=1000");
        var there = await App.GetAsync($"quotes/T0005?{Patient}");
        await fixture.Database.WaitUntilAsync("select exists (select from quorum.quotes where symbol = 'T0005')");
        var here = await reader.GetAsync("quotes/T0005?maxAge=3600&budget=10000");

        Assert.Equal(there.Value("instanceId"), here.Value("instanceId"));
        Assert.Equal(6, await Simulator.CountCallsAsync("T0005"));
    }

    [Fact]
    public async Task A_caller_with_the_current_entity_tag_gets_a_304()
    {
        var first = await App.GetAsync($"quotes/T0006?{Patient}");
        var second = await App.GetAsync("quotes/T0006?maxAge=3600", ("If-None-Match", $"\"other\", W/{first.Header("ETag")}"));

        Assert.Equal(HttpStatusCode.NotModified, second.Status);
        Assert.Equal("", second.Text);
        Assert.Equal(first.Header("ETag"), second.Header("ETag"));
    }

    [Fact]
    public async Task Identical_requests_in_flight_share_one_orchestration()
    {
        await Simulator.FailAsync(
            new
            {
                kind = "slow-headers",
                ms = 500,
                symbol = "T0007",
            }
        );

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => App.GetAsync($"quotes/T0007?{Patient}")));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Single(answers.Select(answer => answer.Value("instanceId")).Distinct());
        Assert.Equal(6, await Simulator.CountCallsAsync("T0007"));
        await Simulator.MendAsync();
    }

    [Fact]
    public async Task Only_the_providers_named_are_asked_and_shown()
    {
        var answer = await App.GetAsync($"quotes/T0008?{Patient}&providers=eodhd,finnhub");
        var all = await App.GetAsync("quotes/T0008?budget=10000&maxAge=3600");

        Assert.Equal(["finnhub: ok", "eodhd: ok"], answer.Outcomes());
        Assert.Equal("complete", answer.Value("completeness"));
        Assert.Equal("complete", all.Value("completeness"));
        Assert.Equal(6, all.Outcomes().Length);
    }

    [Fact]
    public async Task The_process_is_live_and_ready()
    {
        Assert.Equal("""{"status":"live"}""", (await App.GetAsync("health/live")).Text);
        Assert.Equal("""{"status":"ready"}""", (await App.GetAsync("health/ready")).Text);
    }

    private static IEnumerable<string> Names(JsonNode? node) => node!.AsObject().Select(member => member.Key);
}
