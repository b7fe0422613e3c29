using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quorum.Functions.Http;
using Quorum.Functions.Quotes;
using Quorum.Functions.Traces;
using Quorum.MarketData;
using Quorum.Storage;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.EndToEnd;

public sealed class TraceTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task A_request_is_found_by_its_trace_with_all_of_its_steps()
    {
        var asked = await fixture.App.GetAsync("quotes/T1201?maxAge=0&budget=10000");

        var trace = await TraceOfAsync(asked);

        Assert.Equal(
            ("T1201", asked.Value("instanceId"), asked.Value("instanceId")),
            (trace.Value("symbol"), trace.Value("instanceId"), trace.Value("historyId"))
        );
        Assert.Equal($"/api/quotes/T1201/history/{asked.Value("instanceId")}", trace.Value("href"));
        var waterfall = trace.Json["waterfall"]!;
        Assert.Equal(asked.Value("traceId"), waterfall["traceId"]!.ToString());
        Assert.Equal(10_000, (double)waterfall["budgetMs"]!);
        Assert.InRange((double)waterfall["deadlineMs"]!, 9_000, 10_000);
        var spans = waterfall["spans"]!.AsArray().Select(span => span!.AsObject()).ToList();
        Assert.Equal(
            ["activity", "database", "merge", "orchestration", "provider", "publish", "queue", "request"],
            spans.Select(span => span["kind"]!.ToString()).Distinct().Order(StringComparer.Ordinal)
        );
        foreach (var kind in (string[])["activity", "provider"])
        {
            Assert.Equal(
                ProviderId.All.Select(provider => provider.ToString()).Order(StringComparer.Ordinal),
                spans
                    .Where(span => span["kind"]!.ToString() == kind)
                    .Select(span => span["provider"]!.ToString())
                    .Order(StringComparer.Ordinal)
            );
        }

        Assert.Equal(
            ["LoadReference", "Store the quote"],
            spans.Where(span => span["kind"]!.ToString() == "database").Select(span => span["name"]!.ToString())
        );
        Assert.All(spans, span => Assert.Equal("ok", span["outcome"]!.ToString()));
        Assert.All(spans, span => Assert.True((double)span["startMs"]! >= 0 && (double)span["durationMs"]! >= 0, span.ToJsonString()));
        AssertIsTree(spans);
    }

    [Fact]
    public async Task Each_attempt_has_its_span_with_its_outcome_and_the_fetch_says_more_about_a_failure()
    {
        await fixture.Simulator.FailAsync(
            new
            {
                kind = "status",
                status = 500,
                provider = "finnhub",
            }
        );
        var asked = await fixture.App.GetAsync("quotes/T1202?maxAge=0&budget=10000");
        await fixture.Simulator.MendAsync();

        var spans = (await TraceOfAsync(asked)).Json["waterfall"]!["spans"]!
            .AsArray()
            .Where(span => span!["provider"]?.ToString() == "finnhub")
            .ToList();

        var attempts = spans.Where(span => span!["kind"]!.ToString() == "provider").ToList();
        Assert.Equal((int)asked.Provider("finnhub")["attempts"]!, attempts.Count);
        Assert.Equal(Enumerable.Range(1, attempts.Count), attempts.Select(span => (int)span!["attempt"]!));
        Assert.All(
            attempts,
            span => Assert.Equal(("server-error", "GET finnhub"), (span!["outcome"]!.ToString(), span["name"]!.ToString()))
        );
        var fetch = spans.Single(span => span!["kind"]!.ToString() == "activity")!; // one
        Assert.Equal(
            ("server-error", asked.Provider("finnhub")["detail"]?.ToString()),
            (fetch["outcome"]!.ToString(), fetch["detail"]?.ToString())
        );
        Assert.All(attempts, span => Assert.Equal(fetch["id"]!.ToString(), span!["parentId"]!.ToString()));
    }

    [Fact]
    public async Task A_provider_that_is_silent_is_pending_when_the_spans_are_stored_after_the_deadline()
    {
        await fixture.Simulator.FailAsync(
            new
            {
                kind = "slow-headers",
                ms = 4000,
                provider = "eodhd",
            }
        );
        var asked = await fixture.App.GetAsync("quotes/T1203?maxAge=0&budget=400");
        await fixture.Simulator.MendAsync();

        var waterfall = (await TraceOfAsync(asked)).Json["waterfall"]!;

        var spans = waterfall["spans"]!.AsArray().Where(span => span!["provider"]?.ToString() == "eodhd").ToList();
        Assert.Equal("timed-out", spans.Single(span => span!["kind"]!.ToString() == "activity")!["outcome"]!.ToString());
        Assert.Equal("pending", spans.Single(span => span!["kind"]!.ToString() == "provider")!["outcome"]!.ToString());
    }

    [Fact]
    public async Task A_past_quote_has_the_waterfall_of_its_request_and_when_three_agreed()
    {
        var asked = await fixture.App.GetAsync("quotes/AAPL?maxAge=0&budget=10000");
        var trace = await TraceOfAsync(asked);

        var record = await fixture.App.GetAsync(trace.Value("href")!);

        Assert.Equal(trace.Json["waterfall"]!.ToJsonString(), record.Json["waterfall"]!.ToJsonString());
        var fetches = record.Json["waterfall"]!["spans"]!
            .AsArray()
            .Where(span => span!["kind"]!.ToString() == "activity")
            .Select(span => (double)span!["startMs"]! + (double)span["durationMs"]!)
            .Order()
            .ToList();
        Assert.InRange((double)record.Json["waterfall"]!["agreedMs"]!, fetches[2] - 0.02, (double)record.Json["waterfall"]!["durationMs"]!);
    }

    [Fact]
    public async Task An_agreed_answer_and_the_complete_one_have_the_same_waterfall_with_both_publications()
    {
        await fixture.Simulator.FailAsync(
            new
            {
                kind = "slow-headers",
                ms = 700,
                provider = "alpaca",
            }
        );
        var asked = await fixture.App.GetAsync("quotes/MSFT?maxAge=0&budget=3000&agree=3");
        await fixture.Simulator.MendAsync();
        Assert.Equal("agreed", asked.Value("completeness"));

        var trace = await TraceOfAsync(asked);

        var spans = trace.Json["waterfall"]!["spans"]!.AsArray();
        Assert.Equal(2, spans.Count(span => span!["kind"]!.ToString() == "publish"));
        Assert.True((double)trace.Json["waterfall"]!["durationMs"]! < spans.Max(span => (double)span!["startMs"]!));
        var agreed = await fixture.App.GetAsync(
            $"quotes/MSFT/history/{await fixture.Database.QueryAsync<string>($"select id from quorum.quotes where id like '{asked.Value("instanceId")}.%'")}"
        );
        Assert.Equal(("agreed", "true"), (agreed.Value("stage"), agreed.Value("reproduced")));
        Assert.Equal(spans.Count, agreed.Json["waterfall"]!["spans"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_request_that_joined_is_found_with_the_spans_of_the_one_that_it_joined()
    {
        await fixture.Simulator.FailAsync(new { kind = "slow-headers", ms = 500 });
        var both = await Task.WhenAll(
            fixture.App.GetAsync("quotes/T1204?maxAge=0&budget=5000"),
            fixture.App.GetAsync("quotes/T1204?maxAge=0&budget=5000")
        );
        await fixture.Simulator.MendAsync();
        Assert.Equal(both[0].Value("instanceId"), both[1].Value("instanceId"));

        var traces = await Task.WhenAll(both.Select(TraceOfAsync));

        Assert.Equal(both.Select(asked => asked.Value("traceId")), traces.Select(trace => trace.Value("traceId")));
        Assert.Equal(traces[0].Json["waterfall"]!.ToJsonString(), traces[1].Json["waterfall"]!.ToJsonString());
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task What_is_not_stored_yet_is_stored_at_a_stop_and_nothing_is_where_traces_are_off(bool enabled, long stored)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (var app = await RunningApp.StartAsync(database, fixture.Simulator.Address, $"Quorum:Traces:Enabled={enabled}"))
        {
            Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("quotes/T1205?maxAge=0&budget=10000")).Status);
        }

        Assert.Equal(stored, await database.QueryAsync<long>("select count(*) from quorum.traces"));
    }

    [Fact]
    public void No_more_than_so_many_requests_in_a_second_are_traced()
    {
        var time = new ManualTimeProvider();
        using var recorder = ActivatorUtilities.CreateInstance<TraceRecorder>(
            fixture.App.Services,
            time,
            Options.Create(new TraceOptions { PerSecond = 2 })
        );
        Assert.True(
            QuoteRequest.TryParse("AAPL", [], fixture.App.Services.GetRequiredService<InstrumentCatalogue>(), null, out var request, out _)
        );

        bool[] begun = [.. Enumerable.Range(0, 4).Select(_ => IsBegun())];
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([true, true, false, false], begun);
        Assert.True(IsBegun());

        bool IsBegun() => recorder.Begin(request!, new string('a', 32), "instance", time.GetUtcNow(), new RequestClock(time)) is not null;
    }

    [Theory]
    [InlineData("traces/00000000000000000000000000000000", HttpStatusCode.NotFound)]
    [InlineData("traces/nosuch", HttpStatusCode.NotFound)]
    [InlineData("traces/00000000000000000000000000000000?x=1", HttpStatusCode.BadRequest)]
    public async Task A_trace_that_is_not_kept_is_a_404(string path, HttpStatusCode status) =>
        Assert.Equal(status, (await fixture.App.GetAsync(path)).Status);

    /// <summary>Waits until the spans of the answer's request are stored.</summary>
    private async Task<Answer> TraceOfAsync(Answer asked)
    {
        Assert.Equal(HttpStatusCode.OK, asked.Status);
        await fixture.Database.WaitUntilAsync($"select exists (select from quorum.traces where trace_id = '{asked.Value("traceId")}')");
        await fixture.Database.WaitUntilAsync($"select exists (select from quorum.quotes where id = '{asked.Value("instanceId")}')");
        var trace = await fixture.App.GetAsync($"traces/{asked.Value("traceId")}");
        Assert.Equal(HttpStatusCode.OK, trace.Status);
        return trace;
    }

    private static void AssertIsTree(List<JsonObject> spans)
    {
        var byId = spans.ToDictionary(span => span["id"]!.ToString());
        Assert.Single(spans, span => span["parentId"] is null);
        Assert.All(
            spans.Where(span => span["parentId"] is not null),
            span =>
            {
                var parent = byId[span["parentId"]!.ToString()];
                Assert.True((double)span["startMs"]! >= (double)parent["startMs"]! - 0.01, $"{span} begins before {parent}");
            }
        );
    }
}
