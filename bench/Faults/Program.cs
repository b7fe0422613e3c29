using Quorum.Faults;
using Quorum.Harness;

return await BenchProgram.RunAsync(
    args,
    FaultArguments.Usage,
    FaultArguments.Parse,
    async (arguments, cancellationToken) =>
    {
        var cells = await (
            arguments switch
            {
                { ChaosMinutes: > 0 } => new Chaos(arguments.ChaosMinutes, BenchProgram.Report).RunAsync(cancellationToken),
                { OverloadRate: > 0 } => new Overload(arguments, BenchProgram.Report).RunAsync(cancellationToken),
                _ => new Matrix(arguments, BenchProgram.Report).RunAsync(cancellationToken),
            }
        );
        Console.WriteLine("| what | fault | answers | p95 ms | called | verdict |");
        Console.WriteLine("|---|---|---:|---:|---|---|");
        foreach (var cell in cells)
        {
            Console.WriteLine(
                $"| {cell.Target} | {cell.Fault} | {cell.Answered} | {cell.P95.TotalMilliseconds:0} | {cell.Outcome} | "
                    + $"{(cell.Faults.Count == 0 ? "ok" : "FAILED: " + string.Join("; ", cell.Faults))} |"
            );
        }

        var failed = cells.Count(cell => cell.Faults.Count > 0);
        Console.WriteLine();
        Console.WriteLine($"{cells.Count} cells, {failed} failed.");
        return failed == 0;
    }
);
