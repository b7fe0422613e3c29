using Quorum.Abuse;
using Quorum.Harness;
using Quorum.LocalServices.Folders;

return await BenchProgram.RunAsync(
    args,
    """
    dotnet run -c Release --project bench/Abuse -- [--help]
      What a caller can make the app use up, without a key and with one: a row for each abuse, with its limit.
    """,
    parse: arguments => arguments.Count == 0 ? true : throw new FormatException($"{arguments[0]} is unknown."),
    async (_, cancellationToken) =>
    {
        const string Key = "a-key-of-this-bench-only";
        var log = Path.Combine(LocalFolder.Locate(), "abuse", "app.log");
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        File.Delete(log); // of an earlier run
        await using var database = await Database.StartAsync("abuse", BenchProgram.Report, cancellationToken);
        await using var queues = await QueueStorage.StartAsync("abuse", BenchProgram.Report, cancellationToken);
        await using var simulator = await Simulator.StartAsync(cancellationToken);
        var settings = new Dictionary<string, string?>
        {
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Production", // keys are required
            ["AllowedHosts"] = "127.0.0.1",
            ["Functions__Keys__Function__default"] = Key,
            ["AzureWebJobsStorage"] = queues.ConnectionString,
        };
        await using var app = await AppProcess.StartAsync(
            database.ConnectionString,
            _ => simulator.Address,
            settings,
            log,
            cancellationToken
        );
        BenchProgram.Report("without a key");
        var strangers = new Strangers(app);
        List<Finding> findings =
        [
            await strangers.SendBodiesAsync(cancellationToken),
            await strangers.ConnectAsync(cancellationToken),
            await strangers.SendBrokenRequestsAsync(log, cancellationToken),
        ];
        BenchProgram.Report("with a key");
        await using var holders = new KeyHolders(app, simulator, database, Key);
        findings.Add(await holders.PostGarbageAsync(cancellationToken));
        findings.AddRange(await holders.AskForUnknownSymbolsAsync(cancellationToken));

        Console.WriteLine("| abuse | used up | limit |");
        Console.WriteLine("|---|---|---|");
        foreach (var finding in findings)
        {
            Console.WriteLine($"| {finding.Abuse} | {finding.Used:N0} {finding.Unit} | {finding.Limit:N0} |");
        }

        return findings.TrueForAll(finding => finding.Used <= finding.Limit);
    }
);
