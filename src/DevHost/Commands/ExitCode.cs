namespace Quorum.DevHost.Commands;

/// <summary>The exit codes of the process.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A failure; the message on standard error names the cause.</summary>
    public const int Failure = 1;

    /// <summary>The command line could not be understood.</summary>
    public const int BadUsage = 2;

    /// <summary>The batch has ended, and some lines have no quote; or the check, and a provider does not work or a setting is misspelled.</summary>
    public const int Incomplete = 3;

    /// <summary>Stopped (Ctrl+C, SIGTERM) before the work was done; the number that shells use.</summary>
    public const int Stopped = 130;
}
