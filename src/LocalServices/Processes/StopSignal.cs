namespace Quorum.LocalServices.Processes;

/// <summary>The signal that asks a Unix process to end; Windows has none and ends the process at once.</summary>
public enum StopSignal
{
    /// <summary>SIGINT: PostgreSQL's fast shutdown.</summary>
    Interrupt = 2,

    /// <summary>SIGQUIT: PostgreSQL's immediate shutdown, which recovers at the next start.</summary>
    Quit = 3,

    /// <summary>SIGKILL: ends the process immediately.</summary>
    Kill = 9,

    /// <summary>SIGTERM: the usual request to finish.</summary>
    Terminate = 15,
}
