using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Quorum.StandaloneHost.Telemetry;
using Quorum.StandaloneHost.Tests.Worker.App;

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
    public async Task A_listener_gets_one_server_span_for_each_request_with_its_route_and_no_query()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == StandaloneTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var app = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/items/7?code=secret");
        request.Headers.Add("traceparent", $"00-{TraceId}-{Caller}-01");
        (await app.Client.SendAsync(request)).Dispose();

        var span = Assert.Single(spans, span => span.TraceId.ToHexString() == TraceId);
        Assert.Equal("GET /api/items/{id:int}", span.DisplayName);
        Assert.Equal(ActivityKind.Server, span.Kind);
        Assert.Equal(Caller, span.ParentSpanId.ToHexString());
        Assert.Equal(200, span.GetTagItem("http.response.status_code"));
        Assert.Equal("ShowItem", span.GetTagItem("faas.name"));
        Assert.DoesNotContain(span.TagObjects, tag => $"{tag.Value}".Contains("secret", StringComparison.Ordinal));
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
}
