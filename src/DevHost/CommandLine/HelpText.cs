using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Quorum.DevHost.CommandLine;

/// <summary>Prints the help with the command that users type in place of the program's name.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private const string Typed = "dotnet run --project src/DevHost --";

    private readonly HelpAction _inner = new();

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var configuration = parseResult.InvocationConfiguration;
        var output = configuration.Output;
        using var text = new StringWriter();
        configuration.Output = text;
        try
        {
            return _inner.Invoke(parseResult);
        }
        finally
        {
            configuration.Output = output;
            output.Write(
                text.ToString().Replace($"  {parseResult.RootCommandResult.Command.Name} ", $"  {Typed} ", StringComparison.Ordinal)
            );
        }
    }
}
