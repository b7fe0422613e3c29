using System.Diagnostics;
using DurableTask.Core;
using Npgsql;
using Quorum.DurableTask.PostgreSql;
using Quorum.LocalServices.Postgres;

namespace Quorum.HubKills;

/// <summary>Measures start to finish of an orchestration of two activities on an empty hub and beside 1,000,000 rows of history, in one
/// run.</summary>
internal static class HistoryLatency
{
    private const int Rounds = 300;

    public static async Task<bool> RunAsync()
    {
        var folder = WorkerProcess.NewFolder("hub-history");
        await using var postgres = await LocalPostgres.StartAsync(
            new LocalPostgresOptions { DataDirectory = Path.Combine(folder.FullName, "data"), Throwaway = true }
        );
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        await WorkerProcess.PrepareAsync(database);
        await using var worker = await ChildProcess.StartAsync(postgres.ConnectionString, TimeSpan.FromSeconds(10));
        await using var service = new PostgresOrchestrationService(
            new PostgresOrchestrationOptions { ConnectionString = postgres.ConnectionString }
        );
        var client = new TaskHubClient(service);
        await MeasureAsync(client); // warm-up
        var empty = await MeasureAsync(client);
        await using (
            var fill = database.CreateCommand(
                """
                insert into taskhub.instances (instance_id, generation, name, status, created_at, updated_at, completed_at)
                select 'old-' || n, 0, 'chain', 'Completed', now() - interval '1 day', now(), now() from generate_series(1, 250000) as n;
                insert into taskhub.history (instance_id, generation, sequence, events)
                select 'old-' || n, 0, s, '[{"type":"OrchestratorStarted","at":"2026-01-01T00:00:00Z"}]' from generate_series(1, 250000) as n, generate_series(0, 3) as s;
                """
            )
        )
        {
            fill.CommandTimeout = 600;
            await fill.ExecuteNonQueryAsync();
        }

        await MeasureAsync(client);
        var full = await MeasureAsync(client);
        var ratio = full / empty;
        Console.WriteLine(
            $"median start to finish: {empty.TotalMilliseconds:0.0} ms on an empty hub, {full.TotalMilliseconds:0.0} ms beside 1,000,000 history rows ({ratio:0.00} times)"
        );
        return ratio <= 1.2;
    }

    private static async Task<TimeSpan> MeasureAsync(TaskHubClient client)
    {
        var durations = new List<TimeSpan>(Rounds);
        for (var i = 0; i < Rounds; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            await client.WaitForOrchestrationAsync(await client.CreateOrchestrationInstanceAsync("chain", "", 2), TimeSpan.FromMinutes(1));
            durations.Add(Stopwatch.GetElapsedTime(begun));
        }

        durations.Sort();
        return durations[Rounds / 2];
    }
}
