using Quorum.DevHost.CommandLine;

namespace Quorum.DevHost.Commands;

/// <summary><c>--help</c>.</summary>
internal static class HelpCommand
{
    public static async Task<int> RunAsync()
    {
        await Console.Out.WriteLineAsync(Usage.Text);
        return ExitCode.Success;
    }
}
