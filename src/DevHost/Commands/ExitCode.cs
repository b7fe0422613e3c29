namespace Quorum.DevHost.Commands;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The message on standard error says what failed.</summary>
    public const int Failure = 1;

    /// <summary>The command line could not be understood.</summary>
    public const int BadUsage = 2;

    /// <summary>The batch has ended, and not every symbol has a quote.</summary>
    public const int Incomplete = 3;

    /// <summary>Asked to stop (Ctrl+C, SIGTERM) before its work was done, as shells count it.</summary>
    public const int Stopped = 130;
}
