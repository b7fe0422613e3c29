using System.Net;
using System.Text.Json.Nodes;
using Npgsql;
using Quorum.MarketData;

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
    public async Task While_one_provider_answers_the_others_faults_are_named_in_a_partial_quote()
    {
        await Simulator.FailAsync(
            new
            {
                provider = "finnhub",
                kind = "status",
                status = 500,
                symbol = "T0009",
            }
        );
        await Simulator.FailAsync(
            new
            {
                provider = "twelve-data",
                kind = "html",
                symbol = "T0009",
            }
        );
        await Simulator.FailAsync(
            new
            {
                provider = "massive",
                kind = "status",
                status = 429,
                retryAfter = "7",
                symbol = "T0009",
            }
        );
        await Simulator.FailAsync(
            new
            {
                provider = "alpaca",
                kind = "refused",
                symbol = "T0009",
            }
        );
        await Simulator.FailAsync(
            new
            {
                provider = "alpha-vantage",
                kind = "hang",
                symbol = "T0009",
            }
        );

        var answer = await App.GetAsync("quotes/T0009?budget=5000&maxAge=0");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(
            [
                "finnhub: server-error",
                "alpha-vantage: timed-out",
                "twelve-data: malformed-response",
                "massive: rate-limited",
                "alpaca: unreachable",
                "eodhd: ok",
            ],
            answer.Outcomes()
        );
        Assert.Equal("partial", answer.Value("completeness"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal("7", answer.Provider("massive")["retryAfterSeconds"]!.ToString());
        Assert.Equal(answer.Provider("eodhd")["quote"]!["price"]!.ToString(), answer.Value("price"));
        await Simulator.MendAsync();
    }

    [Fact]
    public async Task Stored_quotes_stand_in_when_every_provider_fails()
    {
        var before = await App.GetAsync($"quotes/T0010?{Patient}");
        await fixture.Database.WaitUntilAsync("select count(*) = 6 from quorum.provider_quotes where symbol = 'T0010'");
        await Simulator.FailAsync(
            new
            {
                kind = "status",
                status = 503,
                symbol = "T0010",
            }
        );
        await Simulator.FailAsync(
            new
            {
                kind = "status",
                status = 503,
                symbol = "T0010.US",
            }
        );

        var answer = await App.GetAsync("quotes/T0010?budget=1000&maxAge=0");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("stale", answer.Value("completeness"));
        Assert.Equal("stale", answer.Header("X-Quorum-Completeness"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.All(
            answer.Json["providers"]!.AsArray(),
            provider =>
            {
                Assert.Equal("server-error", provider!["outcome"]!.ToString());
                Assert.True((bool)provider["fromStore"]!);
                Assert.True((bool)provider["quote"]!["stale"]!);
            }
        );
        Assert.Equal(before.Provider("finnhub")["quote"]!["price"]!.ToString(), answer.Provider("finnhub")["quote"]!["price"]!.ToString());
        await Simulator.MendAsync();
    }

    [Fact]
    public async Task With_nothing_at_all_the_service_is_unavailable_for_as_long_as_the_first_provider_says()
    {
        await Simulator.FailAsync(
            new
            {
                kind = "status",
                status = 429,
                retryAfter = "11",
                symbol = "T0011",
            }
        );
        await Simulator.FailAsync(
            new
            {
                kind = "status",
                status = 429,
                retryAfter = "11",
                symbol = "T0011.US",
            }
        );
        await Simulator.FailAsync(
            new
            {
                provider = "massive",
                kind = "status",
                status = 429,
                retryAfter = "4",
                symbol = "T0011",
            }
        );

        var answer = await App.GetAsync("quotes/T0011?budget=1000&maxAge=0");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        AssertProblem(answer, "urn:quorum:problem:no-quote");
        Assert.Equal("4", answer.Header("Retry-After"));
        Assert.Equal(6, answer.Outcomes().Length);
        await Simulator.MendAsync();
    }

    [Fact]
    public async Task When_the_budget_ends_first_stored_quotes_answer_and_the_orchestration_finishes_all_the_same()
    {
        await WhenEndedAsync((await App.GetAsync($"quotes/T0012?{Patient}")).Value("instanceId")!);
        await fixture.Database.WaitUntilAsync("select count(*) = 6 from quorum.provider_quotes where symbol = 'T0012'");

        await SilenceAsync("T0012");
        var answer = await AskWhileLockedAsync("T0012", "taskhub.history");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("stale", answer.Value("completeness"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.All(answer.Outcomes(), outcome => Assert.EndsWith("timed-out", outcome, StringComparison.Ordinal));
        await WhenEndedAsync(answer.Value("instanceId")!);
    }

    [Theory]
    [InlineData("T0022", "taskhub.history")]
    [InlineData("T0023", "taskhub.history, quorum.provider_quotes")]
    public async Task When_the_budget_ends_first_the_answer_has_what_providers_have_answered_already(string symbol, string locked)
    {
        await WhenEndedAsync((await App.GetAsync($"quotes/{symbol}?{Patient}")).Value("instanceId")!);
        await fixture.Database.WaitUntilAsync($"select count(*) = 6 from quorum.provider_quotes where symbol = '{symbol}'");
        await Simulator.FailAsync(
            new
            {
                provider = "finnhub",
                kind = "hang",
                symbol,
            }
        );
        await Simulator.FailAsync(
            new
            {
                provider = "massive",
                kind = "status",
                status = 429,
                retryAfter = "7",
                symbol,
            }
        );

        var answer = await AskWhileLockedAsync(symbol, locked);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(
            ["finnhub: timed-out", "alpha-vantage: ok", "twelve-data: ok", "massive: rate-limited", "alpaca: ok", "eodhd: ok"],
            answer.Outcomes()
        );
        Assert.Equal("partial", answer.Value("completeness"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal("7", answer.Provider("massive")["retryAfterSeconds"]!.ToString());
        Assert.All(
            answer.Json["providers"]!.AsArray(),
            provider =>
                Assert.Equal(provider!["outcome"]!.ToString() != "ok", (bool)provider["fromStore"]! && (bool)provider["quote"]!["stale"]!)
        );
        await WhenEndedAsync(answer.Value("instanceId")!);
    }

    [Fact]
    public async Task When_the_budget_ends_first_and_nothing_is_stored_the_answer_says_where_to_look()
    {
        await SilenceAsync("T0013");
        var answer = await AskWhileLockedAsync("T0013", "taskhub.history, quorum.provider_quotes");

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal("1", answer.Header("Retry-After"));
        Assert.Equal("T0013", answer.Value("symbol"));
        Assert.Equal(answer.Header("Location"), answer.Value("location"));
        var instance = answer.Value("instanceId")!;
        var address = new Uri(answer.Header("Location")!).PathAndQuery;
        Assert.Equal($"/api/quotes/T0013?instance={instance}", address);
        Assert.DoesNotContain("code=", answer.Json.ToJsonString(), StringComparison.Ordinal);

        await WhenEndedAsync(instance);
        var ended = await App.GetAsync(address);
        Assert.Equal(instance, ended.Value("instanceId"));
        Assert.Equal(ProviderId.All.Count, ended.Json["providers"]!.AsArray().Count);
    }

    [Fact]
    public async Task One_of_several_symbols_whose_budget_ends_with_nothing_stored_is_a_problem_that_names_the_instance()
    {
        await SilenceAsync("T0025");
        await WhenEndedAsync((await App.GetAsync($"quotes/T0026?{Patient}")).Value("instanceId")!);

        var answer = await AskWhileLockedAsync(
            "T0025",
            "taskhub.history, quorum.provider_quotes",
            "quotes?symbols=T0025,T0026&budget=3000&maxAge=3600"
        );

        var (pending, quote) = (answer.Json["items"]![0]!, answer.Json["items"]![1]!);
        Assert.Equal((HttpStatusCode.OK, "no-store"), (answer.Status, answer.Header("Cache-Control")));
        Assert.Equal(("T0025", "urn:quorum:problem:pending", "202"), (Text("symbol"), Text("type"), Text("status")));
        Assert.Equal("complete", quote["completeness"]!.ToString());
        await WhenEndedAsync(Text("instanceId")!);
        var ended = await App.GetAsync($"quotes/T0025?instance={Text("instanceId")}");
        Assert.Equal(Text("instanceId"), ended.Value("instanceId"));

        string? Text(string member) => pending[member]?.ToString();
    }

    [Fact]
    public async Task The_address_of_a_202_answers_with_the_quote_of_that_instance_and_of_no_other_symbol()
    {
        var made = await App.GetAsync($"quotes/T0014?{Patient}");
        var instance = made.Value("instanceId")!;
        await WhenEndedAsync(instance); // the answer leaves before the end is written

        var again = await App.GetAsync($"quotes/T0014?instance={instance}");
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal(instance, again.Value("instanceId"));
        Assert.Equal(made.Value("price"), again.Value("price"));

        var other = await App.GetAsync($"quotes/T0015?instance={instance}");
        Assert.Equal(HttpStatusCode.NotFound, other.Status);
        AssertProblem(other, "urn:quorum:problem:unknown-instance");
    }

    [Fact]
    public async Task An_instance_that_is_not_known_is_404()
    {
        var answer = await App.GetAsync($"quotes/AAPL?instance={Guid.NewGuid():N}");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        AssertProblem(answer, "urn:quorum:problem:unknown-instance");
    }

    [Theory]
    [InlineData("instance=42")]
    [InlineData("instance=")]
    [InlineData("instance=01a223afc3557b4d8e04f7d31a9c037a&maxAge=0")]
    public async Task An_instance_comes_alone_and_in_its_form(string query)
    {
        var answer = await App.GetAsync($"quotes/AAPL?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        AssertProblem(answer, "urn:quorum:problem:invalid-request");
    }

    [Fact]
    public async Task When_the_hub_is_too_slow_the_answer_comes_without_it_and_the_orchestration_that_starts_later_makes_no_calls()
    {
        await App.GetAsync($"quotes/T0024?{Patient}");
        var asked = await Simulator.CountCallsAsync("T0024");
        await using (var holder = await fixture.Database.DataSource.OpenConnectionAsync())
        {
            await using var transaction = await holder.BeginTransactionAsync();
            await using var command = new NpgsqlCommand("lock table taskhub.instances in access exclusive mode", holder, transaction);
            await command.ExecuteNonQueryAsync();

            var answer = await App.GetAsync("quotes/T0024?budget=3000&maxAge=0");

            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Null(answer.Json["instanceId"]);
            Assert.Equal(ProviderId.All.Select(id => $"{id}: ok"), answer.Outcomes());
        } // the locks end with the transaction, which is not committed

        await fixture.Database.WaitUntilAsync(
            "select count(*) = 2 from taskhub.instances where input like '%T0024%' and status = 'Completed'"
        );
        Assert.Equal(asked + 6, await Simulator.CountCallsAsync("T0024"));
        Assert.Equal(
            2,
            await fixture.Database.QueryAsync<long>(
                "select count(*) from quorum.quotes where symbol = 'T0024' and completeness = 'complete'"
            )
        );
    }

    private async Task SilenceAsync(string symbol)
    {
        await Simulator.FailAsync(new { kind = "hang", symbol });
        await Simulator.FailAsync(new { kind = "hang", symbol = symbol + ".US" });
    }

    /// <summary>Asks for a symbol of which at least one provider is silent, and holds these tables fast between the start of the
    /// orchestration and the answer.</summary>
    private async Task<Answer> AskWhileLockedAsync(string symbol, string tables, string? path = null)
    {
        var asking = App.GetAsync(path ?? $"quotes/{symbol}?budget=3000&maxAge=0");
        await fixture.Database.WaitUntilAsync(
            $"select exists (select from taskhub.instances where status = 'Running' and input like '%{symbol}%')"
        );
        await using var holder = await fixture.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"lock table {tables} in access exclusive mode", holder, transaction);
        await command.ExecuteNonQueryAsync();

        var answer = await asking;
        await Simulator.MendAsync();
        return answer; // the locks end with the transaction, which is not committed
    }

    [Fact]
    public async Task An_answer_names_its_instance_whose_history_holds_the_activities()
    {
        var answer = await App.GetAsync($"quotes/T0014?{Patient}");

        await WhenEndedAsync(answer.Value("instanceId")!);
        var instance = await App.GetAsync(
            $"/runtime/webhooks/durabletask/instances/{answer.Value("instanceId")}?showHistory=true&showHistoryOutput=true"
        );

        Assert.Equal("Completed", instance.Value("runtimeStatus"));
        Assert.Equal("AggregateQuote", instance.Value("name"));
        var done = instance.Json["historyEvents"]!
            .AsArray()
            .Where(line => line!["EventType"]!.ToString() == "TaskCompleted")
            .Select(line => line!["FunctionName"]?.ToString() ?? line["Name"]!.ToString())
            .Order();
        Assert.Equal(
            ["FetchQuote", "FetchQuote", "FetchQuote", "FetchQuote", "FetchQuote", "FetchQuote", "LoadReference", "PublishQuote"],
            done
        );
    }

    [Fact]
    public async Task A_caller_who_leaves_stops_nothing()
    {
        await Simulator.FailAsync(
            new
            {
                kind = "slow-headers",
                ms = 300,
                symbol = "T0015",
            }
        );
        using var leave = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/quotes/T0015?{Patient}");
        var call = App.SendAsync(request, leave.Token);
        await fixture.Database.WaitUntilAsync("select exists (select from taskhub.instances where input like '%T0015%')");

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await fixture.Database.WaitUntilAsync("select exists (select from quorum.quotes where symbol = 'T0015')");
        await Simulator.MendAsync();
    }

    [Fact]
    public async Task The_process_is_live_and_ready()
    {
        Assert.Equal("""{"status":"live"}""", (await App.GetAsync("health/live")).Text);
        Assert.Equal("""{"status":"ready"}""", (await App.GetAsync("health/ready")).Text);
    }

    private Task WhenEndedAsync(string instanceId) =>
        fixture.Database.WaitUntilAsync(
            $"select exists (select from taskhub.instances where instance_id = '{instanceId}' and status = 'Completed')"
        );

    private static IEnumerable<string> Names(JsonNode? node) => node!.AsObject().Select(member => member.Key);

    private static void AssertProblem(Answer answer, string type)
    {
        Assert.Equal("application/problem+json; charset=utf-8", answer.Header("Content-Type"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal(type, answer.Value("type"));
        Assert.Equal(((int)answer.Status).ToString(), answer.Value("status"));
        Assert.NotEmpty(answer.Value("title")!);
        Assert.NotEmpty(answer.Value("detail")!);
        Assert.Matches("^[0-9a-f]{32}$", answer.Value("traceId"));
    }
}
