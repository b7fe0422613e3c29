using System.Collections.Concurrent;

namespace Quorum.StandaloneHost.DurableTask;

/// <summary>Who waits in this process for instances that live in another.</summary>
internal sealed class InstanceWaiters
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);

    /// <summary>Completes when the instance may have ended: look then, and wait again if it has not.</summary>
    public Task SignalFor(string instanceId) =>
        _waiting.GetOrAdd(instanceId, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Ended(string instanceId)
    {
        if (_waiting.TryRemove(instanceId, out var waiter))
        {
            waiter.TrySetResult();
        }
    }

    public void LookAgain()
    {
        foreach (var instanceId in _waiting.Keys)
        {
            Ended(instanceId);
        }
    }
}
