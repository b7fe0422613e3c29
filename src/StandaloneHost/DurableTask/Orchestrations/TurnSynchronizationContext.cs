using DurableTask.Core;

namespace Quorum.StandaloneHost.DurableTask.Orchestrations;

/// <summary>Lets the code of an orchestrator go on within a turn only. A continuation that comes on another thread comes from a task that
/// is not durable: it does not run, and the instance fails.</summary>
/// <param name="inner">The context of DurableTask.Core, which runs continuations within the turn.</param>
/// <param name="leftTurn">Called on any thread when the code would go on outside of a turn.</param>
internal sealed class TurnSynchronizationContext(SynchronizationContext inner, Action leftTurn) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!OrchestrationContext.IsOrchestratorThread)
        {
            leftTurn();
        }
        else
        {
#pragma warning disable VSTHRD001 // this is a synchronization context: it forwards to the one of the turn
            inner.Post(static continuation => ((Continuation)continuation!).Run(), new Continuation(this, d, state)); // the state is the new object
#pragma warning restore VSTHRD001
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => Post(d, state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Throws unless the calling thread runs a turn.</summary>
    /// <exception cref="InvalidOperationException">The code has left its turn, by awaiting a task that is not durable.</exception>
    public void EnsureInTurn()
    {
        if (!OrchestrationContext.IsOrchestratorThread)
        {
            leftTurn();
            throw new InvalidOperationException("The orchestrator awaited a task that is not durable before it used its context.");
        }
    }

    // What the code awaits next must come back here too.
    private sealed class Continuation(TurnSynchronizationContext context, SendOrPostCallback callback, object? state)
    {
        public void Run()
        {
            var outer = Current;
            SetSynchronizationContext(context);
            try
            {
                callback(state);
            }
            finally
            {
                SetSynchronizationContext(outer);
            }
        }
    }
}
