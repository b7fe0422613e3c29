using System.Net;
using Npgsql;
using Quorum.MarketData;
using static Quorum.Functions.Tests.EndToEnd.ProblemAnswers;

namespace Quorum.Functions.Tests.EndToEnd;

/// <summary>Answers of <c>GET quotes/{symbol}</c> when the budget ends first or the caller leaves, and the orchestration that goes
/// on.</summary>
public sealed class QuoteBudgetTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    /// <summary>Long enough for a busy machine.</summary>
    private const string Patient = "budget=10000&maxAge=0";

    private RunningApp App => fixture.App;

    private RunningSimulator Simulator => fixture.Simulator;

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

    private Task WhenEndedAsync(string instanceId) =>
        fixture.Database.WaitUntilAsync(
            $"select exists (select from taskhub.instances where instance_id = '{instanceId}' and status = 'Completed')"
        );
}
