namespace Quorum.StandaloneHost.DurableTask.Execution;

/// <summary>
/// Keeps an orchestrator on the thread of its turn: continuations run one after another, and none after the turn has ended.
/// A continuation that arrives from elsewhere belongs to a task that is not durable; it is refused and reported.
/// </summary>
internal sealed class TurnSynchronizationContext(Action onForeignContinuation) : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _ready = new();
    private int _turnThread;

    /// <summary>Runs the action, then all that it made ready, on the calling thread.</summary>
    public void Run<TState>(TState state, Action<TState> action)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        _turnThread = Environment.CurrentManagedThreadId;
        try
        {
            action(state);
            while (_ready.TryDequeue(out var next))
            {
                next.Callback(next.State);
            }
        }
        finally
        {
            _turnThread = 0;
            SetSynchronizationContext(outer);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (_turnThread == Environment.CurrentManagedThreadId)
        {
            _ready.Enqueue((d, state));
        }
        else
        {
            onForeignContinuation();
        }
    }

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("An orchestrator's continuations are posted, not sent.");

    public override SynchronizationContext CreateCopy() => this;
}
