using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Quorum.LocalServices.Azurite;
using Quorum.StandaloneHost.Hosting.Settings;
using Quorum.StandaloneHost.Queues;
using Quorum.Testing;

namespace Quorum.StandaloneHost.Tests.Queues;

/// <summary>A storage service that goes away and comes back, or is slow.</summary>
public sealed class AzuriteRestartTests
{
    [Fact]
    public async Task A_slow_service_delays_messages_and_neither_loses_nor_repeats_one()
    {
        const int Messages = 40;
        using var folder = new TemporaryFolder();
        using var logs = new FakeLoggerProvider();
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(logs));
        using var stop = new CancellationTokenSource();
        await using var azurite = await LocalAzurite.StartAsync(
            new LocalAzuriteOptions { DataDirectory = folder["azurite"], InMemory = true }
        );
        await using var slow = new SlowLine(azurite.QueuePort, TimeSpan.FromMilliseconds(400));
        var quick = new QueueService(StorageConnection.Open(azurite.ConnectionString));
        var service = new QueueService(
            StorageConnection.Open(azurite.ConnectionString.Replace($":{azurite.QueuePort}/", $":{slow.Port}/", StringComparison.Ordinal))
        );
        await Task.WhenAll(Enumerable.Range(0, Messages).Select(number => quick.SendAsync("work", $"{number}", CancellationToken.None)));
        var deliveries = new ConcurrentBag<string>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new QueueListener(
            service,
            "work",
            new QueueSettings(),
            (message, _) =>
            {
                deliveries.Add(message.MessageText);
                return deliveries.Count == Messages ? Task.FromResult(all.TrySetResult()) : Task.CompletedTask;
            },
            TimeProvider.System,
            logging.CreateLogger<QueueListener>()
        );

        var listening = listener.RunAsync(stop.Token);
        await all.Task.WithinAsync();
        await stop.CancelAsync();
        await listening.WithinAsync();

        Assert.Equal(Messages, deliveries.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Messages, deliveries.Count);
        Assert.Empty(await quick.Queue("work").ReceiveAsync(32, TimeSpan.FromSeconds(1), CancellationToken.None));
        Assert.DoesNotContain(logs.Collector.GetSnapshot(), entry => entry.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task The_listener_says_once_that_the_queue_is_away_and_goes_on_by_itself_when_it_is_back()
    {
        using var folder = new TemporaryFolder();
        using var logs = new FakeLoggerProvider();
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(logs));
        using var stop = new CancellationTokenSource();
        var options = new LocalAzuriteOptions { DataDirectory = folder["azurite"] };
        var azurite = await LocalAzurite.StartAsync(options);
        options = options with { BlobPort = azurite.BlobPort, QueuePort = azurite.QueuePort, TablePort = azurite.TablePort };
        var service = new QueueService(StorageConnection.Open(azurite.ConnectionString));
        var received = new ConcurrentDictionary<string, TaskCompletionSource>(StringComparer.Ordinal);
        using var listener = new QueueListener(
            service,
            "work",
            new QueueSettings { MaxPollingInterval = TimeSpan.FromMilliseconds(200) },
            (message, _) => Task.FromResult(Signal(message.MessageText).TrySetResult()),
            TimeProvider.System,
            logging.CreateLogger<QueueListener>()
        );
        var listening = listener.RunAsync(stop.Token);
        await service.SendAsync("work", "before", CancellationToken.None);
        await Signal("before").Task.WithinAsync();

        for (var restart = 1; restart <= 2; restart++)
        {
            await azurite.DisposeAsync();
            while (Count("cannot be read") < restart)
            {
                await Task.Yield();
            }

            var sending = Assert.ThrowsAsync<AggregateException>(() => service.SendAsync("work", "lost", CancellationToken.None));
            await sending.WithinAsync();
            azurite = await LocalAzurite.StartAsync(options);
            await service.SendAsync("work", $"after {restart}", CancellationToken.None);
            await Signal($"after {restart}").Task.WithinAsync();
        }

        await stop.CancelAsync();
        await listening.WithinAsync();
        await azurite.DisposeAsync();
        Assert.Equal(2, Count("cannot be read"));
        Assert.Equal(2, Count("can be read again"));
        Assert.False(received.ContainsKey("lost"));

        TaskCompletionSource Signal(string text) =>
            received.GetOrAdd(text, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

        int Count(string text) => logs.Collector.GetSnapshot().Count(entry => entry.Message.Contains(text, StringComparison.Ordinal));
    }
}
