using DurableTask.Core;
using DurableTask.Core.History;
using Quorum.DurableTask.PostgreSql.History;
using Quorum.DurableTask.PostgreSql.Store;

namespace Quorum.DurableTask.PostgreSql.Sessions;

internal sealed partial class OrchestrationSession
{
    /// <summary>Creates a new instance. Its start is written with its first turn.</summary>
    public static OrchestrationSession Create(SessionHub hub, NewInstance insert)
    {
        var session = new OrchestrationSession(
            hub,
            insert.InstanceId,
            insert.Start.OrchestrationInstance.ExecutionId,
            insert.Incarnation,
            fence: 0,
            insert.Start
        );
        session._journal.BeginWith(insert);
        session._mailbox.Add(insert.Start);
        return session;
    }

    /// <summary>Creates the session of an instance whose row and start are stored, by the commit of its parent.</summary>
    public static OrchestrationSession Adopt(SessionHub hub, NewInstance inserted)
    {
        var session = new OrchestrationSession(
            hub,
            inserted.InstanceId,
            inserted.Start.OrchestrationInstance.ExecutionId,
            inserted.Incarnation,
            fence: 0,
            inserted.Start
        );
        session._journal.BeginStored();
        session._started.SetResult();
        session._mailbox.Add(inserted.Start);
        return session;
    }

    /// <summary>Creates the session of an instance that this worker has claimed.</summary>
    /// <exception cref="FormatException">What is stored of it cannot be read, or is no history.</exception>
    public static OrchestrationSession Recover(SessionHub hub, ClaimedInstance claimed)
    {
        var history = LegacyHistory.Replayable(claimed.Stored);
        if (claimed.Fault is { } fault)
        {
            throw new FormatException($"What is stored of instance '{claimed.InstanceId}' cannot be read: {fault.Message}", fault);
        }

        if (history.OfType<ExecutionStartedEvent>().FirstOrDefault() is not { } start)
        {
            throw new FormatException(
                $"The history of instance '{claimed.InstanceId}' must begin with its start; it has {claimed.Stored.Count} events."
            );
        }

        start.Input = claimed.Input;
        start.Tags ??= claimed.Tags;
        if (claimed.ParentExecutionId is { } parentExecutionId && start.ParentInstance is { } parent)
        {
            parent.OrchestrationInstance.ExecutionId = parentExecutionId; // another one if the parent was rewound
        }

        start.OrchestrationInstance = new OrchestrationInstance { InstanceId = claimed.InstanceId, ExecutionId = claimed.ExecutionId };
        var session = new OrchestrationSession(hub, claimed.InstanceId, claimed.ExecutionId, claimed.Incarnation, claimed.Fence, start)
        {
            IsWatched = true, // a waiting process may have notified only the last owner, or none
        };
        session._started.SetResult();
        var isUnread = history.Count == 1;
        session._journal.Restore(claimed, isUnread ? [] : history);
        if (isUnread)
        {
            session._mailbox.Add(start);
        }

        foreach (var message in claimed.Inbox)
        {
            session._mailbox.Add(message);
        }

        return session;
    }
}
