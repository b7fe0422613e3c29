using DurableTask.Core;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quorum.DurableTask.PostgreSql.Store;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>Brings instances into memory as they are stored, and ends those that cannot be continued.</summary>
internal sealed partial class InstanceRecovery
{
    private readonly SessionHub _hub;
    private readonly WorkerStore _store;
    private readonly PostgresOutage _outage;
    private readonly ILogger _logger;
    private readonly InstanceReloader _reloader;

    public InstanceRecovery(SessionHub hub, WorkerStore store, PostgresOutage outage, ILogger logger)
    {
        _hub = hub;
        _store = store;
        _outage = outage;
        _logger = logger;
        _reloader = new InstanceReloader(hub, store, outage, logger);
    }

    /// <summary>Continues instances that this worker has claimed. A session of an earlier claim is dropped.</summary>
    public void Recover(IEnumerable<ClaimedInstance> claimed)
    {
        var recovered = new List<string>();
        foreach (var instance in claimed)
        {
            if (_hub.Find(instance.InstanceId) is { } stale && (stale.Incarnation, stale.Fence) != (instance.Incarnation, instance.Fence))
            {
                if (stale.Incarnation == instance.Incarnation && stale.Fence > instance.Fence)
                {
                    continue; // it is of a later claim, whose answer arrived first
                }

                stale.Replaced(instance.Incarnation);
            }

            try
            {
                var session = OrchestrationSession.Recover(_hub, instance);
                if (_hub.TryAdd(session))
                {
                    session.Resume();
                    recovered.Add(instance.InstanceId);
                }
            }
#pragma warning disable CA1031 // whatever one instance's data cause, the others are recovered
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogUnreadable(_logger, e, instance.InstanceId);
                _hub.Find(instance.InstanceId)?.Drop();
                Fail(instance.InstanceId, instance.Incarnation, instance.Fence, e);
            }
        }

        if (recovered.Count > 0)
        {
            _ = _hub.Messages.DeliverInboxAsync([.. recovered]); // a message stored after the claim and before now has found no session
        }
    }

    /// <summary>Drops the sessions that this worker no longer owns.</summary>
    /// <param name="own">The instances that this worker owns in the database.</param>
    /// <param name="insertedBefore">Sessions whose row was inserted before the query.</param>
    public static void DropAllBut(
        Dictionary<string, (long Incarnation, long Fence)> own,
        IReadOnlyCollection<OrchestrationSession> insertedBefore
    )
    {
        foreach (var session in insertedBefore)
        {
            if (!own.TryGetValue(session.InstanceId, out var held) || held != (session.Incarnation, session.Fence))
            {
                session.Drop();
            }
        }
    }

    /// <summary>Reads an instance again if this worker owns it in the database.</summary>
    public void Reload(string instanceId) => _reloader.Reload(instanceId);

    /// <summary>Continues an instance from what is stored: the effects of a committed turn could not begin.</summary>
    public void EffectsFailed(OrchestrationSession session, Exception exception)
    {
        LogEffectsFailed(_logger, exception, session.InstanceId);
        session.Unknown(exception);
        _hub.Claims.CheckSoon(); // its children may not have begun
    }

    /// <summary>Ends an instance that cannot continue as failed.</summary>
    public void Fail(string instanceId, long incarnation, long fence, Exception exception) =>
        _ = FailAsync(instanceId, incarnation, fence, exception);

    private async Task FailAsync(string instanceId, long incarnation, long fence, Exception exception)
    {
        try
        {
            if (await _store.FailAsync(instanceId, incarnation, fence, new FailureDetails(exception), CancellationToken.None) is { } parent)
            {
                await _hub.Messages.DeliverInboxAsync([parent]);
            }
        }
        catch (NpgsqlException e)
        {
            _outage.Failed(HubPart.Sweep, e); // the check finds it again, and so does its failure
            _hub.Claims.CheckSoon();
        }
    }

    [LoggerMessage(2301, LogLevel.Error, "Instance {InstanceId} ends as failed: what is stored of it cannot be read")]
    private static partial void LogUnreadable(ILogger logger, Exception exception, string instanceId);

    [LoggerMessage(
        2305,
        LogLevel.Error,
        "The effects of a turn of instance {InstanceId} failed unexpectedly; it continues from what is stored"
    )]
    private static partial void LogEffectsFailed(ILogger logger, Exception exception, string instanceId);
}
