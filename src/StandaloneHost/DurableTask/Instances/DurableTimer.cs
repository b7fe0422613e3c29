namespace Quorum.StandaloneHost.DurableTask.Instances;

/// <summary>Fires once, when its time has come; at once, but on another thread, when that is past.</summary>
internal sealed class DurableTimer : IDisposable
{
    // A system timer reaches 49 days; a longer one is waited for in stages.
    private static readonly TimeSpan LongestStage = TimeSpan.FromDays(40);

    private readonly TimeProvider _time;
    private readonly DateTimeOffset _due;
    private readonly Action<DateTimeOffset> _fire;
    private readonly ITimer _stage;

    /// <param name="time">The clock.</param>
    /// <param name="due">When.</param>
    /// <param name="fire">Is given the time at which it is called.</param>
    public DurableTimer(TimeProvider time, DateTimeOffset due, Action<DateTimeOffset> fire)
    {
        _time = time;
        _due = due;
        _fire = fire;
        _stage = time.CreateTimer(static self => ((DurableTimer)self!).EndStage(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan); // it is this
        BeginStage(due - time.GetUtcNow());
    }

    /// <summary>It need not fire any more.</summary>
    public void Dispose() => _stage.Dispose();

    private void BeginStage(TimeSpan left) =>
        _stage.Change(left <= TimeSpan.Zero ? TimeSpan.Zero : left < LongestStage ? left : LongestStage, Timeout.InfiniteTimeSpan);

    private void EndStage()
    {
        var now = _time.GetUtcNow();
        if (now < _due)
        {
            BeginStage(_due - now);
            return;
        }

        _stage.Dispose();
        _fire(now);
    }
}
