using DurableTask.Core;
using Quorum.DurableTask.PostgreSql.Store;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>The commit of one turn of an instance in this worker's memory.</summary>
internal sealed class SessionCommit(OrchestrationSession session) : TurnCommit, IThreadPoolWorkItem
{
    private volatile bool _isSettled;
    private readonly TaskCompletionSource _settled = new(); // its continuations run inline: OnCommitted is on a thread of its own already

    /// <summary>Activities to run once the turn is durable.</summary>
    public IReadOnlyList<TaskMessage> Activities { get; init; } = [];

    /// <summary>Timers to start once the turn is durable.</summary>
    public IReadOnlyList<TaskMessage> Timers { get; init; } = [];

    /// <summary>The final state of an instance that ended; else <see langword="null"/>.</summary>
    public OrchestrationState? Completion { get; init; }

    /// <summary><see cref="SessionMessages.SentElsewhere"/> when the commit was made.</summary>
    public int MessagesElsewhere { get; init; }

    /// <summary>True if the instance leaves memory.</summary>
    public bool IsRelease { get; init; }

    /// <summary>True if the turn has replaced the history by that of a rewind.</summary>
    public bool IsRewind { get; init; }

    /// <summary>True if this is the bare start of an instance, without a turn.</summary>
    public bool IsStart { get; init; }

    /// <summary>Completes when the commit has succeeded or the instance has left memory.</summary>
    public Task Settled => _settled.Task;

    public override bool IsAbandoned => session.IsAbandoned && Insert is not null && !MayBeCommitted;

    public override bool IsSettled => _isSettled;

    /// <summary>True if another process has taken the instance over since the commit.</summary>
    public bool IsTakenOver { get; private set; }

    public override void OnTakenOver()
    {
        IsTakenOver = true;
        OnCommitted();
    }

    public override void OnCommitted()
    {
        _isSettled = true;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false); // the writer proceeds with the next group
    }

    public void Execute()
    {
        try
        {
            session.Committed(this);
        }
#pragma warning disable CA1031 // on a thread of its own, where an exception would end the process
        catch (Exception e)
#pragma warning restore CA1031
        {
            session.EffectsFailed(e);
        }

        _settled.SetResult();
    }

    public override void OnLost()
    {
        session.Lost(this);
        Settle();
    }

    public override void OnStopped()
    {
        session.Stopped();
        Settle();
    }

    public override void OnFailed(Exception exception)
    {
        session.Failed(this, exception);
        Settle();
    }

    public override void OnUnknown(Exception exception)
    {
        session.Unknown(exception);
        Settle();
    }

    private void Settle()
    {
        _isSettled = true;
        ThreadPool.UnsafeQueueUserWorkItem(static settled => settled.SetResult(), _settled, preferLocal: false);
    }
}
