using System.Globalization;
using Quorum.Early;
using Quorum.Harness;

return await BenchProgram.RunAsync(
    args,
    EarlyArguments.Usage,
    EarlyArguments.Parse,
    async (arguments, cancellationToken) =>
    {
        await using var database = await Database.StartAsync("early", BenchProgram.Report, cancellationToken);
        await using var simulator = await Simulator.StartAsync(cancellationToken);
        // Each provider is called in every row: an open circuit would be another measurement.
        var settings = Quorum.MarketData.ProviderId.All.ToDictionary(
            provider => $"Providers__{provider.SettingsName}__CircuitBreaker__Enabled",
            string? (_) => "false"
        );
        await using var app = await AppProcess.StartAsync(
            database.ConnectionString,
            _ => simulator.Address,
            settings,
            logFile: null,
            cancellationToken
        );
        using var measurement = new Measurement(app.Address, simulator.Address, arguments);
        var findings = new List<Findings>();
        foreach (var condition in Condition.All)
        {
            BenchProgram.Report(condition.Name);
            findings.Add(await measurement.MeasureAsync(condition, cancellationToken));
        }

        var normal = findings[0];
        Console.WriteLine(
            $"One client, `maxAge=0&budget=1000&agree={arguments.Agree}`, {arguments.Requests} requests a row; times in ms, those in brackets against the first row."
        );
        Console.WriteLine();
        Console.WriteLine("| providers | answered | early | p50 | p95 | p99 |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|");
        foreach (var row in findings)
        {
            Console.WriteLine(
                $"| {row.Condition.Name} | {row.Answered} of {row.Asked} | {row.Early} | {Time(row, 0.5)} | {Time(row, 0.95)} | {Time(row, 0.99)} |"
            );
        }

        Console.WriteLine();
        Console.WriteLine("Difference between the early and the complete price, in basis points of the complete one:");
        Console.WriteLine();
        Console.WriteLine("| providers | compared | p50 | p90 | p95 | p99 | max |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        foreach (var row in findings)
        {
            Console.WriteLine(
                $"| {row.Condition.Name} | {row.Differences.Count} | {Bps(row, 0.5)} | {Bps(row, 0.9)} | {Bps(row, 0.95)} | {Bps(row, 0.99)} | {Bps(row, 1)} |"
            );
        }

        return findings.TrueForAll(row => row.Answered == row.Asked);

        string Time(Findings row, double share) =>
            row == normal
                ? string.Create(CultureInfo.InvariantCulture, $"{row.TimeMs(share):0.0}")
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.TimeMs(share):0.0} ({row.TimeMs(share) - normal.TimeMs(share):+0.0;-0.0})"
                );

        string Bps(Findings row, double share) =>
            row.DifferenceBps(share) is { } difference ? difference.ToString("0.00", CultureInfo.InvariantCulture) : "";
    }
);
