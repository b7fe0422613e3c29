using Microsoft.Extensions.Logging;
using Npgsql;
using Quorum.DurableTask.PostgreSql.Store;
using Quorum.Shared.Postgres;

namespace Quorum.DurableTask.PostgreSql;

/// <summary>The membership of one process in the hub: its lease, which it takes, renews and gives up.</summary>
internal sealed partial class HubLease(
    PostgresOrchestrationOptions options,
    LeaseStore store,
    HubMigrator migrator,
    PostgresOutage outage,
    ILogger logger
)
{
    private static readonly TimeSpan RetryRenewal = TimeSpan.FromMilliseconds(250);

    /// <summary>Applies migrations and takes the lease. Waits while PostgreSQL is unavailable.</summary>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await migrator.MigrateAsync(options.HubName, cancellationToken);
                await store.RenewLeaseAsync(options.Lease, cancellationToken);
                await store.ForgetWorkersAsync(cancellationToken);
                outage.Works(HubPart.Start);
                return;
            }
            catch (NpgsqlException e) when (e.IsTemporary())
            {
                outage.Failed(HubPart.Start, e);
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(2000, 100 * attempt)), options.Time, cancellationToken);
            }
        }
    }

    /// <summary>Renews the lease until the token ends. After a failure it is tried more often, so that the first process to reach PostgreSQL
    /// again does not treat the others as dead.</summary>
    /// <param name="onExpired">Called when the lease had expired before it was renewed.</param>
    /// <param name="cancellationToken">Ends the renewals.</param>
    public async Task RenewAsync(Action onExpired, CancellationToken cancellationToken)
    {
        var period = options.Lease / 3;
        var next = period;
        while (true)
        {
            try
            {
                await Task.Delay(next, options.Time, cancellationToken);
                var hadExpired = await RenewInTimeAsync(period, cancellationToken);
                outage.Works(HubPart.Lease);
                next = period;
                if (hadExpired)
                {
                    LogExpired(logger);
                    onExpired();
                }
            }
            catch (NpgsqlException e)
            {
                outage.Failed(HubPart.Lease, e);
                next = period < RetryRenewal ? period : RetryRenewal;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // the loop's edge: without it the lease would expire
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogBroken(logger, e);
                next = period < RetryRenewal ? period : RetryRenewal;
            }
        }
    }

    /// <summary>Gives up the lease. If PostgreSQL is unavailable, it expires by itself.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.LeaveAsync(cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            outage.Failed(HubPart.Lease, e);
        }
    }

    // An attempt without an answer must leave time for another one on another connection.
    private async Task<bool> RenewInTimeAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(atMost, options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await store.RenewLeaseAsync(options.Lease, either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NpgsqlException($"The lease was not renewed within {atMost}.", e);
        }
    }

    [LoggerMessage(
        2405,
        LogLevel.Warning,
        "The lease of this process expired before it was renewed; instances that other processes took over are dropped"
    )]
    private static partial void LogExpired(ILogger logger);

    [LoggerMessage(2408, LogLevel.Error, "Renewing the lease failed unexpectedly; it is repeated")]
    private static partial void LogBroken(ILogger logger, Exception exception);
}
