using System.Globalization;
using Quorum.DevHost.App;
using Quorum.DevHost.CommandLine;
using Quorum.LocalServices;

namespace Quorum.DevHost.Commands;

/// <summary>Serves until it is asked to stop.</summary>
internal static class ServeCommand
{
    private const int DefaultPort = 7071;

    public static async Task<int> RunAsync(DevHostArguments arguments, CancellationToken cancellationToken)
    {
        var port = arguments.Port ?? PortFromEnvironment() ?? DefaultPort;
        if (!FreePort.IsFree(port))
            throw new LocalServiceException($"Port {port} is taken. Choose another with --port N, or stop what listens there.");

        Say("Starting ...");
        await using var stack = await LocalStack.StartAsync(port, arguments.DataFolder, throwawayData: false, withQueues: true, Say, cancellationToken);
        Say(Greeting(stack));
        await UntilAsync(cancellationToken);
        Say("Stopping ...");
        return ExitCode.Success;
    }

    private static string Greeting(LocalStack stack)
    {
        List<string> lines =
        [
            "",
            $"Quorum serves at {stack.Address} (Ctrl+C stops it)",
            $"  try        curl '{stack.Address}/api/quotes/AAPL'",
            $"  logs       {stack.Logs}",
            $"  database   {(stack.Data is { } data ? data : "ConnectionStrings__Quorum")}",
        ];
        if (stack.Simulated.Count > 0)
            lines.Add($"  simulated  {string.Join(", ", stack.Simulated)}");
        return string.Join(Environment.NewLine, lines);
    }

    private static int? PortFromEnvironment() =>
        int.TryParse(Environment.GetEnvironmentVariable("FUNCTIONS_HTTP_PORT"), CultureInfo.InvariantCulture, out var port) ? port : null;

    private static void Say(string text) => Console.Out.WriteLine(text);

    private static async Task UntilAsync(CancellationToken cancellationToken)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.UnsafeRegister(static asked => ((TaskCompletionSource)asked!).SetResult(), asked)) // given beside it
            await asked.Task;
    }
}
