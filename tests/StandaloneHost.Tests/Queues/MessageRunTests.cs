using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Quorum.StandaloneHost.Hosting.Settings;
using Quorum.StandaloneHost.Queues;
using Quorum.Testing;
using Quorum.Testing.Azurite;
using Quorum.Testing.Time;

namespace Quorum.StandaloneHost.Tests.Queues;

/// <summary>One delivery of a message: its visibility while the function runs and afterwards, and its end.</summary>
public sealed class MessageRunTests : IAsyncLifetime
{
    private readonly string _name = $"q-{Guid.NewGuid():N}";
    private readonly ManualTimeProvider _time = new();
    private readonly FakeLoggerProvider _logs = new();
    private readonly ConcurrentQueue<long> _deliveries = [];
    private QueueService _service = null!; // set before each test

    public async Task InitializeAsync() =>
        _service = new QueueService(StorageConnection.Open(await AzuriteServer.GetConnectionStringAsync()));

    public Task DisposeAsync()
    {
        _logs.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_message_stays_hidden_for_as_long_as_its_function_runs()
    {
        var mayEnd = new TaskCompletionSource();
        var message = await SendAndReceiveAsync(_name);
        var running = Run(_name, _ => mayEnd.Task).RunAsync(message, CancellationToken.None);

        await RenewAsync();

        Assert.False(await _service.Queue(_name).DeleteAsync(message.MessageId, message.PopReceipt, CancellationToken.None)); // renewed
        mayEnd.SetResult();
        Assert.False(await running.WithinAsync());
        Assert.Equal(0, await CountAsync(_name));
        Assert.Empty(_logs.Collector.GetSnapshot());
    }

    [Fact]
    public async Task A_message_that_another_process_has_taken_is_left_to_it()
    {
        var mayEnd = new TaskCompletionSource();
        var message = await SendAndReceiveAsync(_name);
        var running = Run(_name, _ => mayEnd.Task).RunAsync(message, CancellationToken.None);
        await _service.Queue(_name).HideAsync(message.MessageId, message.PopReceipt, TimeSpan.Zero, CancellationToken.None);
        var taken = await ReceiveAsync(_name);

        await RenewAsync();
        mayEnd.SetResult();

        Assert.False(await running.WithinAsync());
        Assert.Contains("was taken by another process", Assert.Single(_logs.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
        Assert.True(await _service.Queue(_name).DeleteAsync(taken.MessageId, taken.PopReceipt, CancellationToken.None));
    }

    [Fact]
    public async Task A_failure_is_delivered_again_at_once_without_a_visibility_timeout()
    {
        var message = await SendAndReceiveAsync(_name);

        var isVisible = await Run(_name, Fail).RunAsync(message, CancellationToken.None);

        Assert.True(isVisible);
        Assert.Equal(2, (await ReceiveAsync(_name)).DequeueCount);
    }

    [Fact]
    public async Task A_failure_stays_hidden_for_the_visibility_timeout()
    {
        var message = await SendAndReceiveAsync(_name);

        var isVisible = await Run(_name, Fail, new QueueSettings { VisibilityTimeout = TimeSpan.FromDays(1) })
            .RunAsync(message, CancellationToken.None);

        Assert.False(isVisible);
        Assert.Equal((1, true), (await CountAsync(_name), await IsHiddenAsync(_name)));
    }

    [Fact]
    public async Task A_message_whose_deliveries_all_ended_with_their_process_is_poison_and_reaches_no_function()
    {
        var first = await SendAndReceiveAsync(_name);
        await _service.Queue(_name).HideAsync(first.MessageId, first.PopReceipt, TimeSpan.Zero, CancellationToken.None);
        var second = await ReceiveAsync(_name);

        await Run(_name, _ => Task.CompletedTask, new QueueSettings { MaxDequeueCount = 1 }).RunAsync(second, CancellationToken.None);

        Assert.Empty(_deliveries);
        Assert.Equal("text", (await ReceiveAsync(_name + "-poison")).MessageText);
        Assert.Equal(0, await CountAsync(_name));
        var line = Assert.Single(_logs.Collector.GetSnapshot());
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains("was delivered 1 times and never settled", line.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_poison_queue_has_no_poison_queue_of_its_own_and_keeps_what_fails()
    {
        var poison = _name + "-poison";
        var message = await SendAndReceiveAsync(poison);

        await Run(poison, Fail, new QueueSettings { MaxDequeueCount = 1 }).RunAsync(message, CancellationToken.None);

        Assert.Equal((1, true), (await CountAsync(poison), await IsHiddenAsync(poison)));
        Assert.False(await _service.Queue(poison + "-poison").ExistsAsync());
        Assert.Contains("stays there", Assert.Single(_logs.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_a_stop_cancels_gives_its_message_back_at_once_and_has_not_failed()
    {
        using var stop = new CancellationTokenSource();
        var message = await SendAndReceiveAsync(_name);
        var run = Run(
            _name,
            cancellationToken => Task.Delay(Timeout.Infinite, cancellationToken),
            new QueueSettings { MaxDequeueCount = 1, VisibilityTimeout = TimeSpan.FromDays(1) }
        );

        var running = run.RunAsync(message, stop.Token);
        await stop.CancelAsync();
        await running.WithinAsync();

        Assert.Equal(2, (await ReceiveAsync(_name)).DequeueCount);
        Assert.False(await _service.Queue(_name + "-poison").ExistsAsync());
        Assert.Empty(_logs.Collector.GetSnapshot());
    }

    [Fact]
    public async Task A_function_that_cancels_itself_has_failed()
    {
        var message = await SendAndReceiveAsync(_name);

        await Run(_name, _ => throw new TaskCanceledException("a timeout of its own")).RunAsync(message, CancellationToken.None);

        Assert.Contains("failed on delivery 1", Assert.Single(_logs.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_queue_that_is_deleted_is_created_again_for_the_next_message()
    {
        await SendAndReceiveAsync(_name);
        await _service.Queue(_name).DeleteAsync();

        await _service.SendAsync(_name, "next", CancellationToken.None);

        Assert.Equal("next", (await ReceiveAsync(_name)).MessageText);
    }

    [Fact]
    public async Task A_message_stays_hidden_although_one_renewal_gets_no_token()
    {
        var mayEnd = new TaskCompletionSource();
        var message = await SendAndReceiveAsync(_name);
        var options = new QueueClientOptions();
        options.AddPolicy(new NoTokenOnce(), HttpPipelinePosition.PerCall);
        _service = new QueueService(new QueueServiceClient(await AzuriteServer.GetConnectionStringAsync(), options));
        var running = Run(_name, _ => mayEnd.Task).RunAsync(message, CancellationToken.None);

        await RenewAsync();
        await RenewAsync();

        Assert.False(await _service.Queue(_name).DeleteAsync(message.MessageId, message.PopReceipt, CancellationToken.None)); // renewed
        mayEnd.SetResult();
        Assert.False(await running.WithinAsync());
        Assert.Equal(0, await CountAsync(_name));
        Assert.IsType<AuthenticationFailedException>(Assert.Single(_logs.Collector.GetSnapshot()).Exception);
    }

    private static Task Fail(CancellationToken cancellationToken) => throw new FormatException("never");

    private MessageRun Run(string queue, Func<CancellationToken, Task> function, QueueSettings? settings = null) =>
        new(
            _service,
            queue,
            settings ?? new QueueSettings(),
            (message, cancellationToken) =>
            {
                _deliveries.Enqueue(message.DequeueCount);
                return function(cancellationToken);
            },
            _time,
            _logs.CreateLogger(nameof(MessageRun))
        );

    /// <summary>Lets the time of one renewal pass; the next is waited for only after this one has its answer.</summary>
    private async Task RenewAsync()
    {
        await _time.WhenArmedAsync();
        _time.Advance(MessageRun.Hidden / 3);
        await _time.WhenArmedAsync();
    }

    private async Task<QueueMessage> SendAndReceiveAsync(string queue)
    {
        await _service.SendAsync(queue, "text", CancellationToken.None);
        return await ReceiveAsync(queue);
    }

    private async Task<QueueMessage> ReceiveAsync(string queue) =>
        Assert.Single(await _service.Queue(queue).ReceiveAsync(32, TimeSpan.FromDays(1), CancellationToken.None));

    private async Task<bool> IsHiddenAsync(string queue) =>
        (await _service.Queue(queue).ReceiveAsync(1, TimeSpan.FromDays(1), CancellationToken.None)).Length == 0;

    /// <summary>Returns the number of messages in a queue, the hidden ones too.</summary>
    private async Task<int> CountAsync(string queue) => (await _service.Queue(queue).GetPropertiesAsync()).Value.ApproximateMessagesCount;

    /// <summary>The first update of a message fails as it does when the identity endpoint does not answer.</summary>
    private sealed class NoTokenOnce : HttpPipelinePolicy
    {
        private int _updates;

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();

        public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            message.Request.Method == RequestMethod.Put && Interlocked.Increment(ref _updates) == 1
                ? throw new AuthenticationFailedException("The identity endpoint does not answer.")
                : ProcessNextAsync(message, pipeline);
    }
}
