namespace Quorum.LocalServices.Processes;

/// <summary>How a Unix process is asked to end; Windows has no such thing and ends it at once.</summary>
public enum StopSignal
{
    /// <summary>SIGINT: PostgreSQL's fast shutdown.</summary>
    Interrupt = 2,

    /// <summary>SIGQUIT: PostgreSQL's immediate shutdown, which recovers at the next start.</summary>
    Quit = 3,

    /// <summary>SIGKILL: ends it without asking.</summary>
    Kill = 9,

    /// <summary>SIGTERM: what most programs take as a request to finish.</summary>
    Terminate = 15,
}
