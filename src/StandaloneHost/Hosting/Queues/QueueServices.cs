using System.Collections.Concurrent;
using Quorum.StandaloneHost.Queues;

namespace Quorum.StandaloneHost.Hosting.Queues;

/// <summary>The queue services of the storage accounts that the app's functions name, one each, whatever name led to it.</summary>
internal sealed class QueueServices(TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<Uri, QueueService> _services = new();

    public QueueService Of(StorageAccount account) =>
        _services.GetOrAdd(account.QueueEndpoint, static (_, made) => new QueueService(made.account, made.time), (account, time));

    public void Dispose()
    {
        foreach (var service in _services.Values)
        {
            service.Dispose();
        }
    }
}
