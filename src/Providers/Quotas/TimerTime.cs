namespace Quorum.Providers;

/// <summary>The times that timers are set to. They count whole milliseconds, and cut off the rest.</summary>
internal static class TimerTime
{
    /// <summary>Rounds up, so that the wait is not over before its time. A timer may still fire a moment early.</summary>
    public static TimeSpan For(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
}
