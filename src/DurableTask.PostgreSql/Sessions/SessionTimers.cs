using DurableTask.Core;
using DurableTask.Core.History;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>The timers of one instance that have not fired.</summary>
internal sealed class SessionTimers : IDisposable
{
    private readonly Dictionary<int, OpenTimer> _open = [];

    /// <summary>Due time of the first of them; <see langword="null"/> if there are none.</summary>
    public DateTime? Earliest => _open.Count == 0 ? null : _open.Values.Min(timer => timer.Due);

    /// <summary>Starts a timer. When it is due, <paramref name="wake"/> is called with its time on another thread, to take what is due
    /// then.</summary>
    public void Start(TimeProvider time, TaskMessage message, TimerFiredEvent timer, Action<DateTime> wake)
    {
        var due =
            timer.FireAt.Kind == DateTimeKind.Local ? timer.FireAt.ToUniversalTime() : DateTime.SpecifyKind(timer.FireAt, DateTimeKind.Utc);
        _open[timer.TimerId] = new OpenTimer(due, timer.TimerId, message, new DurableTimer(time, due, () => wake(due)));
    }

    /// <summary>Removes the timers that are due and returns their messages in the order in which they were due, even if their wake-ups are
    /// late.</summary>
    public IEnumerable<TaskMessage> TakeDue(DateTime now)
    {
        List<OpenTimer>? due = null;
        foreach (var timer in _open.Values)
        {
            if (timer.Due <= now)
            {
                (due ??= []).Add(timer);
            }
        }

        if (due is null)
        {
            return [];
        }

        due.Sort(static (one, other) => one.Due == other.Due ? one.Id.CompareTo(other.Id) : one.Due.CompareTo(other.Due));
        foreach (var timer in due)
        {
            _open.Remove(timer.Id);
            timer.Wakeup.Dispose();
        }

        return due.Select(timer => timer.Message);
    }

    public void Dispose()
    {
        foreach (var timer in _open.Values)
        {
            timer.Wakeup.Dispose();
        }

        _open.Clear();
    }

    private readonly record struct OpenTimer(DateTime Due, int Id, TaskMessage Message, DurableTimer Wakeup);
}
