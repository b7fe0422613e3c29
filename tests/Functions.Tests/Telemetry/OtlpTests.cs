using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Quorum.Functions.Tests.EndToEnd;
using Quorum.Testing.Postgres;

namespace Quorum.Functions.Tests.Telemetry;

public sealed class OtlpTests(QuorumFixture fixture) : IClassFixture<QuorumFixture>
{
    [Fact]
    public async Task One_request_is_one_trace_from_HTTP_through_the_orchestration_and_its_activities_to_SQL_and_its_logs_carry_it()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await RunningApp.StartAsync(database, fixture.Simulator.Address, [.. receiver.Settings, "Logging:LogLevel:Quorum=Trace", "Logging:LogLevel:Npgsql=Debug"]);

        var answer = await app.GetAsync("quotes/T0100?budget=10000&maxAge=0");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var trace = answer.Value("traceId")!;
        List<ReceivedSpan> Spans() => [.. receiver.Spans.Where(span => span.TraceId == trace)];
        await receiver.UntilAsync(
            () => Spans().Count(span => span.Name.StartsWith("activity:", StringComparison.Ordinal)) == 8
                && Spans().Any(span => span.Name.StartsWith("orchestration:", StringComparison.Ordinal))
                && Spans().Any(span => span.Scope == "Npgsql"),
            "the trace of the request");
        var spans = Spans();

        var root = Assert.Single(spans, span => span.ParentId.Length == 0);
        Assert.StartsWith("GET ", root.Name, StringComparison.Ordinal);
        var orchestration = Assert.Single(spans, span => span.Name == "orchestration:AggregateQuote");
        Assert.Contains(root.SpanId, Ancestors(orchestration));
        var activities = spans.Where(span => span.Name.StartsWith("activity:", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            [.. Enumerable.Repeat("activity:FetchQuote", 6), "activity:LoadReference", "activity:PublishQuote"],
            activities.Select(activity => activity.Name).Order(StringComparer.Ordinal));
        Assert.All(activities, activity => Assert.Contains(orchestration.SpanId, Ancestors(activity)));
        Assert.All(spans.Where(span => span.Scope == "Npgsql"), sql => Assert.Contains(root.SpanId, Ancestors(sql)));

        await receiver.UntilAsync(() => receiver.Logs.Any(log => log.TraceId == trace), "a log record of the trace");

        // A span whose parent ended later may still be on its way; those that are here must lead to the root, or to one that is not here yet.
        IEnumerable<string> Ancestors(ReceivedSpan span)
        {
            var all = Spans();
            for (var parent = span.ParentId; parent.Length > 0; parent = all.FirstOrDefault(other => other.SpanId == parent)?.ParentId ?? "")
            {
                yield return parent;
            }
        }
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
            "quorum.quote.duration", "quorum.quote.overhead", "quorum.overload.limit", "quorum.hub.away", "quorum.thread_pool.wait",
            "taskhub.turns", "dotnet.thread_pool.queue.length", "http.client.request.duration",
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
}
