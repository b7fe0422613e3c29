namespace Quorum.DurableTask.PostgreSql.Sessions;

/// <summary>The activity of a session.</summary>
internal enum SessionState
{
    /// <summary>Not begun: its timers do not run yet.</summary>
    Loading,

    /// <summary>Waiting for a message, of which there is none.</summary>
    Idle,

    /// <summary>In the queue of the dispatcher.</summary>
    Ready,

    /// <summary>Running a turn, or committing.</summary>
    Busy,

    /// <summary>Waiting to repeat a turn that failed.</summary>
    Delayed,

    /// <summary>No longer in this process.</summary>
    Left,
}
