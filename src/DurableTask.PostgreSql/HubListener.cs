using Microsoft.Extensions.Logging;
using Npgsql;
using Quorum.DurableTask.PostgreSql.Sessions;
using Quorum.DurableTask.PostgreSql.Store;

namespace Quorum.DurableTask.PostgreSql;

/// <summary>Receives the notifications of other processes: messages for instances here, callers that wait for an end, instances that have
/// ended.</summary>
internal sealed partial class HubListener(
    WorkerStore store,
    InstanceQueries instances,
    SessionHub hub,
    CompletionWaiters waiters,
    PostgresOutage outage,
    ILogger logger
)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await store.OpenAsync(cancellationToken);
                connection.Notification += (_, notification) => Receive(notification.Payload);
                await using (var listen = new NpgsqlCommand("listen " + hub.Options.Schema, connection))
                {
                    await listen.ExecuteNonQueryAsync(cancellationToken);
                }

                outage.Works(HubPart.Listening);
                waiters.SignalAll(); // notifications may have been missed
                hub.Claims.CheckSoon();
                hub.Claims.Now();
                while (true)
                {
                    await connection.WaitAsync(cancellationToken);
                }
            }
            catch (NpgsqlException e)
            {
                outage.Failed(HubPart.Listening, e);
                await Task.Delay(TimeSpan.FromMilliseconds(500), hub.Options.Time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // the loop's edge: without it this process would find the others' changes by polling only
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogBroken(logger, e);
                await Task.Delay(TimeSpan.FromMilliseconds(500), hub.Options.Time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Receive(string payload)
    {
        if (payload.Length < 2)
        {
            return;
        }

        var instanceId = payload[2..];
        switch (payload[0])
        {
            case 'm' when hub.Messages.FindReceiver(instanceId) is not null:
                _ = hub.Messages.DeliverInboxAsync([instanceId]);
                break;
            case 'm':
                hub.Claims.Now();
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
            if (hub.Find(instanceId) is { } session)
            {
                session.IsWatched = true;
                if (!session.Ended.IsCompleted)
                {
                    return;
                }
            }

            // It may have ended between the caller's read and its notification.
            if (
                await instances.FindAsync(instanceId, withPayloads: false, CancellationToken.None) is { } state
                && state.OrchestrationStatus.HasEnded()
            )
            {
                hub.Messages.AnnounceEnd(instanceId);
            }
        }
        catch (NpgsqlException e)
        {
            outage.Failed(HubPart.Sweep, e); // the caller reads the state again by itself
        }
    }

    [LoggerMessage(2407, LogLevel.Error, "Listening to the other processes failed unexpectedly; it is repeated")]
    private static partial void LogBroken(ILogger logger, Exception exception);
}
