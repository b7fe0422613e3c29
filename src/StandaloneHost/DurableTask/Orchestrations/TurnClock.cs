using DurableTask.Core;
using DurableTask.Core.History;

namespace Quorum.StandaloneHost.DurableTask.Orchestrations;

/// <summary>The clock of one orchestration in memory. It is the machine's, but never before the due time of a timer that has fired: a
/// machine's clock may be set back, and another machine's may be behind.</summary>
internal sealed class TurnClock
{
    private DateTime _lastTimer;
    private bool _hasReadPast;

    /// <summary>Returns the time of the turn that begins.</summary>
    /// <param name="state">The history with the events of the turn.</param>
    /// <param name="now">The machine's time, UTC.</param>
    public DateTime TimeOf(OrchestrationRuntimeState state, DateTime now)
    {
        if (!_hasReadPast)
        {
            Read(state.PastEvents);
            _hasReadPast = true;
        }

        Read(state.NewEvents);
        return now > _lastTimer ? now : _lastTimer;
    }

    private void Read(IList<HistoryEvent> events)
    {
        foreach (var historyEvent in events)
        {
            if (historyEvent is TimerFiredEvent timer && Utc(timer.FireAt) is var due && due > _lastTimer)
            {
                _lastTimer = due;
            }
        }
    }

    private static DateTime Utc(DateTime time) =>
        time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);
}
