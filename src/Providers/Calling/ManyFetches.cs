using System.Collections.Concurrent;
using Quorum.MarketData;

namespace Quorum.Providers;

/// <summary>Asks one provider for many listings: in batches where it has them, else one by one. One listing that spoils a whole batch is
/// taken out and the rest asked again, at most once for each; where the provider does not say which one it is, they are asked one by one
/// (N15).</summary>
/// <param name="client">Every request goes its way: quota, breaker, retries and deadline hold as for any other.</param>
/// <param name="adapter"><see langword="null"/> when the provider has no batches.</param>
internal sealed class ManyFetches(ProviderClient client, IBatchAdapter? adapter, DateTimeOffset deadline, CallPurpose purpose)
{
    /// <summary>Requests under way at a time, batches or single ones.</summary>
    private const int MaxRequests = 8;

    /// <summary>The places of listings to ask for one by one.</summary>
    private readonly ConcurrentBag<int> _single = [];

    public async Task<FetchOutcome[]> RunAsync(IReadOnlyList<ProviderListing> listings, CancellationToken cancellationToken)
    {
        var outcomes = new FetchOutcome[listings.Count];
        var quota = adapter?.CountCalls(2) > 1 ? await client.Quota.ReadAsync(cancellationToken) : null;
        await EachAsync(Divide(listings, quota), (batch, token) => FetchBatchAsync(batch, listings, outcomes, token), cancellationToken);
        await EachAsync(
            _single,
            async (place, token) => outcomes[place] = await client.FetchAsync(listings[place], deadline, purpose, token),
            cancellationToken
        );
        return outcomes;
    }

    /// <summary>The batches, as places of listings; what fits into none is left to be asked alone.</summary>
    private IEnumerable<int[]> Divide(IReadOnlyList<ProviderListing> listings, ProviderQuota? quota)
    {
        var batchable = new List<int>();
        for (var place = 0; place < listings.Count; place++)
        {
            if (adapter is { MaxBatch: > 1 } && adapter.IsBatchable(listings[place]))
            {
                batchable.Add(place);
            }
            else
            {
                _single.Add(place);
            }
        }

        return batchable.Count == 0 ? [] : batchable.Chunk(ChunkSize(quota));
    }

    /// <summary>
    /// Returns the size of a batch. Where a batch costs a call per symbol, it is limited by the quota left, which would otherwise reject it
    /// as a whole.
    /// </summary>
    private int ChunkSize(ProviderQuota? quota) =>
        quota?.LeftFor(purpose) is { } left ? Math.Clamp(left, 1, adapter!.MaxBatch) : adapter!.MaxBatch;

    private async Task FetchBatchAsync(
        int[] places,
        IReadOnlyList<ProviderListing> listings,
        FetchOutcome[] outcomes,
        CancellationToken cancellationToken
    )
    {
        var left = places.ToList();
        while (left.Count > 1)
        {
            var outcome = await client.FetchBatchAsync([.. left.Select(place => listings[place])], deadline, purpose, cancellationToken);
            if (outcome.Culprit is not { } culprit)
            {
                for (var i = 0; i < left.Count; i++)
                {
                    outcomes[left[i]] = outcome.Items[i];
                }

                return;
            }

            if (culprit == IBatchAdapter.UnnamedCulprit)
            {
                break;
            }

            outcomes[left[culprit]] = outcome.Items[culprit];
            left.RemoveAt(culprit);
        }

        foreach (var place in left)
        {
            _single.Add(place);
        }
    }

    private static Task EachAsync<T>(
        IEnumerable<T> parts,
        Func<T, CancellationToken, Task> fetchAsync,
        CancellationToken cancellationToken
    ) =>
        Parallel.ForEachAsync(
            parts,
            new ParallelOptions { MaxDegreeOfParallelism = MaxRequests, CancellationToken = cancellationToken },
            async (part, token) => await fetchAsync(part, token)
        );
}
