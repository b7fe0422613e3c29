using Quorum.DevHost.CommandLine;
using Quorum.DevHost.Commands;
using Quorum.DevHost.Stopping;
using Quorum.LocalServices;

var arguments = DevHostArguments.Parse(args);
if (arguments.Error is { } error)
{
    await Console.Error.WriteLineAsync($"{error}{Environment.NewLine}{Environment.NewLine}{Usage.Text}");
    return ExitCode.BadUsage;
}

using var stop = new StopRequest();
try
{
    return arguments.Command switch
    {
        DevHostCommand.Help => await HelpCommand.RunAsync(),
        DevHostCommand.Quote => await QuoteCommand.RunAsync(arguments, stop.Token),
        DevHostCommand.Batch => await BatchCommand.RunAsync(arguments, stop.Token),
        _ => await ServeCommand.RunAsync(arguments, stop.Token),
    };
}
catch (LocalServiceException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return ExitCode.Failure;
}
catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
{
    return ExitCode.Stopped;
}
