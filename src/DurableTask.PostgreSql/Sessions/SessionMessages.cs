using Npgsql;
using Quorum.DurableTask.PostgreSql.Store;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>Brings messages to the instances in this worker's memory, and tells the other workers of those to instances elsewhere.</summary>
internal sealed class SessionMessages(SessionHub hub, WorkerStore store, PostgresOutage outage)
{
    private int _sentElsewhere;

    /// <summary>The number of messages so far whose instance was not here.</summary>
    public int SentElsewhere => Volatile.Read(ref _sentElsewhere);

    /// <summary>Finds the receiver of a message that is stored. If it is not here, it may be a child that its parent's commit has inserted
    /// and that begins only now: <see cref="SessionHub.Begin"/> sees the number then.</summary>
    public OrchestrationSession? FindReceiver(string instanceId)
    {
        if (hub.Find(instanceId) is { } session)
        {
            return session;
        }

        Interlocked.Increment(ref _sentElsewhere);
        return hub.Find(instanceId);
    }

    /// <summary>Hands committed messages to the instances of this process, and notifies the other processes of those to instances that have
    /// left since the commit was made.</summary>
    public void Deliver(TurnCommit commit)
    {
        if (commit.Messages.Count == 0)
        {
            return;
        }

        Deliver(commit.StoredMessages, commit.Notifications);
        if (commit.StoredMessages.Count < commit.Messages.Count && commit.MayBeCommitted)
        {
            string[] receivers = [.. commit.Messages.Select(message => message.InstanceId).Distinct(StringComparer.Ordinal)];
            _ = DeliverInboxAsync([.. receivers.Where(hub.IsHere)]);
            Announce(receivers.Where(receiver => !hub.IsHere(receiver)), commit.Notifications);
        }
    }

    /// <summary>Hands stored messages to the instances of this process. The others are claimed or, if another process has them, it is
    /// notified.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="notifications">The notifications that were sent with them.</param>
    public void Deliver(IReadOnlyList<StoredMessage> messages, IReadOnlyList<string> notifications)
    {
        List<string>? elsewhere = null;
        foreach (var message in messages)
        {
            if (!Deliver(message))
            {
                (elsewhere ??= []).Add(message.InstanceId);
            }
        }

        if (elsewhere is not null)
        {
            hub.Claims.Now();
            Announce(elsewhere.Distinct(StringComparer.Ordinal), notifications);
        }
    }

    /// <summary>Notifies the other processes of a message to an instance that is not here.</summary>
    public void AnnounceMessage(string instanceId) => _ = NotifyAsync(HubNotification.Message(instanceId));

    /// <returns>False if the instance is not here, or has just left.</returns>
    public bool Deliver(StoredMessage message)
    {
        if (FindReceiver(message.InstanceId) is not { } session)
        {
            return false;
        }

        return session.Post(message);
    }

    /// <summary>Reads the inboxes of these instances for those that are here.</summary>
    public async Task DeliverInboxAsync(string[] instanceIds)
    {
        if (instanceIds.Length == 0)
        {
            return;
        }

        try
        {
            var isElsewhere = false;
            foreach (var message in await store.LoadInboxAsync(instanceIds, CancellationToken.None))
            {
                isElsewhere |= !Deliver(message);
            }

            if (isElsewhere)
            {
                hub.Claims.Now(); // it has left memory while its inbox was read
            }
        }
        catch (NpgsqlException e)
        {
            outage.Failed(HubPart.Sweep, e);
            hub.Claims.CheckSoon();
        }
    }

    /// <summary>The notifications of a turn for other processes.</summary>
    public IReadOnlyList<string> NotificationsFor(
        IReadOnlyList<OutgoingMessage> messages,
        string? watchedEnd,
        IReadOnlyList<NewInstance>? children = null
    )
    {
        List<string>? texts = null;
        foreach (var child in children ?? [])
        {
            if (child.Owner is null)
            {
                (texts ??= []).Add(HubNotification.Message(child.InstanceId));
            }
        }

        foreach (var message in messages)
        {
            if (!hub.IsHere(message.InstanceId))
            {
                (texts ??= []).Add(HubNotification.Message(message.InstanceId));
            }
        }

        if (watchedEnd is not null)
        {
            (texts ??= []).Add(HubNotification.Completed(watchedEnd));
        }

        return texts ?? (IReadOnlyList<string>)[];
    }

    /// <summary>Notifies the other processes that an instance has ended.</summary>
    public void AnnounceEnd(string instanceId) => _ = NotifyAsync(HubNotification.Completed(instanceId));

    private void Announce(IEnumerable<string> receivers, IReadOnlyList<string> notifications)
    {
        foreach (var receiver in receivers)
        {
            if (!notifications.Contains(HubNotification.Message(receiver)))
            {
                AnnounceMessage(receiver);
            }
        }
    }

    private async Task NotifyAsync(string notification)
    {
        try
        {
            await store.NotifyAsync(notification, CancellationToken.None);
        }
        catch (NpgsqlException e)
        {
            outage.Failed(HubPart.Sweep, e); // the other processes poll
            hub.Claims.CheckSoon();
        }
    }
}
