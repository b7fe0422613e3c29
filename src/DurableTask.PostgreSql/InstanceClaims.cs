using Microsoft.Extensions.Logging;
using Npgsql;
using Quorum.DurableTask.PostgreSql.Sessions;
using Quorum.DurableTask.PostgreSql.Store;

namespace Quorum.DurableTask.PostgreSql;

/// <summary>Claims the instances that no process holds, and keeps the memory of this process the same as what it owns in the database.
/// Claims are due when another process says so; a periodic sweep finds what a lost connection missed.</summary>
internal sealed partial class InstanceClaims(
    PostgresOrchestrationOptions options,
    WorkerStore store,
    SessionHub hub,
    PostgresOutage outage,
    ILogger logger
)
{
    private const int MaxPerClaim = 100;
    private const int SweepsPerCheck = 10;

    private static readonly TimeSpan RetryBroken = TimeSpan.FromSeconds(1);

    /// <summary>Claims until the token ends.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        long? lastCheck = null; // null: one is due
        var failures = new ClaimFailures(options.Time, options.Lease);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                IReadOnlyList<ClaimedInstance> claimed;
                do
                {
                    claimed = await store.ClaimAsync(MaxPerClaim, failures.MayTakeOver, cancellationToken);
                    if (claimed.Count > 0)
                    {
                        LogClaimed(logger, claimed.Count);
                        hub.Recovery.Recover(claimed);
                    }
                } while (claimed.Count == MaxPerClaim);

                var isPeriodic = lastCheck is not { } last || options.Time.GetElapsedTime(last) >= options.SweepPeriod * SweepsPerCheck;
                if (hub.Claims.TakeCheck() || isPeriodic)
                {
                    lastCheck = options.Time.GetTimestamp();
                    await CheckOwnAsync(cancellationToken);
                    outage.Works(HubPart.Sweep);
                }

                if (failures.Succeeded() is { } grace)
                {
                    hub.Claims.At(options.Time.GetUtcNow().UtcDateTime + grace);
                }

                await hub.Claims.WaitAsync(options.SweepPeriod, cancellationToken);
            }
            catch (NpgsqlException e)
            {
                outage.Failed(HubPart.Sweep, e);
                lastCheck = null;
                await DelayAsync(failures.Failed(), cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // the loop's edge: without it nothing would be claimed until a restart
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogBroken(logger, e);
                await DelayAsync(RetryBroken, cancellationToken);
            }
        }
    }

    /// <summary>Compares memory and database: the instances that this worker owns there must be in memory, with their inboxes, and no
    /// others.</summary>
    private async Task CheckOwnAsync(CancellationToken cancellationToken)
    {
        OrchestrationSession[] before = [.. hub.Resident.Where(session => session.IsInserted)]; // before the query: its result lacks later ones
        var own = await store.ListOwnAsync(cancellationToken);
        InstanceRecovery.DropAllBut(own, before);
        foreach (var instanceId in own.Keys)
        {
            if (hub.Find(instanceId) is null)
            {
                hub.Recovery.Reload(instanceId);
            }
        }

        var waiting = await store.ListOwnWithMessagesAsync(cancellationToken);
        if (waiting.Length > 0)
        {
            await hub.Messages.DeliverInboxAsync(waiting);
        }
    }

    private async Task DelayAsync(TimeSpan period, CancellationToken cancellationToken) =>
        await Task.Delay(period, options.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    [LoggerMessage(2402, LogLevel.Information, "Claimed {Count} instances")]
    private static partial void LogClaimed(ILogger logger, int count);

    [LoggerMessage(2409, LogLevel.Error, "Claiming instances failed unexpectedly; it is repeated")]
    private static partial void LogBroken(ILogger logger, Exception exception);
}
