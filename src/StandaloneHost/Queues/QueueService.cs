using System.Collections.Concurrent;
using System.Diagnostics;
using Quorum.StandaloneHost.Telemetry;

namespace Quorum.StandaloneHost.Queues;

/// <summary>A storage account of the app: its queues, and who listens to which of them in this process.</summary>
internal sealed class QueueService : IDisposable
{
    private readonly StorageAccount _account;
    private readonly TimeProvider _time;
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(5),
        ActivityHeadersPropagator = null, // and so no span of its own for each look at an empty queue
    })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };

    private readonly ConcurrentDictionary<string, Action> _listeners = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, QueueClient> _created = new(StringComparer.Ordinal);

    public QueueService(StorageAccount account, TimeProvider time)
    {
        _account = account;
        _time = time;
    }

    public QueueClient Queue(string name) => new(_http, _account, name, _time);

    /// <summary>Sends a message to a queue, which is created when it does not exist, and wakes its listener here.</summary>
    public async Task SendAsync(string queue, string text, CancellationToken cancellationToken)
    {
        using var span = StartSpan(queue);
        if (!_created.TryGetValue(queue, out var client))
        {
            client = Queue(queue);
            await client.CreateAsync(cancellationToken);
            _created.TryAdd(queue, client);
        }

        try
        {
            await client.SendMessageAsync(text, cancellationToken);
        }
        catch (QueueException e) when (e.Code == "QueueNotFound")
        {
            await client.CreateAsync(cancellationToken); // deleted since
            await client.SendMessageAsync(text, cancellationToken);
        }

        if (_listeners.TryGetValue(queue, out var wake))
        {
            wake();
        }
    }

    /// <summary>Has a listener woken when this process sends to its queue.</summary>
    public void Listen(string queue, Action wake) => _listeners.AddOrUpdate(queue, wake, (_, others) => others + wake);

    public void Dispose() => _http.Dispose();

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
