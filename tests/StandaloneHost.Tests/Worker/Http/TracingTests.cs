using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Quorum.StandaloneHost.Tests.Worker.App;
using Quorum.Testing;

namespace Quorum.StandaloneHost.Tests.Worker.Http;

public sealed class TracingTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string Caller = "b7ad6b7169203331";

    [Fact]
    public async Task A_function_sees_the_callers_trace()
    {
        await using var app = await StartAsync();
        var seen = await SendAsync(app, $"00-{TraceId}-{Caller}-01");
        Assert.StartsWith($"00-{TraceId}-", seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("00-00000000000000000000000000000000-0000000000000000-00")]
    public async Task Without_a_callers_trace_a_function_sees_one_of_its_own(string? traceParent)
    {
        await using var app = await StartAsync();
        var first = await SendAsync(app, traceParent);
        var second = await SendAsync(app, traceParent);
        Assert.True(ActivityContext.TryParse(first, null, out _), first);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task An_exporter_gets_one_server_span_for_each_request_with_its_route_and_function_and_no_query()
    {
        using var spans = new Spans();
        await using var app = await RunningApp.StartAsync(
            typeof(HttpFunctions),
            app => app.Services.AddSingleton<Signals>().AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(spans))
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/items/7?code=secret");
        request.Headers.Add("traceparent", $"00-{TraceId}-{Caller}-01");
        (await app.Client.SendAsync(request)).Dispose();

        var span = await spans.First.Task.WithinAsync();

        Assert.Equal("GET /api/items/{id:int}", span.DisplayName);
        Assert.Equal(ActivityKind.Server, span.Kind);
        Assert.Equal(Caller, span.ParentSpanId.ToHexString());
        Assert.Equal("/api/items/{id:int}", span.GetTagItem("http.route"));
        Assert.Equal(200, span.GetTagItem("http.response.status_code"));
        Assert.Equal("ShowItem", span.GetTagItem("faas.name"));
        Assert.Null(span.GetTagItem("url.query"));
        Assert.DoesNotContain(span.TagObjects, tag => $"{tag.Value}".Contains("secret", StringComparison.Ordinal));
        await app.Host.StopAsync();
        Assert.Equal(1, spans.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_answer_to_a_request_outside_of_W3C_traces_has_a_trace_id(bool exports)
    {
        using var spans = new Spans();
        await using var app = await RunningApp.StartAsync(
            typeof(HttpFunctions),
            app =>
            {
                app.Services.AddSingleton<Signals>();
                if (exports)
                {
                    app.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddProcessor(spans));
                }
            }
        );
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/fail");
        request.Headers.Add("Request-Id", "|7e2b.1.");
        using var response = await app.Client.SendAsync(request);

        var problem = await ProblemAssert.IsAsync(response, HttpStatusCode.InternalServerError);

        Assert.Matches("^[0-9a-f]{32}$", problem.GetProperty("traceId").GetString());
    }

    private static Task<RunningApp> StartAsync() =>
        RunningApp.StartAsync(typeof(HttpFunctions), app => app.Services.AddSingleton<Signals>());

    private static async Task<string> SendAsync(RunningApp app, string? traceParent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/trace");
        if (traceParent is not null)
        {
            request.Headers.TryAddWithoutValidation("traceparent", traceParent);
        }

        // HttpClient adds a header of its own while the test itself runs in a span.
        Activity.Current = null;
        using var response = await app.Client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>The spans of the trace. Other apps in this process have spans too.</summary>
    private sealed class Spans : BaseProcessor<Activity>
    {
        private int _count;

        public TaskCompletionSource<Activity> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Count => Volatile.Read(ref _count);

        public override void OnEnd(Activity data)
        {
            if (data.TraceId.ToHexString() == TraceId)
            {
                Interlocked.Increment(ref _count);
                First.TrySetResult(data);
            }
        }
    }
}
