using DurableTask.Core;
using DurableTask.Core.History;
using DurableTask.Core.Tracing;
using Quorum.DurableTask.PostgreSql.Store;
using Quorum.DurableTask.PostgreSql.Telemetry;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>
/// An instance in this worker's memory. Messages collect while a turn runs; the next turn takes all of them. The effects of a turn
/// (activities, timers, messages, children) begin when it is committed. Between turns the orchestrator stays where it waits; only a
/// takeover replays it.
/// </summary>
internal sealed partial class OrchestrationSession
{
    private readonly SessionHub _hub;
    private readonly Lock _gate = new();
    private readonly DistributedTraceContext? _callerTrace;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<OrchestrationState?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Mailbox _mailbox;
    private readonly SessionJournal _journal;
    private SessionTimers? _timers;
    private SessionWorkItem? _workItem;
    private SessionState _state = SessionState.Loading;
    private int _openActivities;
    private int _runningActivities;
    private int _failedTurns;
    private long _waitingSince;
    private long? _unwrittenSince; // null: all is written
    private SessionClock _clock;
    private TaskCompletionSource? _turnsEnded; // null: nothing waits for it
    private volatile bool _isAbandoned;
    private volatile bool _hasWaiters;

    private OrchestrationSession(
        SessionHub hub,
        string instanceId,
        string executionId,
        long incarnation,
        long fence,
        ExecutionStartedEvent start
    )
    {
        _clock = new SessionClock(start.Tags?.ContainsKey(HubMetrics.UnmeasuredTag) is not true);
        _callerTrace = start.ParentTraceContext;
        _hub = hub;
        _waitingSince = hub.Options.Time.GetTimestamp();
        _mailbox = new Mailbox(instanceId);
        _journal = new SessionJournal(hub, this, _mailbox) { ExecutionId = executionId };
        InstanceId = instanceId;
        Incarnation = incarnation;
        Fence = fence;
    }

    public string InstanceId { get; }

    public string ExecutionId => _journal.ExecutionId;

    public long Incarnation { get; }

    public long Fence { get; }

    /// <summary>Completes when the start is durable; fails if it cannot be.</summary>
    public Task Started => _started.Task;

    /// <summary>Completes with the final state when the end is durable, or with <see langword="null"/> when the instance leaves memory
    /// unfinished.</summary>
    public Task<OrchestrationState?> Ended
    {
        get
        {
            _hasWaiters = true;
            return _ended.Task;
        }
    }

    /// <summary>True if another process waits for the end.</summary>
    public bool IsWatched { get; set; }

    /// <summary>True if the end is waited for, in this process or another.</summary>
    public bool IsAwaited => _hasWaiters || IsWatched;

    /// <summary>True if the caller of the start has given up, so that an unwritten start need not be written.</summary>
    public bool IsAbandoned => _isAbandoned;

    /// <summary>True if durations include this instance and its activities.</summary>
    public bool IsMeasured => _clock.IsMeasured;

    /// <summary>True once the instance's row exists.</summary>
    public bool IsInserted => _started.Task.IsCompletedSuccessfully;

    /// <summary>True if it is no longer in this process.</summary>
    public bool HasLeft
    {
        get
        {
            lock (_gate)
            {
                return _state == SessionState.Left;
            }
        }
    }

    private bool HasMessages
    {
        get
        {
            lock (_gate)
            {
                return !_mailbox.IsEmpty;
            }
        }
    }

    /// <summary>Gives up the start.</summary>
    public void Abandon() => _isAbandoned = true;

    /// <summary>Waits for the outcome of a start that its caller has given up.</summary>
    /// <returns>True if it was not written, and the instance has left memory; false if its caller has not given up, or too late.</returns>
    public async Task<bool> IsGivenUpAsync(CancellationToken cancellationToken)
    {
        if (!_isAbandoned)
        {
            return false;
        }

        await Started.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (IsInserted)
        {
            return false;
        }

        await _ended.Task.WaitAsync(cancellationToken); // it is forgotten before
        return true;
    }

