using System.Globalization;
using Quorum.DevHost.App;
using Quorum.DevHost.CommandLine;
using Quorum.LocalServices;

namespace Quorum.DevHost.Commands;

/// <summary>Serves until a stop is requested.</summary>
internal static class ServeCommand
{
    private const int DefaultPort = 7071;

    public static async Task<int> RunAsync(int? wanted, StackOptions options, CancellationToken cancellationToken)
    {
        var port = wanted ?? PortFromEnvironment() ?? DefaultPort;
        if (!FreePort.IsFree(port))
        {
            throw new LocalServiceException($"Port {port} is taken. Choose another with --port N, or stop the program that listens there.");
        }

        Say("Starting ...");
        await using var stack = await LocalStack.StartAsync(
            new LocalStackRequest(port, options, "serve", ThrowawayData: false),
            Say,
            cancellationToken
        );
        await stack.SendFirstQuoteAsync(cancellationToken);
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
            $"  console    {stack.Address}/",
            $"  try        curl '{stack.Address}/api/quotes/AAPL'",
            $"  reference  {stack.Address}/api/docs",
            $"  logs       {stack.Logs}",
            $"  database   {(stack.Data is { } data ? data : "ConnectionStrings__Quorum")}",
        ];
        Add("real", stack.Roles.Real);
        Add("simulated", stack.Roles.Simulated);
        Add("disabled", stack.Roles.Disabled);
        if (stack.Simulator is { } simulator)
        {
            lines.Add($"  simulator  {simulator}/admin");
        }

        return string.Join(Environment.NewLine, lines);

        void Add(string role, IReadOnlyList<string> providers)
        {
            if (providers.Count > 0)
            {
                lines.Add($"  {role, -10} {string.Join(", ", providers)}");
            }
        }
    }

    private static int? PortFromEnvironment() =>
        int.TryParse(Environment.GetEnvironmentVariable("FUNCTIONS_HTTP_PORT"), CultureInfo.InvariantCulture, out var port) ? port : null;

    private static void Say(string text) => Console.Out.WriteLine(text);

    private static async Task UntilAsync(CancellationToken cancellationToken)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // The message has the state.
        await using (cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource)state!).SetResult(), stop))
        {
            await stop.Task;
        }
    }
}
