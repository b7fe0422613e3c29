using System.Globalization;
using DurableTask.Core.History;

namespace Quorum.DurableTask.PostgreSql.History;

/// <summary>Turns stored events into a history that DurableTask.Core replays.</summary>
/// <remarks>Hubs of version 0.1 hold no OrchestratorStarted events: the clock of an orchestration was the time of the event that it reacted
/// to, and an activity's input was the value itself, where DurableTask.Core has an array of arguments.</remarks>
internal static class LegacyHistory
{
    /// <summary>The execution id of a generation whose row has none.</summary>
    public static string ExecutionId(string instanceId, int generation) =>
        string.Create(CultureInfo.InvariantCulture, $"{instanceId}:{generation}");

    /// <summary>The replayable history. An instance whose first turn has not run has a start event only.</summary>
    public static List<HistoryEvent> Replayable(List<HistoryEvent> stored)
    {
        var firstTurn = stored.FindIndex(e => e is OrchestratorStartedEvent);
        if (firstTurn == 0 || stored.Count <= 1)
        {
            return stored;
        }

        if (firstTurn == 1)
        {
            return stored.GetRange(1, stored.Count - 1); // the start was stored before its first turn, which repeats it
        }

        var history = new List<HistoryEvent>(stored.Count * 2);
        for (var i = 0; i < stored.Count; i++)
        {
            var stands = firstTurn >= 0 && i >= firstTurn;
            if (!stands && IsIncoming(stored[i]))
            {
                history.Add(new OrchestratorStartedEvent(-1) { Timestamp = stored[i].Timestamp });
            }

            if (!stands && stored[i] is TaskScheduledEvent { Input: { } input } scheduled)
            {
                scheduled.Input = $"[{input}]";
            }

            history.Add(stored[i]);
        }

        return history;
    }

    private static bool IsIncoming(HistoryEvent historyEvent) =>
        historyEvent
            is ExecutionStartedEvent
                or TaskCompletedEvent
                or TaskFailedEvent
                or TimerFiredEvent
                or SubOrchestrationInstanceCompletedEvent
                or SubOrchestrationInstanceFailedEvent
                or EventRaisedEvent
                or ExecutionSuspendedEvent
                or ExecutionResumedEvent
                or ExecutionTerminatedEvent;
}
