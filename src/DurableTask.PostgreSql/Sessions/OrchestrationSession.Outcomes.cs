using DurableTask.Core;
using DurableTask.Core.Exceptions;
using Quorum.DurableTask.PostgreSql.Store;

namespace Quorum.DurableTask.PostgreSql.Sessions;

internal sealed partial class OrchestrationSession
{
    /// <summary>Begins the effects of a committed turn. Activities and timers of an instance that has left begin where it is now.</summary>
    public void Committed(SessionCommit commit)
    {
        _started.TrySetResult();
        if (commit.IsTakenOver)
        {
            LeaveUnfinished();
            _hub.Recovery.Reload(InstanceId);
        }

        StartActivities(commit.Activities);

        lock (_gate)
        {
            _mailbox.Deleted(commit.ConsumedMessages);
            StartTimers(commit.Timers);
        }

        if (commit.Children.Count > 0)
        {
            _hub.Begin(commit.Children, commit.MessagesElsewhere);
        }

        _hub.Messages.Deliver(commit);
        if (commit.Completion is { } completion)
        {
            _clock.Ended(completion);
            Leave(completion);
            if (IsWatched && !commit.Notifications.Contains(HubNotification.Completed(InstanceId)))
            {
                _hub.Messages.AnnounceEnd(InstanceId);
            }
        }
        else if (commit.IsRewind)
        {
            Leave(null); // it begins again from the history that is stored now
            _hub.Recovery.Reload(InstanceId);
        }
        else if (commit.IsRelease)
        {
            Leave(null);
            _hub.Claims.At(commit.Update?.WakeAt);
            if (HasMessages)
            {
                // The message arrived while the release was being written: another process may have claimed the instance without it.
                _hub.Claims.Now();
                _hub.Messages.AnnounceMessage(InstanceId);
            }
        }
    }

    /// <summary>Continues from what is stored, because the effects of a committed turn could not begin.</summary>
    public void EffectsFailed(Exception exception) => _hub.Recovery.EffectsFailed(this, exception);

    /// <summary>Drops the instance: another process owns it, or, at its start, the id is taken.</summary>
    public void Lost(SessionCommit commit)
    {
        _started.TrySetException(AlreadyExists()); // only its starter sees it
        LeaveUnfinished();
        _hub.Recovery.Reload(InstanceId);
        if (commit.IsRelease)
        {
            _hub.Claims.At(commit.Update?.WakeAt); // it may be committed, without an answer
            _hub.Claims.Now();
        }
    }

    /// <summary>Drops the instance and loads it again as it is stored: its last turn may or may not have been written.</summary>
    public void Unknown(Exception exception)
    {
        _started.TrySetException(exception);
        LeaveUnfinished();
        _hub.Recovery.Reload(InstanceId);
    }

    /// <summary>Drops the instance: this worker has claimed it again, from the state that is stored.</summary>
    /// <param name="incarnation">Of the claimed row. If it is this session's, its start is durable, although its commit was not
    /// acknowledged.</param>
    public void Replaced(long incarnation)
    {
        if (incarnation == Incarnation)
        {
            _started.TrySetResult();
        }
        else
        {
            _started.TrySetException(AlreadyExists());
        }

        Leave(null);
    }

    /// <summary>Drops the instance, whose row exists: this worker does not own it, or cannot continue it.</summary>
    public void Drop() => LeaveUnfinished();

    /// <summary>Drops the instance: this worker writes no more.</summary>
    public void Stopped()
    {
        _started.TrySetException(new InvalidOperationException("The task hub is stopping."));
        Leave(null);
    }

    /// <summary>Drops the instance and ends it as failed: a turn cannot be written, now or later.</summary>
    public void Failed(SessionCommit commit, Exception exception)
    {
        _started.TrySetException(exception);
        Leave(null);
        if (commit.Insert is null)
        {
            _hub.Recovery.Fail(InstanceId, Incarnation, Fence, exception);
        }
    }

    private OrchestrationAlreadyExistsException AlreadyExists() => new($"An orchestration with the id '{InstanceId}' exists already.");

    /// <summary>Leaves without having released the instance: its owner may not know of the messages that are stored, since their senders
    /// found it here.</summary>
    private void LeaveUnfinished()
    {
        Leave(null);
        bool hasStored;
        lock (_gate)
        {
            hasStored = _mailbox.HasStored;
        }

        if (hasStored)
        {
            _hub.Messages.AnnounceMessage(InstanceId);
        }
    }

    private void Leave(OrchestrationState? completion)
    {
        lock (_gate)
        {
            if (!_journal.IsInserted && _state != SessionState.Left)
            {
                _hub.Writer.ForgetStart();
            }

            _state = SessionState.Left;
            EndTurns();
            _timers?.Dispose();
            _timers = null;
        }

        _hub.Forget(this);
        _ended.TrySetResult(completion);
    }
}
