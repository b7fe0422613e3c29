using Quorum.CaseStudy.CommandLine;
using Quorum.CaseStudy.Measuring;
using Quorum.CaseStudy.Reporting;
using Quorum.CaseStudy.Variants;
using Quorum.Harness;

return await BenchProgram.RunAsync(
    args,
    CaseStudyArguments.Usage,
    CaseStudyArguments.Parse,
    async (arguments, cancellationToken) =>
    {
        await using var database = await Database.StartAsync("case-study", BenchProgram.Report, cancellationToken);
        await using var simulator = await Simulator.StartAsync(cancellationToken);
        var measurement = new Measurement(arguments, BenchProgram.Report, TimeProvider.System);
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

        Console.Write(MarkdownReport.Write(arguments, findings, TimeProvider.System.GetUtcNow()));
        return true;
    }
);
