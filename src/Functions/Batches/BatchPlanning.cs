using Microsoft.Extensions.Options;
using Quorum.MarketData;
using Quorum.Providers;
using Quorum.Storage;

namespace Quorum.Functions.Batches;

/// <summary>
/// Decides on a batch's next window: whom to ask, whose quota is waited for, and how many items fit into what that leaves.
/// </summary>
/// <remarks>A provider is waited for when its quota, less what is reserved for interactive calls, lets the batch end within
/// <see cref="BatchOptions.QuotaPatience"/> of its beginning. Any other is asked too, for as long as it has quota; then the items go
/// without it. So a batch is as complete as can be had in that time, and no plan of 25 calls a day makes it last a month.</remarks>
public sealed class BatchPlanning(ProviderFleet fleet, TimeProvider time, IOptions<BatchOptions> options)
{
    /// <summary>A window costs a handful of steps however small it is; what it lacks in quota it waits for.</summary>
    private const int SmallestWindow = 8;

    public int LargestWindow => options.Value.Window;

    public async Task<BatchStep> NextAsync(BatchPlan plan, CancellationToken cancellationToken)
    {
        var step = new BatchStep { Progress = BatchProgress.Of(plan.Batch) };
        if (plan.Batch.IsFinished)
        {
            return step with { IsOver = true };
        }

        if (plan.Due.Count == 0)
        {
            return step with { WaitUntil = plan.NotBefore ?? time.GetUtcNow() };
        }

        var now = time.GetUtcNow();
        var open = plan.Batch.Total - plan.Batch.Done - plan.Batch.Failed - plan.Batch.Cancelled;
        var left = (plan.Batch.StartedAt ?? now) + options.Value.QuotaPatience - now;
        var providers = new List<ProviderTurn>(ProviderId.All.Count);
        var window = plan.Due.Count;
        foreach (var provider in ProviderId.All)
        {
            if (!fleet.IsEnabled(provider))
            {
                continue;
            }

            var quota = await fleet.QuotaForAsync(provider, cancellationToken);
            var waits = QuotaPace.LetsThrough(quota, fleet.PermitsFor(provider, open), left, now);
            providers.Add(new ProviderTurn(provider, waits));
            if (waits && QuotaPace.Room(quota) is { } room && fleet.PermitsFor(provider, window) > room)
            {
                window = Math.Min(window, Math.Max(SmallestWindow, room));
            }
        }

        return step with
        {
            Ordinals = [.. plan.Due.Take(window)],
            Providers = providers,
        };
    }
}
