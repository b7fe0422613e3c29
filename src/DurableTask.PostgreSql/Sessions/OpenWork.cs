using DurableTask.Core;
using DurableTask.Core.History;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>The activities and timers of a history that have no result; none if it has ended: a rewind opens them anew.</summary>
internal readonly record struct OpenWork(IReadOnlyList<TaskMessage> Activities, IReadOnlyList<TaskMessage> Timers)
{
    public static OpenWork Of(List<HistoryEvent> history, string executionId, string instanceId)
    {
        var activities = new SortedDictionary<int, TaskScheduledEvent>();
        var timers = new SortedDictionary<int, TimerCreatedEvent>();
        foreach (var historyEvent in history)
        {
            switch (historyEvent)
            {
                case ExecutionCompletedEvent:
                    return new OpenWork([], []);
                case TaskScheduledEvent scheduled:
                    activities[scheduled.EventId] = scheduled;
                    break;
                case TaskCompletedEvent completed:
                    activities.Remove(completed.TaskScheduledId);
                    break;
                case TaskFailedEvent failed:
                    activities.Remove(failed.TaskScheduledId);
                    break;
                case TimerCreatedEvent created:
                    timers[created.EventId] = created;
                    break;
                case TimerFiredEvent fired:
                    timers.Remove(fired.TimerId);
                    break;
            }
        }

        var instance = new OrchestrationInstance { InstanceId = instanceId, ExecutionId = executionId };
        return new OpenWork(
            [.. activities.Values.Select(scheduled => new TaskMessage { Event = scheduled, OrchestrationInstance = instance })],
            [
                .. timers.Values.Select(created => new TaskMessage
                {
                    Event = new TimerFiredEvent(-1) { TimerId = created.EventId, FireAt = created.FireAt },
                    OrchestrationInstance = instance,
                }),
            ]
        );
    }
}
