using System.Collections.Concurrent;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Azure.Storage.Sas;
using Microsoft.Extensions.Logging.Abstractions;
using Quorum.StandaloneHost.Hosting.Settings;
using Quorum.StandaloneHost.Queues;
using Quorum.Testing;
using Quorum.Testing.Azurite;

namespace Quorum.StandaloneHost.Tests.Queues;

/// <summary>The guarantees for a queue trigger, against the real protocol.</summary>
public sealed class QueueListenerTests : IAsyncLifetime
{
    private readonly string _name = $"q-{Guid.NewGuid():N}";
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _listening = [];
    private QueueService _service = null!; // set before each test

    public async Task InitializeAsync() =>
        _service = new QueueService(StorageConnection.Open(await AzuriteServer.GetConnectionStringAsync()));

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_listening);
        _stop.Dispose();
    }

    [Fact]
    public async Task Every_message_reaches_the_function_and_is_deleted()
    {
        var texts = new ConcurrentBag<string>();
        var all = new TaskCompletionSource();
        Listen(
            new QueueSettings(),
            (message, _) =>
            {
                texts.Add(message.MessageText);
                if (texts.Count == 100)
                {
                    all.TrySetResult();
                }

                return Task.CompletedTask;
            }
        );

        await Task.WhenAll(
            Enumerable.Range(0, 100).Select(n => _service.SendAsync(_name, $"<message> & \"{n}\" ü€", CancellationToken.None))
        );
        await all.Task.WithinAsync();
        await StopAsync();

        Assert.Equal(
            Enumerable.Range(0, 100).Select(n => $"<message> & \"{n}\" ü€").Order(StringComparer.Ordinal),
            texts.Order(StringComparer.Ordinal)
        );
        Assert.Empty(await _service.Queue(_name).ReceiveAsync(32, TimeSpan.FromSeconds(1), CancellationToken.None));
    }

    [Fact]
    public async Task A_message_that_always_fails_ends_in_the_poison_queue_after_the_last_delivery()
    {
        var deliveries = new ConcurrentQueue<long>();
        Listen(
            new QueueSettings { MaxDequeueCount = 3 },
            (message, _) =>
            {
                deliveries.Enqueue(message.DequeueCount);
                throw new FormatException("never");
            }
        );

        await _service.SendAsync(_name, "bad", CancellationToken.None);
        var poison = await FirstOfAsync(_name + "-poison");

        Assert.Equal("bad", poison.MessageText);
        Assert.Equal([1, 2, 3], deliveries);
    }

    [Fact]
    public async Task A_failure_is_delivered_again_and_may_succeed()
    {
        var done = new TaskCompletionSource<long>();
        Listen(
            new QueueSettings(),
            (message, _) =>
            {
                if (message.DequeueCount == 1)
                {
                    throw new TimeoutException();
                }

                done.SetResult(message.DequeueCount);
                return Task.CompletedTask;
            }
        );

        await _service.SendAsync(_name, "flaky", CancellationToken.None);

        Assert.Equal(2, await done.Task.WaitAsync(SignalTasks.Deadline));
    }

    [Fact]
    public async Task A_slow_message_does_not_hold_up_the_others()
    {
        var slow = new TaskCompletionSource();
        var others = new CountdownEvent(40);
        var othersDone = new TaskCompletionSource();
        Listen(
            new QueueSettings { BatchSize = 8, NewBatchThreshold = 4 },
            async (message, _) =>
            {
                if (message.MessageText == "slow")
                {
                    await slow.Task;
                    return;
                }

                if (others.Signal())
                {
                    othersDone.SetResult();
                }
            }
        );

        await _service.SendAsync(_name, "slow", CancellationToken.None);
        foreach (var n in Enumerable.Range(0, 40))
        {
            await _service.SendAsync(_name, $"{n}", CancellationToken.None);
        }

        await othersDone.Task.WithinAsync();
        slow.SetResult();
    }

    [Fact]
    public async Task No_more_run_at_once_than_a_batch_on_top_of_the_threshold()
    {
        const int Messages = 60,
            BatchSize = 4,
            Threshold = 2;
        var running = 0;
        var most = 0;
        using var started = new SemaphoreSlim(0);
        using var mayEnd = new SemaphoreSlim(0);
        using var ended = new SemaphoreSlim(0);
        await Task.WhenAll(Enumerable.Range(0, Messages).Select(n => _service.SendAsync(_name, $"{n}", CancellationToken.None)));
        Listen(
            new QueueSettings { BatchSize = BatchSize, NewBatchThreshold = Threshold },
            async (_, cancellationToken) =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref running));
                started.Release();
                await mayEnd.WaitAsync(cancellationToken);
                Interlocked.Decrement(ref running);
                ended.Release();
            }
        );

        for (var i = 0; i < BatchSize; i++)
        {
            await started.WaitAsync().WithinAsync();
        }

        await _service.Queue(_name + "-other").CreateIfNotExistsAsync();
        for (var i = 0; i < Messages; i++)
        {
            mayEnd.Release(); // one at a time, while others run
            await ended.WaitAsync().WithinAsync();
            // Time enough to take too many.
            await _service.Queue(_name + "-other").ReceiveAsync(1, TimeSpan.FromSeconds(1), CancellationToken.None);
        }

        Assert.InRange(most, BatchSize, BatchSize + Threshold);
    }

    [Fact]
    public async Task A_message_taken_by_a_process_that_died_comes_again()
    {
        await _service.SendAsync(_name, "left", CancellationToken.None);
        await _service.Queue(_name).ReceiveAsync(1, TimeSpan.FromSeconds(1), CancellationToken.None);
        var again = new TaskCompletionSource<long>();
        Listen(
            new QueueSettings { MaxPollingInterval = TimeSpan.FromMilliseconds(200) },
            (message, _) =>
            {
                again.TrySetResult(message.DequeueCount);
                return Task.CompletedTask;
            }
        );

        Assert.Equal(2, await again.Task.WaitAsync(SignalTasks.Deadline));
    }

    [Fact]
    public async Task A_stop_cancels_the_functions_that_run_and_waits_for_them()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var mayEnd = new TaskCompletionSource();
        Listen(
            new QueueSettings(),
            async (_, cancellationToken) =>
            {
                await using var registration = cancellationToken.Register(() => cancelled.SetResult());
                started.SetResult();
                await mayEnd.Task;
            }
        );
        await _service.SendAsync(_name, "under way", CancellationToken.None);
        await started.Task.WithinAsync();

        var stopping = StopAsync();
        await cancelled.Task.WithinAsync();
        Assert.False(stopping.IsCompleted);
        mayEnd.SetResult();
        await stopping.WithinAsync();

        Assert.Equal(0, (await _service.Queue(_name).GetPropertiesAsync()).Value.ApproximateMessagesCount); // it succeeded
    }

    [Fact]
    public async Task A_text_beyond_the_limit_of_the_service_is_refused_before_it_is_sent()
    {
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() =>
            _service.SendAsync(_name, new string('x', 65_537), CancellationToken.None)
        );

        Assert.Contains("must not exceed 65536 bytes; it has 65537", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shared_access_signature_is_enough_to_send_and_receive()
    {
        var account = new QueueServiceClient(await AzuriteServer.GetConnectionStringAsync());
        var signature = account.GenerateAccountSasUri(
            AccountSasPermissions.All,
            DateTimeOffset.UtcNow.AddHours(1),
            AccountSasResourceTypes.All
        );
        _service = new QueueService(
            StorageConnection.Open(
                $"QueueEndpoint={signature.GetLeftPart(UriPartial.Path)};SharedAccessSignature={signature.Query.TrimStart('?')}"
            )
        );
        var received = new TaskCompletionSource<string>();
        Listen(new QueueSettings(), (message, _) => Task.FromResult(received.TrySetResult(message.MessageText)));

        await _service.SendAsync(_name, "signed", CancellationToken.None);

        Assert.Equal("signed", await received.Task.WaitAsync(SignalTasks.Deadline));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen) { }
    }

    private void Listen(QueueSettings settings, Func<QueueMessage, CancellationToken, Task> process)
    {
        var listener = new QueueListener(_service, _name, settings, process, TimeProvider.System, NullLogger<QueueListener>.Instance);
        _listening.Add(listener.RunAsync(_stop.Token));
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_listening);
    }

    // Through a listener of its own, which waits as a reader of the queue does.
    private async Task<QueueMessage> FirstOfAsync(string queue)
    {
        var first = new TaskCompletionSource<QueueMessage>();
        var listener = new QueueListener(
            _service,
            queue,
            new QueueSettings(),
            (message, _) => Task.FromResult(first.TrySetResult(message)),
            TimeProvider.System,
            NullLogger<QueueListener>.Instance
        );
        _listening.Add(listener.RunAsync(_stop.Token));
        return await first.Task.WaitAsync(SignalTasks.Deadline);
    }
}
