using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Quorum.Functions.Tests.EndToEnd;
using Quorum.MarketData;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.Telemetry;

public sealed class OtlpTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task One_request_is_one_trace_from_HTTP_through_the_orchestration_and_its_activities_to_providers_and_SQL()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await RunningApp.StartAsync(database, fixture.Simulator.Address, receiver.Settings);

        var answer = await app.GetAsync("quotes/T0100?budget=10000&maxAge=0");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        await database.WaitUntilAsync("select count(*) = 6 from quorum.provider_quotes where symbol = 'T0100'");
        var trace = new ReceivedTrace(receiver, answer.Value("traceId")!);
        await receiver.UntilAsync(
            () => trace.IsComplete && trace.Tree().Count(line => line.EndsWith("SQL", StringComparison.Ordinal)) >= 3,
            "the trace of the request"
        );

        // The six quotes may be saved by one statement or by several, each in the trace of its first.
        var saves = trace.Tree().Where(line => line.Contains("save provider quotes", StringComparison.Ordinal)).ToList();
        Assert.Contains(saves, line => line.EndsWith("activity:FetchQuote > save provider quotes > SQL", StringComparison.Ordinal));
        const string Orchestration = "GET /api/quotes/{symbol} > orchestration:AggregateQuote";
        string[] expected =
        [
            "GET /api/quotes/{symbol}",
            Orchestration,
            .. Enumerable.Repeat($"{Orchestration} > activity:FetchQuote", 6), // the call, and within it the run
            .. Enumerable.Repeat($"{Orchestration} > activity:FetchQuote > activity:FetchQuote", 6),
            .. ProviderId.All.Select(provider => $"GET /api/quotes/{{symbol}} > GET {provider}"),
            $"{Orchestration} > activity:LoadReference",
            $"{Orchestration} > activity:LoadReference > activity:LoadReference",
            $"{Orchestration} > activity:LoadReference > activity:LoadReference > load reference data",
            $"{Orchestration} > activity:LoadReference > activity:LoadReference > load reference data > SQL",
            $"{Orchestration} > activity:PublishQuote",
            $"{Orchestration} > activity:PublishQuote > activity:PublishQuote",
            $"{Orchestration} > activity:PublishQuote > activity:PublishQuote > publish quotes",
            $"{Orchestration} > activity:PublishQuote > activity:PublishQuote > publish quotes > SQL",
        ];
        // Each provider is called once: by the request as it starts the orchestration or, if that comes first, by the activity.
        const string Call = $"{Orchestration} > activity:FetchQuote > activity:FetchQuote > GET ";
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            trace
                .Tree()
                .Where(line => !saves.Contains(line))
                .Select(line => line.Replace(Call, "GET /api/quotes/{symbol} > GET ", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task The_logs_of_a_request_carry_its_trace_and_instance_and_those_of_a_batch_its_id()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await RunningApp.StartAsync(database, fixture.Simulator.Address, receiver.Settings);
        await database.ExecuteAsync("alter table quorum.provider_quotes rename to away"); // worth a record in each activity that reads it

        var answer = await app.GetAsync("quotes/T0102?budget=10000&maxAge=0");
        using var batch = new HttpRequestMessage(HttpMethod.Post, "/api/batches")
        {
            Content = new StringContent("""{"batchId":"logged","symbols":["T0103","T0104"]}""", Encoding.UTF8, "application/json"),
        };
        Assert.Equal(HttpStatusCode.Accepted, (await app.SendAsync(batch, CancellationToken.None)).Status);
        var (trace, instance) = (answer.Value("traceId"), answer.Value("instanceId")!);
        await receiver.UntilAsync(() => LogsOf(instance).Any() && LogsOf("logged").Any(), "log records of the instances");
        await database.ExecuteAsync("alter table quorum.away rename to provider_quotes");
        await database.WaitUntilAsync("select exists (select from quorum.batches where id = 'logged' and state = 'completed')");
        await receiver.UntilAsync(() => SpanOfBatch() is not null, "the batch's span");

        Assert.All(
            LogsOf(instance),
            log =>
                Assert.Equal(
                    (trace, "LoadReference", "ReferenceData"),
                    (log.TraceId, log.Attributes["FunctionName"], log.Attributes["Use"])
                )
        );
        Assert.All(
            LogsOf("logged"),
            log => Assert.Equal((SpanOfBatch()!.TraceId, "SettleItems"), (log.TraceId, log.Attributes["Activity"]))
        ); // It has come.

        ReceivedSpan? SpanOfBatch() =>
            receiver.Spans.FirstOrDefault(span =>
                span.Name == "orchestration:AggregateBatch" && span.Attributes.GetValueOrDefault("durabletask.task.instance_id") == "logged"
            );

        IEnumerable<ReceivedLog> LogsOf(string id) => receiver.Logs.Where(log => log.Attributes.GetValueOrDefault("InstanceId") == id);
    }

    [Fact]
    public async Task An_orchestration_that_is_replayed_elsewhere_has_one_span_and_each_of_its_activities_too()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var database = await TestDatabase.CreateAsync();
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.FailAsync(
            new
            {
                provider = "finnhub",
                kind = "slow-headers",
                ms = 5000,
            }
        );
        using var http = new HttpClient();
        string[] settings = [.. receiver.Settings, "TaskHub:Lease=00:00:02"];

        Task request;
        string instance;
        await using (var first = await AppProcess.StartAsync(database, simulator.Address, settings))
        {
            request = http.GetAsync(new Uri(first.Address, "/api/quotes/T0105?maxAge=0&budget=10000"));
            await database.WaitUntilAsync(
                "select count(*) >= 6 from taskhub.history_events where type = 'TaskCompleted' and instance_id = (select instance_id from taskhub.instances where input like '%\"T0105\"%')"
            );
            instance = (await database.QueryAsync<string>("select instance_id from taskhub.instances where input like '%\"T0105\"%'"))!; // It is there.
            await receiver.UntilAsync(() => SpansOf(instance).Count() >= 12, "the spans of the activities that have ended");
            await first.KillAsync();
        }

        await using var second = await AppProcess.StartAsync(database, simulator.Address, settings);
        await receiver.UntilAsync(
            () => SpansOf(instance).Any(span => span.Name == "orchestration:AggregateQuote"),
            "the orchestration's span"
        );
        await receiver.UntilAsync(() => SpansOf(instance).Count() >= 17, "all spans");

        Assert.Equal(
            [
                .. Enumerable.Repeat("activity:FetchQuote", 12),
                "activity:LoadReference",
                "activity:LoadReference",
                "activity:PublishQuote",
                "activity:PublishQuote",
                "orchestration:AggregateQuote",
            ],
            SpansOf(instance).Select(span => span.Name).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            8,
            SpansOf(instance)
                .Select(span => span.Attributes.GetValueOrDefault("durabletask.task.task_id"))
                .OfType<string>()
                .Distinct()
                .Count()
        );
        var orchestration = SpansOf(instance).Single(span => span.Name == "orchestration:AggregateQuote");
        var calls = SpansOf(instance).Where(span => span.Scope == "DurableTask.Core" && span != orchestration).ToList();
        Assert.All(calls, call => Assert.Equal((orchestration.TraceId, orchestration.SpanId), (call.TraceId, call.ParentId)));
        Assert.Equal(
            calls.Select(call => call.SpanId).Order(StringComparer.Ordinal),
            SpansOf(instance).Where(span => span.Scope == "Quorum.StandaloneHost").Select(run => run.ParentId).Order(StringComparer.Ordinal)
        );
        await request.ContinueWith(_ => { }, TaskScheduler.Default).WithinAsync(); // Its socket is gone.

        IEnumerable<ReceivedSpan> SpansOf(string id) =>
            receiver.Spans.Where(span =>
                span.Attributes.GetValueOrDefault("durabletask.task.instance_id") == id
                && !span.Name.StartsWith("create_", StringComparison.Ordinal)
            );
    }

    [Fact]
    public async Task The_warm_up_of_a_start_is_in_no_trace_and_in_no_figure_of_providers_and_orchestrations()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await AppProcess.StartAsync(database, fixture.Simulator.Address, receiver.Settings);
        await receiver.UntilAsync(() => receiver.Metrics.ContainsKey("quorum.provider.breaker.state"), "the metrics of the providers");
        using var http = new HttpClient();
        var providers = JsonNode.Parse(await http.GetStringAsync(new Uri(app.Address, "/api/providers")))!["items"]!.AsArray(); // The answer has them.

        Assert.All(providers, provider => Assert.Empty(provider!["outcomes"]!.AsObject()));
        string[] unwanted =
        [
            "quorum.provider.fetches",
            "quorum.provider.request.duration",
            "taskhub.orchestration.duration",
            "taskhub.orchestration.overhead",
            "taskhub.activity.duration",
        ];
        await receiver.UntilAsync(() => receiver.Metrics.ContainsKey("taskhub.turns"), "the turns of the warm-up, which were written");
        await receiver.UntilAsync(
            () => receiver.Spans.Any(span => span.Name == "GET /api/providers"),
            "a span that ended after those of the warm-up"
        );
        Assert.All(unwanted, metric => Assert.False(receiver.Metrics.ContainsKey(metric), metric));
        Assert.DoesNotContain(
            receiver.Spans,
            span =>
                span.Scope == "Quorum.Providers"
                || span.Name.Contains("orchestration:", StringComparison.Ordinal)
                || span.Name.StartsWith("activity:", StringComparison.Ordinal)
        );

        await http.GetStringAsync(new Uri(app.Address, "/api/quotes/T0106?budget=10000"));
        await receiver.UntilAsync(() => unwanted.All(receiver.Metrics.ContainsKey), "the same metrics, of a request");
        await receiver.UntilAsync(
            () => receiver.Spans.Any(span => span.Name == "orchestration:AggregateQuote"),
            "the span of the request's orchestration"
        );
    }

    [Fact]
    public async Task The_metrics_of_the_app_the_runtime_and_PostgreSQL_are_exported()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await RunningApp.StartAsync(database, fixture.Simulator.Address, receiver.Settings);
        await app.GetAsync("quotes/T0101?budget=10000&maxAge=0");

        string[] wanted =
        [
            "quorum.quote.duration",
            "quorum.quote.overhead",
            "quorum.overload.limit",
            "quorum.hub.away",
            "quorum.thread_pool.wait",
            "taskhub.turns",
            "dotnet.thread_pool.queue.length",
            "http.server.request.duration",
            "http.client.request.duration",
        ];
        await receiver.UntilAsync(() => wanted.All(receiver.Metrics.ContainsKey), string.Join(", ", wanted));
    }

    [Fact]
    public void Without_an_endpoint_nothing_listens()
    {
        Assert.Null(fixture.App.Services.GetService<TracerProvider>());
        Assert.Null(fixture.App.Services.GetService<MeterProvider>());
        Assert.Null(fixture.App.Services.GetService<LoggerProvider>());
    }

    /// <summary>The spans of one trace that have come, each as its way from the root: <c>GET / > activity:X</c>.</summary>
    private sealed class ReceivedTrace(OtlpReceiver receiver, string traceId)
    {
        private List<ReceivedSpan> Spans => [.. receiver.Spans.Where(span => span.TraceId == traceId)];

        /// <summary>Every span leads to the root, and the last one of the orchestration is there.</summary>
        public bool IsComplete
        {
            get
            {
                var spans = Spans;
                return spans.Exists(span => span.Name == "orchestration:AggregateQuote")
                    && spans.Count(span => span.Name.StartsWith("activity:", StringComparison.Ordinal)) == 16
                    && spans.TrueForAll(span => span.ParentId.Length == 0 || spans.Exists(other => other.SpanId == span.ParentId));
            }
        }

        public IReadOnlyList<string> Tree()
        {
            var spans = Spans;
            return [.. spans.Select(Way)];

            string Way(ReceivedSpan span)
            {
                var name = span.Scope == "Npgsql" ? "SQL" : span.Name;
                return span.ParentId.Length == 0 ? name : $"{Way(spans.Single(other => other.SpanId == span.ParentId))} > {name}";
            }
        }
    }
}
