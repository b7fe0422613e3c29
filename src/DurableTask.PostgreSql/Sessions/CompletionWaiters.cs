using System.Collections.Concurrent;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>Callers in this process that wait for instances of other processes.</summary>
internal sealed class CompletionWaiters
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new(StringComparer.Ordinal);

    /// <summary>Completes when the instance may have ended: read its state then, and wait again if it has not.</summary>
    public Task SignalFor(string instanceId) =>
        _waiting.GetOrAdd(instanceId, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Ended(string instanceId)
    {
        if (_waiting.TryRemove(instanceId, out var waiter))
        {
            waiter.TrySetResult();
        }
    }

    /// <summary>Signals all of them: notifications may have been missed.</summary>
    public void SignalAll()
    {
        foreach (var instanceId in _waiting.Keys)
        {
            Ended(instanceId);
        }
    }
}
