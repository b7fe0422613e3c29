using Npgsql;
using Quorum.StandaloneHost.DurableTask.Hub;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>Hears what the other workers announce: messages for instances here, instances that somebody waits for, instances that have ended.</summary>
internal sealed class TaskHubListener(
    TaskHubStore store, InstanceStore instances, OrchestrationHub hub, InstanceWaiters waiters, PostgresOutage outage, WakeSignal claimDue, TimeProvider time)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await store.OpenAsync(cancellationToken);
                connection.Notification += (_, notification) => Hear(notification.Payload);
                await using (var listen = new NpgsqlCommand("listen " + HubNotification.Channel, connection))
                {
                    await listen.ExecuteNonQueryAsync(cancellationToken);
                }

                outage.Works(HubPart.Listening);
                waiters.LookAgain(); // for what was announced while nobody listened
                claimDue.Set();
                while (true)
                {
                    await connection.WaitAsync(cancellationToken);
                }
            }
            catch (NpgsqlException e)
            {
                outage.Failed(HubPart.Listening, e);
                await Task.Delay(TimeSpan.FromMilliseconds(500), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Hear(string payload)
    {
        if (payload.Length < 3)
        {
            return;
        }

        var instanceId = payload[2..];
        switch (payload[0])
        {
            case 'm' when hub.Find(instanceId) is not null:
                _ = hub.DeliverInboxAsync([instanceId]);
                break;
            case 'm':
                claimDue.Set();
                break;
            case 'w':
                _ = WatchAsync(instanceId);
                break;
            case 'c':
                waiters.Ended(instanceId);
                break;
        }
    }

    private async Task WatchAsync(string instanceId)
    {
        try
        {
            if (hub.Find(instanceId) is { } instance)
            {
                instance.IsWatched = true;
                if (!instance.Ended.IsCompleted)
                {
                    return;
                }
            }

            // It may have ended between the watcher's look and its announcement.
            if (await instances.FindAsync(instanceId, null, CancellationToken.None) is { IsCompleted: true })
            {
                hub.AnnounceEnd(instanceId);
            }
        }
        catch (NpgsqlException e)
        {
            outage.Failed(HubPart.Sweep, e); // the watcher looks again by itself
        }
    }
}
