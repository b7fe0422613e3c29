using Quorum.Harness;
using Quorum.Sharing;

return await BenchProgram.RunAsync(
    args,
    SharingArguments.Usage,
    SharingArguments.Parse,
    async (arguments, cancellationToken) =>
    {
        List<string> faults = [];
        if (arguments.QuotaMinutes > 0)
        {
            faults.AddRange(
                await new FreePlans(TimeSpan.FromMinutes(arguments.QuotaMinutes), Console.Out, BenchProgram.Report).RunAsync(
                    cancellationToken
                )
            );
        }

        if (arguments.WatchlistMinutes > 0)
        {
            faults.AddRange(
                await new WatchedSymbols(TimeSpan.FromMinutes(arguments.WatchlistMinutes), Console.Out, BenchProgram.Report).RunAsync(
                    cancellationToken
                )
            );
        }

        Console.WriteLine(faults.Count == 0 ? "All checks passed." : "FAILED: " + string.Join("; ", faults));
        return faults.Count == 0;
    }
);
