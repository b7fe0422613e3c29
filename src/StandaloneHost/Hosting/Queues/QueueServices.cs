using System.Collections.Concurrent;
using Azure.Storage.Queues;
using Quorum.StandaloneHost.Queues;

namespace Quorum.StandaloneHost.Hosting.Queues;

/// <summary>The queue services of the storage accounts that the app's functions name: one per account, under all of its names.</summary>
internal sealed class QueueServices
{
    private readonly ConcurrentDictionary<Uri, QueueService> _services = new();

    public QueueService Of(QueueServiceClient account) =>
        _services.GetOrAdd(account.Uri, static (_, client) => new QueueService(client), account);
}
