using System.Collections.Concurrent;
using System.Diagnostics;
using DurableTask.Core;
using Npgsql;
using Quorum.DurableTask.PostgreSql;
using Quorum.LocalServices.Postgres;

namespace Quorum.HubKills;

/// <summary>Two workers on one hub under load, one of them killed every few seconds: no start is lost, no instance ends twice or with another result,
/// each ends within one lease and two seconds.</summary>
internal static class KillCampaign
{
    private const int Steps = 5;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Limit = Lease + TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenStarts = TimeSpan.FromMilliseconds(25);

    public static async Task<bool> RunAsync(TimeSpan duration)
    {
        var folder = WorkerProcess.NewFolder("hub-kills");
        await using var postgres = await LocalPostgres.StartAsync(new LocalPostgresOptions { DataDirectory = Path.Combine(folder.FullName, "data"), Throwaway = true });
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        await WorkerProcess.PrepareAsync(database);
        await using var service = new PostgresOrchestrationService(new PostgresOrchestrationOptions { ConnectionString = postgres.ConnectionString });
        await service.CreateIfNotExistsAsync();
        var client = new TaskHubClient(service);
        var faults = new ConcurrentQueue<string>();
        var durations = new ConcurrentQueue<TimeSpan>();
        var instances = new List<Task>();
        using var over = new CancellationTokenSource(duration);
        var killing = KillAsync(postgres.ConnectionString, over.Token);
        while (!over.IsCancellationRequested)
        {
            instances.Add(OneAsync());
            await Task.Delay(BetweenStarts);
        }

        var kills = await killing;
        await Task.WhenAll(instances);
        var late = durations.Count(elapsed => elapsed > Limit);
        Console.WriteLine($"{instances.Count} instances, {kills} kills, {late} later than {Limit.TotalSeconds:0} s, slowest {durations.Max().TotalSeconds:0.0} s");
        foreach (var fault in faults)
        {
            Console.WriteLine(fault);
        }

        return faults.IsEmpty && late == 0;

        async Task OneAsync()
        {
            var begun = Stopwatch.GetTimestamp();
            var instance = await client.CreateOrchestrationInstanceAsync("chain", "", Steps);
            var ended = await client.WaitForOrchestrationAsync(instance, TimeSpan.FromMinutes(2));
            durations.Enqueue(Stopwatch.GetElapsedTime(begun));
            if (ended is not { OrchestrationStatus: OrchestrationStatus.Completed } || ended.Output != $"{Steps}")
            {
                faults.Enqueue($"{instance.InstanceId}: {ended?.OrchestrationStatus} {ended?.Output}");
            }
        }
    }

    // The last two workers run until every instance has ended: they end with this program, which closes their input.
    private static async Task<int> KillAsync(string connectionString, CancellationToken cancellationToken)
    {
        var workers = new[] { await ChildProcess.StartAsync(connectionString, Lease), await ChildProcess.StartAsync(connectionString, Lease) };
        var kills = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(Random.Shared.Next(2, 6)), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!cancellationToken.IsCancellationRequested)
            {
                var victim = kills++ % workers.Length;
                await workers[victim].DisposeAsync();
                workers[victim] = await ChildProcess.StartAsync(connectionString, Lease);
            }
        }

        return kills;
    }
}