    /// <summary>Schedules the first turn in this process.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            BecomeIdle(SessionState.Loading);
        }
    }

    /// <summary>Adds a message of the inbox, unless it is here already.</summary>
    /// <returns>False if the instance has left.</returns>
    public bool Post(StoredMessage message)
    {
        lock (_gate)
        {
            if (_state == SessionState.Left)
            {
                return false;
            }

            _mailbox.Add(message);
            Wake();
            return true;
        }
    }

    /// <summary>Makes the instance available for its next turn.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (_state != SessionState.Busy)
            {
                return;
            }

            _failedTurns = 0;
            if (_mailbox.IsEmpty)
            {
                _clock.TurnsPause();
            }

            BecomeIdle(SessionState.Busy);
        }
    }

    /// <summary>Waits until no turn is due: until the messages that are here are consumed, and what came of them is written.</summary>
    public Task TurnsEndAsync()
    {
        lock (_gate)
        {
            return _state is SessionState.Ready or SessionState.Busy
                ? (_turnsEnded ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task
                : Task.CompletedTask;
        }
    }

    /// <summary>Does what is due without a message: writes held results, stores a start that waits for its turn, releases an idle
    /// instance, or, while this process stops, one whose activities cannot begin here.</summary>
    public void Tidy()
    {
        SessionCommit? commit = null;
        lock (_gate)
        {
            if (_state is SessionState.Ready or SessionState.Busy && !_journal.IsInserted)
            {
                if (Since(_waitingSince) >= SessionHub.FirstTurnWait)
                {
                    _ = StoreStartAsync();
                }

                return;
            }

            if (_state != SessionState.Idle || !_journal.IsInserted)
            {
                return;
            }

            if (_journal.HasUnwritten && (_hub.IsStopping || IsFlushDue()))
            {
                commit = _journal.Flush();
            }
            else if (_openActivities == 0 && Since(_waitingSince) >= _hub.Options.IdleTime)
            {
                commit = _journal.Release(_timers?.Earliest);
            }
            else if (_openActivities > 0 && MustBeHandedOver)
            {
                commit = _journal.HandOver();
            }

            if (commit is not null)
            {
                _state = SessionState.Busy;
            }
        }

        if (commit is not null)
        {
            _hub.Writer.Submit(commit);
            _ = ReleaseWhenAsync(commit.Settled);
        }
    }

    // Under the lock, like Wake: an idle session never has a message, or Tidy could release the instance and lose it.
    private void BecomeIdle(SessionState from)
    {
        if (_state != from)
        {
            return;
        }

        _state = SessionState.Idle;
        _waitingSince = _hub.Options.Time.GetTimestamp();
        _unwrittenSince = _journal.HasUnwritten ? _unwrittenSince ?? _waitingSince : null;
        Wake();
        if (_state == SessionState.Idle)
        {
            EndTurns();
        }
    }

    private void EndTurns()
    {
        _turnsEnded?.TrySetResult();
        _turnsEnded = null;
    }

    // Not at the end of a stop: then leaving the hub releases all that is left, in one statement.
    private bool MustBeHandedOver =>
        _hub is { IsStopping: false, Activities.IsDraining: true } && Volatile.Read(ref _runningActivities) == 0;

    private bool IsFlushDue() => _unwrittenSince is { } since && Since(since) >= _hub.Options.ResultDelay;

    private TimeSpan Since(long timestamp) => _hub.Options.Time.GetElapsedTime(timestamp);

    private void Wake()
    {
        if (_state != SessionState.Idle || _mailbox.IsEmpty)
        {
            return;
        }

        _state = SessionState.Ready;
        _clock.TurnBegins();
        _hub.Schedule(this);
    }

    /// <summary>Writes the start without a turn, if it is not written: a turn has failed or has not come in time.</summary>
    private async Task StoreStartAsync()
    {
        SessionCommit commit;
        lock (_gate)
        {
            if (_state == SessionState.Left || _journal.StoreStart() is not { } start)
            {
                return;
            }

            commit = start;
        }

        _hub.Writer.Submit(commit);
        await commit.Settled;
    }

    private async Task ReleaseWhenAsync(Task settled)
    {
        await settled;
        Release();
    }
}
