using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Quorum.EmbeddedRuntime.Hosting.Settings;
using Quorum.EmbeddedRuntime.Queues;
using Quorum.EmbeddedRuntime.Tests.Worker.App;
using Quorum.LocalServices.Azurite;
using Quorum.Testing;

namespace Quorum.EmbeddedRuntime.Tests.Queues;

/// <summary>A storage service that goes away and comes back.</summary>
public sealed class AzuriteRestartTests
{
    [Fact]
    public async Task The_listener_says_once_that_the_queue_is_away_and_goes_on_by_itself_when_it_is_back()
    {
        using var folder = new TemporaryFolder();
        using var logs = new RecordedLogs();
        using var logging = LoggerFactory.Create(builder => builder.AddProvider(logs));
        using var stop = new CancellationTokenSource();
        var options = new LocalAzuriteOptions { DataDirectory = folder["azurite"] };
        var azurite = await LocalAzurite.StartAsync(options);
        options = options with { BlobPort = azurite.BlobPort, QueuePort = azurite.QueuePort, TablePort = azurite.TablePort };
        using var service = new QueueService(StorageAccount.Parse(azurite.ConnectionString), TimeProvider.System);
        var received = new ConcurrentDictionary<string, TaskCompletionSource>(StringComparer.Ordinal);
        using var listener = new QueueListener(
            service,
            "work",
            new QueueSettings { MaxPollingInterval = TimeSpan.FromMilliseconds(200) },
            (message, _) => Task.FromResult(Signal(message.Text).TrySetResult()),
            TimeProvider.System,
            logging.CreateLogger<QueueListener>());
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

            var sending = Assert.ThrowsAnyAsync<HttpRequestException>(() => service.SendAsync("work", "lost", CancellationToken.None));
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

        TaskCompletionSource Signal(string text) => received.GetOrAdd(text, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

        int Count(string text) => logs.Entries.Count(entry => entry.Message.Contains(text, StringComparison.Ordinal));
    }
}
