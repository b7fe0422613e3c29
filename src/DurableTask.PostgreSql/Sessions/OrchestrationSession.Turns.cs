using System.Diagnostics;
using DurableTask.Core;
using DurableTask.Core.History;
using DurableTask.Core.Tracing;

namespace Quorum.DurableTask.PostgreSql.Sessions;

internal sealed partial class OrchestrationSession
{
    /// <summary>Takes the messages of the next turn.</summary>
    /// <returns><see langword="null"/> if there are none.</returns>
    public TaskOrchestrationWorkItem? Take()
    {
        lock (_gate)
        {
            if (_state != SessionState.Ready)
            {
                return null;
            }

            var messages = _mailbox.TakeTurn(ExecutionId);
            if (messages.Count == 0)
            {
                _mailbox.ConsumeTurn();
                BecomeIdle(SessionState.Ready);
                return null;
            }

            if (messages[0].Event is ExecutionRewoundEvent { ParentTraceContext: null } rewound)
            {
                rewound.ParentTraceContext = _callerTrace ?? Untraced(); // DurableTask.Core takes it for granted
            }

            _state = SessionState.Busy;
            return WorkItem(messages);
        }
    }

    /// <summary>Ends a turn: commits it if it changes anything that others can see.</summary>
    public async Task CompleteAsync(
        OrchestrationRuntimeState state,
        IList<TaskMessage> activities,
        IList<TaskMessage> messages,
        IList<TaskMessage> timers,
        OrchestrationState? record
    )
    {
        SessionCommit? commit;
        try
        {
            commit = EndTurn(state, activities, messages, timers, record);
        }
#pragma warning disable CA1031 // whatever keeps the turn from being written keeps it from that each time
        catch (Exception e)
#pragma warning restore CA1031
        {
            await EndAsFailedAsync(e);
            return;
        }

        if (_journal.Start?.Settled is { IsCompleted: false } start)
        {
            await start; // begun before the turn ended: the turn needs the row
        }

        if (commit is not null && !HasLeft)
        {
            _hub.Writer.Submit(commit);
            await commit.Settled;
        }
    }

    /// <summary>Returns the messages of a turn that failed; it is repeated after a delay. After the last attempt the instance ends as
    /// failed.</summary>
    /// <param name="fault">The reason; <see langword="null"/> if no orchestrator of that name and version is registered.</param>
    public void AbandonTurn(Exception? fault)
    {
        TimeSpan delay;
        lock (_gate)
        {
            if (_state != SessionState.Busy)
            {
                return;
            }

            _workItem = null;
            _mailbox.ReturnTurn();
            _state = SessionState.Delayed;
            EndTurns();
            delay = TimeSpan.FromSeconds(Math.Min(30, Math.Pow(2, _failedTurns++)));
        }

        // Without a known fault the orchestrator is not registered here, as while a new version is being deployed: that may change.
        if (fault is not null && _failedTurns >= _hub.Options.MaxTurnAttempts)
        {
            _ = EndAsFailedAsync(
                new InvalidOperationException(
                    $"The orchestration could not be run in {_failedTurns} attempts. The last error: {fault.Message}",
                    fault
                )
            );
            return;
        }

        _ = StoreStartAsync();
        _ = ReleaseAfterAsync(delay);
    }

    private async Task EndAsFailedAsync(Exception fault)
    {
        await StoreStartAsync();
        if (_journal.Start is { } start)
        {
            await start.Settled;
        }

        var isStored = IsInserted;
        _started.TrySetException(fault);
        Leave(null);
        if (isStored)
        {
            _hub.Recovery.Fail(InstanceId, Incarnation, Fence, fault);
        }
    }

    private static DistributedTraceContext Untraced() => new($"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00");

    private SessionWorkItem WorkItem(List<TaskMessage> messages)
    {
        if (_workItem is null || !_hub.Options.KeepOrchestratorsInMemory)
        {
            _workItem = new SessionWorkItem(this)
            {
                InstanceId = InstanceId,
                OrchestrationRuntimeState = new OrchestrationRuntimeState(_journal.History),
                LockedUntilUtc = DateTime.MaxValue, // the lease is the worker's, so no item needs a renewal of its own
            };
        }
        else
        {
            _workItem.OrchestrationRuntimeState.NewEvents.Clear();
        }

        _workItem.NewMessages = messages;
        return _workItem;
    }

    private SessionCommit? EndTurn(
        OrchestrationRuntimeState state,
        IList<TaskMessage> activities,
        IList<TaskMessage> messages,
        IList<TaskMessage> timers,
        OrchestrationState? record
    )
    {
        lock (_gate)
        {
            if (_state != SessionState.Busy)
            {
                return null; // lost while the turn ran
            }

            _mailbox.ConsumeTurn();
            if (record is null || state.ExecutionStartedEvent is not { } start)
            {
                return null; // the dispatcher found nothing to do with the messages
            }

            var executionId = start.OrchestrationInstance.ExecutionId;
            var continued = executionId != ExecutionId;
            if (continued)
            {
                _journal.ExecutionId = executionId;
                _openActivities = 0;
                _timers?.Dispose();
                _timers = null;
            }

            CountActivities(activities);
            return _journal.AddTurn(new Turn(state, activities, messages, timers, record), continued)
                ?? (IsFlushDue() ? _journal.Flush() : null); // turns that follow each other at once leave no idle time for it
        }
    }

    private async Task ReleaseAfterAsync(TimeSpan delay)
    {
        await Task.Delay(delay, _hub.Options.Time);
        lock (_gate)
        {
            BecomeIdle(SessionState.Delayed);
        }
    }
}
