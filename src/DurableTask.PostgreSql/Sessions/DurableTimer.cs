namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>Fires once, at its due time; at once, on another thread, if that is in the past.</summary>
internal sealed class DurableTimer : IDisposable
{
    // A system timer reaches 49 days; a longer one is waited for in stages.
    private static readonly TimeSpan MaxStage = TimeSpan.FromDays(40);

    private readonly TimeProvider _time;
    private readonly DateTime _due;
    private readonly Action _fire;
    private readonly ITimer _stage;

    public DurableTimer(TimeProvider time, DateTime due, Action fire)
    {
        _time = time;
        _due = due;
        _fire = fire;
        _stage = time.CreateTimer(
            static self => ((DurableTimer)self!).EndStage(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        ); // the state is this
        BeginStage(due - time.GetUtcNow().UtcDateTime);
    }

    /// <summary>Cancels it.</summary>
    public void Dispose() => _stage.Dispose();

    private void BeginStage(TimeSpan left) =>
        _stage.Change(
            left <= TimeSpan.Zero ? TimeSpan.Zero
                : left < MaxStage ? left
                : MaxStage,
            Timeout.InfiniteTimeSpan
        );

    private void EndStage()
    {
        var left = _due - _time.GetUtcNow().UtcDateTime;
        if (left > TimeSpan.Zero)
        {
            BeginStage(left);
            return;
        }

        _stage.Dispose();
        _fire();
    }
}
