using DurableTask.Core;

namespace Quorum.StandaloneHost.DurableTask.Orchestrations;

/// <summary>
/// Runs the code of an orchestrator within a turn only. A continuation on another thread comes from a task that is not durable: it does not
/// run, and the instance fails.
/// </summary>
/// <param name="inner">The context of DurableTask.Core, which runs continuations within the turn.</param>
/// <param name="leftTurn">Called on any thread when the code would continue outside of a turn.</param>
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
            // The state is the new object.
            inner.Post(static continuation => ((Continuation)continuation!).Run(), new Continuation(this, d, state));
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

    // The next await of the code must return to this context too.
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
