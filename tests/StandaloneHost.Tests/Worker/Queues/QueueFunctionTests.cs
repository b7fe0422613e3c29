using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Quorum.LocalServices.Azurite;
using Quorum.StandaloneHost.Queues;
using Quorum.StandaloneHost.Telemetry;
using Quorum.StandaloneHost.Tests.Worker.App;
using Quorum.Testing;
using Quorum.Testing.Azurite;

namespace Quorum.StandaloneHost.Tests.Worker.Queues;

/// <summary>Queue triggers and outputs as an app declares them, against the real protocol.</summary>
public sealed class QueueFunctionTests : IAsyncLifetime
{
    private readonly string _prefix = $"t{Guid.NewGuid():N}";
    private readonly Deliveries _deliveries = new();
    private readonly AppFiles _files = new();
    private QueueService _service = null!; // set before each test
    private RunningApp? _app;

    public async Task InitializeAsync() =>
        _service = new QueueService(StorageConnection.Open(await AzuriteServer.GetConnectionStringAsync()));

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _files.Dispose();
    }

    [Theory]
    [InlineData("text", "{\"a\": \"ü€\"}", "{\"a\": \"ü€\"}")]
    [InlineData("bytes", "\u0001z", "017A")]
    [InlineData("data", "plain", "plain")]
    [InlineData("json", "{\"id\": 7, \"NAME\": \"seven\"}", "7 seven")]
    public async Task A_message_reaches_its_function_as_the_type_that_it_asks_for(string queue, string body, string expected)
    {
        await StartAsync();

        await SendAsync(queue, body);

        var delivery = await NextAsync();
        Assert.Equal((queue, expected), (delivery.Function, delivery.Value));
    }

    [Fact]
    public async Task The_context_tells_about_the_message()
    {
        await StartAsync();
        var before = DateTimeOffset.UtcNow;

        await SendAsync("text", "hello");

        var delivery = await NextAsync();
        Assert.Equal("hello", delivery.Data["queueTrigger"]);
        Assert.Equal("1", delivery.Data["DequeueCount"]);
        Assert.True(Guid.TryParse((string?)delivery.Data["Id"], out _));
        Assert.NotEmpty((string?)delivery.Data["PopReceipt"] ?? "");
        Assert.True(delivery.Time("InsertionTime") >= before - TimeSpan.FromSeconds(1)); // the service keeps whole seconds
        Assert.True(delivery.Time("NextVisibleTime") > delivery.Time("InsertionTime"));
        Assert.True(delivery.Time("ExpirationTime") > delivery.Time("NextVisibleTime"));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("base64")]
    public async Task An_output_beside_the_response_becomes_a_message_in_the_encoding_of_host_json(string encoding)
    {
        await StartAsync($$"""{"version": "2.0", "extensions": {"queues": { "messageEncoding": "{{encoding}}" } } }""");

        var response = await PostAsync("accept", "go <on> & \"on\"");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal("go <on> & \"on\"", (await NextAsync()).Value);
    }

    [Fact]
    public async Task An_output_of_null_sends_nothing_and_the_response_is_given_all_the_same()
    {
        await StartAsync();

        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync("accept", "")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync("forward/-1", "")).StatusCode);
        await PostAsync("accept", "last");

        Assert.Equal("last", (await NextAsync()).Value);
    }

    [Fact]
    public async Task A_collection_becomes_one_message_for_each_element()
    {
        await StartAsync();

        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync("forward/3", "")).StatusCode);
        await SendAsync("relay", "a,b");

        var values = new List<string>();
        for (var n = 0; n < 5; n++)
        {
            values.Add((await NextAsync()).Value);
        }

        Assert.Equal(["0 <0>", "1 <1>", "2 <2>", "a", "b"], values.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_message_that_cannot_be_sent_fails_the_invocation()
    {
        await StartAsync();

        var response = await PostAsync("accept", new string('x', 65_536));

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    [Fact]
    public async Task While_the_storage_account_is_unavailable_the_caller_of_a_function_that_sends_gets_a_503_with_Retry_After()
    {
        using var port = new ClosedPort();
        await StartAsync(storage: LocalAzurite.ConnectionStringAt(port.Number, port.Number, port.Number, key: "AAAA"));

        var response = await PostAsync("accept", "lost");

        await ProblemAssert.IsAsync(response, HttpStatusCode.ServiceUnavailable);
        Assert.NotNull(response.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync("accept", "")).StatusCode);
    }

    [Fact]
    public async Task What_cannot_be_decoded_ends_in_the_poison_queue_as_it_came_and_holds_up_nothing()
    {
        await StartAsync(
            """{"version": "2.0", "extensions": {"queues": {"maxDequeueCount": 2, "batchSize": 1, "newBatchThreshold": 0}}}"""
        );

        await _service.SendAsync($"{_prefix}-json", "not Base64!", CancellationToken.None);
        await _service.SendAsync($"{_prefix}-text", Convert.ToBase64String([0xFF, 0xFE]), CancellationToken.None);
        await SendAsync("json", "{\"id\": \"not a number\"}");
        await SendAsync("json", "{\"id\": 1}");
        await SendAsync("text", "good");
        var good = new[] { await NextAsync(), await NextAsync() };

        Assert.Equal(["1 ", "good"], good.Select(delivery => delivery.Value).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["not Base64!", Convert.ToBase64String(Encoding.UTF8.GetBytes("{\"id\": \"not a number\"}"))],
            await PoisonAsync("json", 2)
        );
        Assert.Equal([Convert.ToBase64String([0xFF, 0xFE])], await PoisonAsync("text", 1));
    }

    [Fact]
    public async Task A_message_is_the_start_of_a_trace_and_its_sending_belongs_to_the_senders()
    {
        const string Http = "Microsoft.AspNetCore";
        var traceId = ActivityTraceId.CreateRandom();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is StandaloneTelemetry.SourceName or Http,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.DisplayName.Contains(_prefix, StringComparison.Ordinal) || (span.Source.Name == Http && span.TraceId == traceId))
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await StartAsync();

        using var post = new HttpRequestMessage(HttpMethod.Post, "/api/accept") { Content = new StringContent("traced") };
        post.Headers.Add("traceparent", $"00-{traceId}-b7ad6b7169203331-01");
        (await _app!.Client.SendAsync(post)).Dispose(); // Set by StartAsync.
        await NextAsync();
        using var deadline = new CancellationTokenSource(SignalTasks.Deadline);
        while (spans.Count < 3)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        var request = Assert.Single(spans, span => span.Kind == ActivityKind.Server);
        var sending = Assert.Single(spans, span => span.Kind == ActivityKind.Producer);
        var processing = Assert.Single(spans, span => span.Kind == ActivityKind.Consumer);
        Assert.Equal($"send {_prefix}-text", sending.DisplayName);
        Assert.Equal(request.SpanId, sending.ParentSpanId);
        Assert.Equal($"process {_prefix}-text", processing.DisplayName);
        Assert.Null(processing.ParentId);
        Assert.Equal("Text", processing.GetTagItem("faas.name"));
    }

    [Fact]
    public async Task A_message_sent_here_wakes_every_listener_of_its_queue_here()
    {
        var queue = $"{_prefix}-wake";
        var first = new TaskCompletionSource();
        var second = new TaskCompletionSource();
        _service.Listen(queue, first.SetResult);
        _service.Listen(queue, second.SetResult);

        await _service.SendAsync(queue, "wake up", CancellationToken.None);

        Assert.True(first.Task.IsCompleted && second.Task.IsCompleted);
    }

    private async Task StartAsync(string hostJson = "{}", string? storage = null)
    {
        _files.With("host.json", hostJson);
        _app = await RunningApp.StartAsync(
            typeof(QueueFunctionApp),
            builder => builder.Services.AddSingleton(_deliveries),
            _files.Directory,
            ["--Prefix", _prefix, "--AzureWebJobsStorage", storage ?? await AzuriteServer.GetConnectionStringAsync()]
        );
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string body) =>
        await (_app ?? throw new InvalidOperationException("not started")).Client.PostAsync("/api/" + path, new StringContent(body));

    private Task SendAsync(string queue, string body) =>
        _service.SendAsync($"{_prefix}-{queue}", Convert.ToBase64String(Encoding.UTF8.GetBytes(body)), CancellationToken.None);

    private Task<Delivery> NextAsync() => _deliveries.All.ReadAsync().AsTask().WithinAsync();

    private async Task<IEnumerable<string>> PoisonAsync(string queue, int count)
    {
        var client = _service.Queue($"{_prefix}-{queue}-poison");
        await client.CreateIfNotExistsAsync();
        var texts = new List<string>();
        using var deadline = new CancellationTokenSource(SignalTasks.Deadline);
        while (texts.Count < count)
        {
            texts.AddRange((await client.ReceiveAsync(32, TimeSpan.FromMinutes(1), deadline.Token)).Select(message => message.MessageText));
        }

        return texts.Order(StringComparer.Ordinal).Reverse();
    }
}
