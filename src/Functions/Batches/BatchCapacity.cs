using Microsoft.Extensions.Options;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary>Limits the items of stored batches, of all owners and of each consumer, so that no caller fills the disk.</summary>
public sealed class BatchCapacity(BatchStore store, TimeProvider time, IOptions<BatchOptions> options) : IDisposable
{
    private static readonly TimeSpan CountInterval = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _counting = new(1, 1);
    private readonly Lock _gate = new();
    private Dictionary<string, long> _items = new(StringComparer.Ordinal);
    private long? _countedAt;

    /// <summary>Takes room for the items of a batch that is to be stored.</summary>
    /// <param name="owner"><see langword="null"/> for the one owner, to whom only the maximum of all applies.</param>
    /// <returns>The limit that leaves no room; <see langword="null"/> when there is room.</returns>
    /// <exception cref="Npgsql.NpgsqlException">PostgreSQL does not answer.</exception>
    public async Task<BatchLimit?> TakeAsync(string? owner, int items, CancellationToken cancellationToken)
    {
        await CountAsync(cancellationToken);
        lock (_gate)
        {
            if (_items.Values.Sum() + items > options.Value.StoredItems)
            {
                return new BatchLimit(Owner: null, options.Value.StoredItems);
            }

            var own = _items.GetValueOrDefault(owner ?? "") + items;
            if (owner is not null && own > options.Value.StoredConsumerItems)
            {
                return new BatchLimit(owner, options.Value.StoredConsumerItems);
            }

            _items[owner ?? ""] = own;
            return null;
        }
    }

    public void Dispose() => _counting.Dispose();

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        if (IsRecent())
        {
            return;
        }

        await _counting.WaitAsync(cancellationToken);
        try
        {
            if (IsRecent())
            {
                return;
            }

            var now = time.GetTimestamp();
            var counted = await store.CountItemsAsync(cancellationToken);
            lock (_gate)
            {
                (_items, _countedAt) = (new Dictionary<string, long>(counted, StringComparer.Ordinal), now);
            }
        }
        finally
        {
            _counting.Release();
        }
    }

    private bool IsRecent()
    {
        lock (_gate)
        {
            return _countedAt is { } at && time.GetElapsedTime(at) < CountInterval;
        }
    }
}

/// <summary>The maximum number of items of stored batches.</summary>
/// <param name="Owner">The consumer whose batches it limits; <see langword="null"/> for those of all owners.</param>
public sealed record BatchLimit(string? Owner, int Items);
