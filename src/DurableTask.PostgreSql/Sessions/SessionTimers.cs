using DurableTask.Core.History;

namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>The timers of one instance that have not fired.</summary>
internal sealed class SessionTimers : IDisposable
{
    private readonly Dictionary<int, (DateTime Due, DurableTimer Timer)> _open = [];

    /// <summary>Due time of the first of them; <see langword="null"/> if there are none.</summary>
    public DateTime? Earliest => _open.Count == 0 ? null : _open.Values.Min(timer => timer.Due);

    public void Start(TimeProvider time, TimerFiredEvent timer, Action fire)
    {
        var due = timer.FireAt.Kind == DateTimeKind.Local ? timer.FireAt.ToUniversalTime() : DateTime.SpecifyKind(timer.FireAt, DateTimeKind.Utc);
        _open[timer.TimerId] = (due, new DurableTimer(time, due, fire));
    }

    public void Remove(int timerId) => _open.Remove(timerId);

    public void Dispose()
    {
        foreach (var (_, timer) in _open.Values)
        {
            timer.Dispose();
        }

        _open.Clear();
    }
}
