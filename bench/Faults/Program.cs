using Quorum.Faults;
using Quorum.LocalServices;
using Quorum.Surroundings;

const int success = 0, failure = 1, badUsage = 2, stopped = 130;

FaultArguments arguments;
try
{
    arguments = FaultArguments.Parse(args);
}
catch (FormatException wrong)
{
    await Console.Error.WriteLineAsync($"{wrong.Message}{Environment.NewLine}{FaultArguments.Usage}");
    return badUsage;
}

if (arguments.Help)
{
    Console.WriteLine(FaultArguments.Usage);
    return success;
}

using var stop = new StopRequest();
try
{
    var cells = await (arguments switch
    {
        { ChaosMinutes: > 0 } => new Chaos(arguments.ChaosMinutes, Report).RunAsync(stop.Token),
        { OverloadRate: > 0 } => new Overload(arguments, Report).RunAsync(stop.Token),
        _ => new Matrix(arguments, Report).RunAsync(stop.Token),
    });
    Console.WriteLine("| what | fault | answers | p95 ms | called | verdict |");
    Console.WriteLine("|---|---|---:|---:|---|---|");
    foreach (var cell in cells)
    {
        Console.WriteLine($"| {cell.Target} | {cell.Fault} | {cell.Answered} | {cell.P95.TotalMilliseconds:0} | {cell.Outcome} | "
            + $"{(cell.Faults.Count == 0 ? "ok" : "FAILED: " + string.Join("; ", cell.Faults))} |");
    }

    var failed = cells.Count(cell => cell.Faults.Count > 0);
    Console.WriteLine();
    Console.WriteLine($"{cells.Count} cells, {failed} failed.");
    return failed == 0 ? success : failure;
}
catch (LocalServiceException exception)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return failure;
}
catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
{
    return stopped;
}

static void Report(string progress) => Console.Error.WriteLine(progress);
