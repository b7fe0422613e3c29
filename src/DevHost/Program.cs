using System.CommandLine.Invocation;
using Quorum.DevHost.CommandLine;
using Quorum.DevHost.Commands;
using Quorum.LocalServices;
using Quorum.LocalServices.Processes;

var parsed = DevHostCommandLine.Create().Parse(args);
if (parsed.Action is ParseErrorAction)
{
    foreach (var error in parsed.Errors)
    {
        await Console.Error.WriteLineAsync(error.Message);
    }

    await Console.Error.WriteLineAsync("See --help.");
    return ExitCode.BadUsage;
}

using var stop = new StopRequest();
try
{
    return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
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
