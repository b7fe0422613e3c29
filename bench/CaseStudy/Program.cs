using Quorum.CaseStudy.CommandLine;
using Quorum.CaseStudy.Measuring;
using Quorum.CaseStudy.Reporting;
using Quorum.Surroundings;
using Quorum.CaseStudy.Ways;
using Quorum.LocalServices;

const int success = 0, failure = 1, badUsage = 2, stopped = 130;

CaseStudyArguments arguments;
try
{
    arguments = CaseStudyArguments.Parse(args);
}
catch (FormatException wrong)
{
    await Console.Error.WriteLineAsync($"{wrong.Message}{Environment.NewLine}{CaseStudyArguments.Usage}");
    return badUsage;
}

if (arguments.Help)
{
    Console.WriteLine(CaseStudyArguments.Usage);
    return success;
}

using var stop = new StopRequest();
try
{
    Console.Write(MarkdownReport.Write(arguments, await MeasureAsync(stop.Token), TimeProvider.System.GetUtcNow()));
    return success;
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

async Task<IReadOnlyList<Findings>> MeasureAsync(CancellationToken cancellationToken)
{
    await using var database = await Database.StartAsync("case-study", Report, cancellationToken);
    await using var simulator = await Simulator.StartAsync(cancellationToken);
    var measurement = new Measurement(arguments, Report, TimeProvider.System);
    var findings = new List<Findings>();
    await using (var direct = await DirectWork.StartAsync(database.ConnectionString, simulator.Address, cancellationToken))
    {
        findings.Add(await measurement.MeasureAsync(direct.OneAfterAnother, cancellationToken));
        findings.Add(await measurement.MeasureAsync(direct.FannedOut, cancellationToken));
    }

    await using (var app = await AppWork.StartAsync(database.ConnectionString, simulator.Address, cancellationToken))
    {
        findings.Add(await measurement.MeasureAsync(app.Durable, cancellationToken));
    }

    return findings;
}

static void Report(string progress) => Console.Error.WriteLine(progress);
