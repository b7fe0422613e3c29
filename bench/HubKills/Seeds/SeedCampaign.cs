using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Quorum.HubKills.Relay;
using Quorum.LocalServices.Postgres;

namespace Quorum.HubKills.Seeds;

/// <summary>Runs many seeds side by side and prints a table of the faults by point.</summary>
internal static class SeedCampaign
{
    private const int Lanes = 6; // connections: two workers and a client each

    public static async Task<bool> RunAsync(int first, int count)
    {
        var folder = WorkerProcess.NewFolder("hub-seeds");
        await using var postgres = await LocalPostgres.StartAsync(
            new LocalPostgresOptions { DataDirectory = Path.Combine(folder.FullName, "data"), Throwaway = true }
        );
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        var results = new ConcurrentBag<SeedResult>();
        var next = first - 1;
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Lanes).Select(LaneAsync));
        Print([.. results]);
        Console.WriteLine($"{results.Count} seeds from {first} in {Stopwatch.GetElapsedTime(begun).TotalMinutes:0.0} min");
        return results.All(result => result.Problems.Count == 0);

        async Task LaneAsync(int lane)
        {
            var run = await SeedRun.CreateAsync(
                database,
                postgres.ConnectionString,
                string.Create(CultureInfo.InvariantCulture, $"hub_{lane}")
            );
            while (Interlocked.Increment(ref next) is var seed && seed < first + count)
            {
                var result = await run.RunAsync(seed, CancellationToken.None);
                results.Add(result);
                foreach (var problem in result.Problems)
                {
                    Console.WriteLine($"seed {seed}: {problem}");
                }
            }
        }
    }

    private static void Print(IReadOnlyList<SeedResult> results)
    {
        var faults = results
            .SelectMany(result => result.Faults)
            .GroupBy(fault => fault.Key, fault => fault.Value)
            .ToDictionary(group => group.Key, group => group.Sum());
        Fate[] fates = [Fate.Reject, Fate.BreakBefore, Fate.BreakDuring, Fate.BreakAfter];
        Console.WriteLine("| point | rejected | broken before | broken during | broken after the commit |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var point in PostgresRequest.AllPoints)
        {
            Console.WriteLine($"| {point} | {string.Join(" | ", fates.Select(fate => faults.GetValueOrDefault((point, fate))))} |");
        }

        Console.WriteLine($"| all | {string.Join(" | ", fates.Select(fate => faults.Where(f => f.Key.Fate == fate).Sum(f => f.Value)))} |");
        Console.WriteLine();
        Console.WriteLine(
            $"{results.Count(result => result.Problems.Count > 0)} seeds with a problem, {results.Sum(result => result.ExtraRuns)} extra runs of activities, slowest seed {results.Max(result => result.Duration).TotalSeconds:0.0} s"
        );
    }
}
