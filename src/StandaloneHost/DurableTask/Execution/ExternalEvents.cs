using Quorum.StandaloneHost.DurableTask.History;

namespace Quorum.StandaloneHost.DurableTask.Execution;

/// <summary>Matches events with those who wait for them, first come first served; an event that no one waits for is kept. Names ignore case.</summary>
internal sealed class ExternalEvents
{
    private readonly Dictionary<string, LinkedList<IOpenTask>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<EventRaised> _buffered = [];

    public void Wait(string name, IOpenTask waiter)
    {
        var at = _buffered.FindIndex(e => string.Equals(e.Name, name, StringComparison.OrdinalIgnoreCase));
        if (at >= 0)
        {
            var early = _buffered[at];
            _buffered.RemoveAt(at);
            waiter.Complete(early.Input);
            return;
        }

        if (!_waiters.TryGetValue(name, out var waiters))
        {
            _waiters.Add(name, waiters = new LinkedList<IOpenTask>());
        }

        waiters.AddLast(waiter);
    }

    public bool StopWaiting(string name, IOpenTask waiter) => _waiters.TryGetValue(name, out var waiters) && waiters.Remove(waiter);

    public void Raise(EventRaised raised)
    {
        if (_waiters.TryGetValue(raised.Name, out var waiters) && waiters.First is { } first)
        {
            waiters.RemoveFirst();
            first.Value.Complete(raised.Input);
        }
        else
        {
            _buffered.Add(raised);
        }
    }

    public IReadOnlyList<EventRaised> TakeBuffered()
    {
        EventRaised[] buffered = [.. _buffered];
        _buffered.Clear();
        return buffered;
    }
}
