using System.Collections.Concurrent;
using System.Diagnostics;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.Queues;

/// <summary>A storage account of the app: its queues, and the listeners of each in this process.</summary>
internal sealed class QueueService(QueueServiceClient account)
{
    private readonly ConcurrentDictionary<string, Action> _listeners = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, QueueClient> _created = new(StringComparer.Ordinal);

    public QueueClient Queue(string name) => account.GetQueueClient(name);

    /// <summary>Sends a message to a queue, which is created if it does not exist, and wakes its listener in this process.</summary>
    public async Task SendAsync(string queue, string text, CancellationToken cancellationToken)
    {
        using var span = StartSpan(queue);
        if (!_created.TryGetValue(queue, out var client))
        {
            client = Queue(queue);
            await client.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            _created.TryAdd(queue, client);
        }

        try
        {
            await client.SendTextAsync(text, cancellationToken);
        }
        catch (RequestFailedException fault) when (fault.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            await client.CreateIfNotExistsAsync(cancellationToken: cancellationToken); // deleted since
            await client.SendTextAsync(text, cancellationToken);
        }

        if (_listeners.TryGetValue(queue, out var wake))
        {
            wake();
        }
    }

    /// <summary>Registers a callback for messages that this process sends to a queue.</summary>
    public void Listen(string queue, Action wake) => _listeners.AddOrUpdate(queue, wake, (_, others) => others + wake);

    private static Activity? StartSpan(string queue)
    {
        if (!StandaloneTelemetry.Source.HasListeners())
        {
            return null;
        }

        var span = StandaloneTelemetry.Source.CreateActivity($"send {queue}", ActivityKind.Producer);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("messaging.system", "azure_storage_queues");
            span.SetTag("messaging.operation.type", "send");
            span.SetTag("messaging.destination.name", queue);
        }

        return span?.Start();
    }
}
