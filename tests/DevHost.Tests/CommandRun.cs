using Quorum.DevHost.CommandLine;
using Quorum.Testing;

namespace Quorum.DevHost.Tests;

/// <summary>The classes that redirect the console or set variables of the process. They run alone, after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SerialConsole
{
    public const string Name = "Console";
}

/// <summary>The result of a command line that ran in this process.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Output">The text on standard output.</param>
/// <param name="Errors">The text on standard error.</param>
internal sealed record CommandRun(int Code, string Output, string Errors)
{
    private static readonly string[] KeyVariables = ["QUORUM_KEY", "QUORUM_CONSUMER_KEY"];

    public static Task<CommandRun> OfAsync(params string[] args) => OfAsync([], args, CancellationToken.None);

    /// <summary>Runs a command line, with keys in the environment only if the test sets them.</summary>
    public static async Task<CommandRun> OfAsync(Dictionary<string, string> environment, string[] args, CancellationToken stop)
    {
        var (console, errors) = (Console.Out, Console.Error);
        var variables = KeyVariables.ToDictionary(name => name, Environment.GetEnvironmentVariable);
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        try
        {
            foreach (var name in KeyVariables)
            {
                Environment.SetEnvironmentVariable(name, environment.GetValueOrDefault(name));
            }

            Console.SetOut(output);
            Console.SetError(error);
            var code = await DevHostCommandLine.RunAsync(args, stop).WithinAsync();
            return new CommandRun(code, output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(console);
            Console.SetError(errors);
            foreach (var (name, value) in variables)
            {
                Environment.SetEnvironmentVariable(name, value);
            }
        }
    }
}
