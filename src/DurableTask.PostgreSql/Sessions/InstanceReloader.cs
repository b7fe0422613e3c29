using Microsoft.Extensions.Logging;
using Npgsql;
using Quorum.DurableTask.PostgreSql.Store;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>
/// Reads instances again that this worker owns in the database but does not have in memory. Any number may be asked for at once: they share
/// queries, one at a time.
/// </summary>
internal sealed partial class InstanceReloader(SessionHub hub, WorkerStore store, PostgresOutage outage, ILogger logger)
{
    /// <summary>The maximum number of instances in one query.</summary>
    public const int MaxPerQuery = 100;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private bool _isRunning;

    /// <summary>Reads an instance again, soon. One that waits already is read once.</summary>
    public void Reload(string instanceId)
    {
        lock (_gate)
        {
            _waiting.Add(instanceId);
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
        }

        _ = RunAsync();
    }

    private async Task RunAsync()
    {
        await Task.Yield(); // the caller may hold a lock; those that ask now share the first query
        while (Take() is { } group)
        {
            // A session here is of a later claim: reading the instance again would take it away from that session.
            string[] missing = [.. group.Where(instanceId => hub.Find(instanceId) is null)];
            if (missing.Length == 0 || hub.IsStopping)
            {
                continue;
            }

            try
            {
                hub.Recovery.Recover(await store.ReloadAsync(missing, CancellationToken.None));
            }
            catch (NpgsqlException e)
            {
                outage.Failed(HubPart.Sweep, e);
                hub.Claims.CheckSoon(); // the check finds them again
            }
#pragma warning disable CA1031 // the loop's edge: without it nothing would be reloaded until a restart
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogNotReloaded(logger, e);
                hub.Claims.CheckSoon();
            }
        }
    }

    private string[]? Take()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _isRunning = false;
                return null;
            }

            string[] group = [.. _waiting.Take(MaxPerQuery)];
            _waiting.ExceptWith(group);
            return group;
        }
    }

    [LoggerMessage(2306, LogLevel.Error, "Reading instances again failed unexpectedly; the next check repeats it")]
    private static partial void LogNotReloaded(ILogger logger, Exception exception);
}
