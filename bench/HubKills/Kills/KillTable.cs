using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Quorum.LocalServices.Postgres;

namespace Quorum.HubKills.Kills;

/// <summary>Kills processes at every point, many times, and prints a table of the outcomes.</summary>
internal static class KillTable
{
    private const int Lanes = 6; // connections: two processes, their activities and a client each
    private const int MaxRunsPerKill = 2; // a run whose process does not pass the point in time has no kill
    private const int Passes = 3; // a kill comes at the first, second or third pass of its point
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public static async Task<bool> RunAsync(int kills, TimeSpan lease, string only)
    {
        KillPoint[] points = [.. KillPoint.All.Where(point => point.ToString().Contains(only, StringComparison.Ordinal))];
        if (points.Length == 0)
        {
            await Console.Error.WriteLineAsync($"No point contains '{only}'. There are: {string.Join("; ", KillPoint.All)}.");
            return false;
        }

        var folder = WorkerProcess.NewFolder("hub-kill-table");
        await using var postgres = await LocalPostgres.StartAsync(
            new LocalPostgresOptions { DataDirectory = Path.Combine(folder.FullName, "data"), Throwaway = true }
        );
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        var results = new ConcurrentBag<KillResult>();
        var next = -1;
        var done = 0;
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(LaneAsync));
        Print(points, [.. results], lease);
        Console.WriteLine($"in {Stopwatch.GetElapsedTime(begun).TotalMinutes:0.0} min");
        return results.Count(result => result.WasKilled) >= kills
            && results.All(result => result.Problems.Count == 0 && result.Stuck == 0 && result.ExtraRunsOfOneCall <= 1);

        async Task LaneAsync(int lane)
        {
            var run = await KillRun.CreateAsync(
                database,
                postgres.ConnectionString,
                string.Create(CultureInfo.InvariantCulture, $"hub_{lane}"),
                lease
            );
            while (Volatile.Read(ref done) < kills && Interlocked.Increment(ref next) is var number && number < kills * MaxRunsPerKill)
            {
                var point = points[number % points.Length];
                var result = await run.RunAsync(number, point, 1 + (number / points.Length % Passes), Limit, CancellationToken.None);
                results.Add(result);
                Interlocked.Add(ref done, result.WasKilled ? 1 : 0);
                foreach (var problem in result.Problems)
                {
                    Console.WriteLine($"kill {number}, {point}: {problem}");
                }
            }
        }
    }

    private static void Print(IReadOnlyList<KillPoint> points, IReadOnlyList<KillResult> results, TimeSpan lease)
    {
        Console.WriteLine(
            $"| killed at | kills | instances | lost | unfinished | later than {lease.TotalSeconds:0} + 2 s | finished twice | extra runs a kill | of one activity at most | doubled effects |"
        );
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var point in points)
        {
            Print(point.ToString(), [.. results.Where(result => result.Point == point)]);
        }

        Print($"all {results.Where(result => result.WasKilled).Select(result => result.Point).Distinct().Count()} points", results);
    }

    private static void Print(string name, IReadOnlyList<KillResult> results)
    {
        var kills = results.Count(result => result.WasKilled);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {kills} | {results.Sum(result => result.Instances)} | {Count(ProblemKind.Lost)} | {Count(ProblemKind.Unfinished)} | {results.Sum(result => result.Stuck)} | {Count(ProblemKind.FinishedTwice)} | {results.Sum(result => result.ExtraRuns) / (double)Math.Max(1, kills):0.00} | {results.Select(result => result.ExtraRunsOfOneCall).DefaultIfEmpty().Max()} | {Count(ProblemKind.Doubled)} |"
            )
        );

        int Count(ProblemKind kind) => results.Sum(result => result.Problems.Count(problem => problem.Kind == kind));
    }
}
