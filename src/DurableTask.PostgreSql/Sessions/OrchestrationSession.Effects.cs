using DurableTask.Core;
using DurableTask.Core.History;

namespace Quorum.DurableTask.PostgreSql.Sessions;

internal sealed partial class OrchestrationSession
{
    /// <summary>Continues after a takeover: starts again the activities and timers that have no result.</summary>
    public void Resume()
    {
        var open = OpenWork.Of(_journal.History, ExecutionId, InstanceId);
        lock (_gate)
        {
            _openActivities = open.Activities.Count;
            StartTimers(open.Timers);
            BecomeIdle(SessionState.Loading);
        }

        StartActivities(open.Activities);
    }

    /// <summary>Counts an activity that this process runs. Not called for those of the worker's dispatcher.</summary>
    public void ActivityBegins() => Interlocked.Increment(ref _runningActivities);

    /// <summary>Counts an activity that <see cref="ActivityBegins"/> counted and that has ended or was cancelled.</summary>
    public void ActivityEnded() => Interlocked.Decrement(ref _runningActivities);

    /// <summary>Adds the result of an activity.</summary>
    public void PostResult(TaskMessage message)
    {
        lock (_gate)
        {
            if (_state == SessionState.Left || message.OrchestrationInstance.ExecutionId != ExecutionId)
            {
                return;
            }

            _openActivities--;
            _mailbox.Add(message);
            Wake();
        }
    }

    private void StartActivities(IReadOnlyList<TaskMessage> activities)
    {
        if (activities.Count == 0 || HasLeft)
        {
            return;
        }

        foreach (var activity in activities)
        {
            if (activity.Event is TaskScheduledEvent { ParentTraceContext: null } scheduled)
            {
                scheduled.ParentTraceContext = _callerTrace; // no listener asked for the orchestration's span, but logs have the trace's id
            }

            _hub.Activities.Start(this, activity);
        }
    }

    private void StartTimers(IReadOnlyList<TaskMessage> timers)
    {
        foreach (var timer in timers)
        {
            if (
                timer.Event is TimerFiredEvent fired
                && timer.OrchestrationInstance.ExecutionId == ExecutionId
                && _state != SessionState.Left
            )
            {
                (_timers ??= new SessionTimers()).Start(_hub.Options.Time, timer, fired, FireTimers);
            }
        }
    }

    /// <param name="due">The time of the timer that fired. If the clock has been set back since, it has come all the same.</param>
    private void FireTimers(DateTime due)
    {
        lock (_gate)
        {
            if (_state == SessionState.Left || _timers is null)
            {
                return;
            }

            var now = _hub.Now > due ? _hub.Now : due;
            foreach (var message in _timers.TakeDue(now))
            {
                message.Event.Timestamp = now;
                _mailbox.Add(message);
            }

            Wake();
        }
    }

    private void CountActivities(IList<TaskMessage> activities)
    {
        foreach (var activity in activities)
        {
            if (activity.OrchestrationInstance.ExecutionId == ExecutionId)
            {
                _openActivities++;
            }
        }
    }
}
