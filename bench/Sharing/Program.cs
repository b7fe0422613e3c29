using Quorum.LocalServices;
using Quorum.Sharing;
using Quorum.Surroundings;

const int success = 0, failure = 1, badUsage = 2, stopped = 130;

SharingArguments arguments;
try
{
    arguments = SharingArguments.Parse(args);
}
catch (FormatException wrong)
{
    await Console.Error.WriteLineAsync($"{wrong.Message}{Environment.NewLine}{SharingArguments.Usage}");
    return badUsage;
}

if (arguments.Help)
{
    Console.WriteLine(SharingArguments.Usage);
    return success;
}

using var stop = new StopRequest();
try
{
    List<string> faults = [];
    if (arguments.QuotaMinutes > 0)
    {
        faults.AddRange(await new FreePlans(TimeSpan.FromMinutes(arguments.QuotaMinutes), Console.Out, Report).RunAsync(stop.Token));
    }

    if (arguments.WatchlistMinutes > 0)
    {
        faults.AddRange(await new WatchedSymbols(TimeSpan.FromMinutes(arguments.WatchlistMinutes), Console.Out, Report).RunAsync(stop.Token));
    }

    Console.WriteLine(faults.Count == 0 ? "All as it should be." : "FAILED: " + string.Join("; ", faults));
    return faults.Count == 0 ? success : failure;
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
