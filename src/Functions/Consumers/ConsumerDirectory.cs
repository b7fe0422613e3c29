using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using Quorum.Storage;

namespace Quorum.Functions.Consumers;

/// <summary>All consumers with their keys' hashes in memory, so that no request needs PostgreSQL to know its caller.</summary>
public sealed class ConsumerDirectory(ConsumerStore store, TimeProvider time, IOptions<ConsumerOptions> options) : IDisposable
{
    private readonly int _unknownSymbolCalls = options.Value.UnknownSymbolCalls;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private FrozenDictionary<string, ConsumerAccount> _byHash = FrozenDictionary<string, ConsumerAccount>.Empty;

    /// <summary>Callers without a key.</summary>
    public ConsumerAccount WithoutKey { get; } = new("", consumer: null, options.Value.UnknownSymbolCalls, time);

    /// <summary>True if there is no consumer: everything belongs to one owner, and no key is needed.</summary>
    public bool IsEmpty => Volatile.Read(ref _byHash).Count == 0;

    /// <summary>The accounts of all consumers, and of callers without a key.</summary>
    public IEnumerable<ConsumerAccount> Accounts =>
        Volatile.Read(ref _byHash).Values.OrderBy(account => account.Name, StringComparer.Ordinal).Prepend(WithoutKey);

    /// <summary><see langword="null"/> when no consumer has the key.</summary>
    public ConsumerAccount? Find(string key) => Volatile.Read(ref _byHash).GetValueOrDefault(ConsumerKey.HashOf(key));

    /// <summary>Stores the usage of this process, then loads the consumers and the usage of all processes.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await StoreUsageAsync(cancellationToken);
            var known = Volatile.Read(ref _byHash);
            var consumers = await store.ListAsync(cancellationToken);
            Volatile.Write(
                ref _byHash,
                consumers.ToFrozenDictionary(
                    consumer => consumer.KeyHash,
                    consumer =>
                        known.GetValueOrDefault(consumer.KeyHash)
                        ?? new ConsumerAccount(consumer.Name, consumer, _unknownSymbolCalls, time),
                    StringComparer.Ordinal
                )
            );
            var day = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
            var usage = (await store.LoadUsageAsync(day, cancellationToken)).ToDictionary(one => one.Consumer, StringComparer.Ordinal);
            foreach (var account in Accounts)
            {
                account.SetStored(day, usage.GetValueOrDefault(account.Name, new ConsumerUsage(account.Name, 0, 0, 0)));
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task StoreUsageAsync(CancellationToken cancellationToken)
    {
        var added = Accounts
            .Select(account => (Account: account, Added: account.TakeAdded()))
            .Where(one => one.Added is not null)
            .Select(one => (one.Account, one.Added!.Value.Day, one.Added.Value.Usage)) // Filtered above.
            .ToList();
        // In the order of the days: after a failure, those from this one on are not stored.
        foreach (var day in added.GroupBy(one => one.Day).OrderBy(group => group.Key))
        {
            try
            {
                await store.AddUsageAsync(day.Key, [.. day.Select(one => one.Usage)], cancellationToken);
            }
            catch
            {
                foreach (var (account, of, usage) in added.Where(one => one.Day >= day.Key))
                {
                    account.Return(of, usage);
                }

                throw;
            }
        }
    }
}
