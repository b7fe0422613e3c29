using System.Collections.Concurrent;
using System.Diagnostics;
using DurableTask.Core;
using Npgsql;
using Quorum.DurableTask.PostgreSql;
using Quorum.LocalServices.Postgres;

namespace Quorum.HubKills;

/// <summary>Two workers on one hub under load, one of them killed every few seconds: no start is lost, no instance ends twice or with
/// another result, each ends within one lease for each takeover and two seconds.</summary>
internal static class KillCampaign
{
    private const int Steps = 5;
    private const int WarmUpInstances = 100;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenStarts = TimeSpan.FromMilliseconds(25);

    public static async Task<bool> RunAsync(TimeSpan duration)
    {
        var folder = WorkerProcess.NewFolder("hub-kills");
        await using var postgres = await LocalPostgres.StartAsync(
            new LocalPostgresOptions { DataDirectory = Path.Combine(folder.FullName, "data"), Throwaway = true }
        );
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        await WorkerProcess.PrepareAsync(database);
        await using var service = new PostgresOrchestrationService(
            new PostgresOrchestrationOptions { ConnectionString = postgres.ConnectionString }
        );
        await service.CreateIfNotExistsAsync();
        var client = new TaskHubClient(service);
        var faults = new ConcurrentQueue<string>();
        var durations = new ConcurrentDictionary<string, TimeSpan>(StringComparer.Ordinal);
        var instances = new List<Task>();
        var workers = new[]
        {
            await ChildProcess.StartAsync(postgres.ConnectionString, Lease),
            await ChildProcess.StartAsync(postgres.ConnectionString, Lease),
        };
        // Not measured: the runtime compiles the workers' code at its first calls.
        await Task.WhenAll(Enumerable.Range(0, WarmUpInstances).Select(_ => OneAsync()));
        durations.Clear();
        using var over = new CancellationTokenSource(duration);
        var killing = KillAsync(workers, postgres.ConnectionString, over.Token);
        while (!over.IsCancellationRequested)
        {
            instances.Add(OneAsync());
            await Task.Delay(BetweenStarts);
        }

        var kills = await killing;
        await Task.WhenAll(instances);
        var takeovers = await TakeoversAsync(database);
        var late = durations.Where(ended => ended.Value > (Lease * takeovers[ended.Key]) + Slack).ToList();
        var doubled = await CountAsync(
            database,
            "select count(*) from (select 1 from taskhub.history_events where type = 'ExecutionCompleted' group by instance_id having count(*) > 1) as ended"
        );
        if (doubled > 0)
        {
            faults.Enqueue($"{doubled} instances ended more than once");
        }

        var repeated = await CountAsync(
            database,
            "select coalesce(sum(runs - 1), 0) from (select count(*) as runs from public.runs group by instance_id, step) as steps"
        );
        Console.WriteLine($"{repeated} activities ran again after a kill");
        Console.WriteLine(
            $"{instances.Count} instances, {kills} kills, {takeovers.Values.Sum()} takeovers, {late.Count} later than a lease for each and {Slack.TotalSeconds:0} s, slowest {durations.Values.Max().TotalSeconds:0.0} s"
        );
        foreach (var (instanceId, took) in late)
        {
            Console.WriteLine($"{instanceId}: ended after {took.TotalSeconds:0.0} s and {takeovers[instanceId]} takeovers");
        }

        foreach (var fault in faults)
        {
            Console.WriteLine(fault);
        }

        return faults.IsEmpty && late.Count == 0;

        async Task OneAsync()
        {
            var begun = Stopwatch.GetTimestamp();
            var instance = await client.CreateOrchestrationInstanceAsync("chain", "", Steps);
            var ended = await client.WaitForOrchestrationAsync(instance, TimeSpan.FromMinutes(2));
            durations[instance.InstanceId] = Stopwatch.GetElapsedTime(begun);
            if (ended is not { OrchestrationStatus: OrchestrationStatus.Completed } || ended.Output != $"{Steps}")
            {
                faults.Enqueue($"{instance.InstanceId}: {ended?.OrchestrationStatus} {ended?.Output}");
            }
        }
    }

    // Each claim raises the fence; the first one takes the instance from its client.
    private static async Task<Dictionary<string, long>> TakeoversAsync(NpgsqlDataSource database)
    {
        var takeovers = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var command = database.CreateCommand("select instance_id, greatest(fence - 1, 0) from taskhub.instances");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            takeovers.Add(reader.GetString(0), reader.GetInt64(1));
        }

        return takeovers;
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database, string query)
    {
        await using var command = database.CreateCommand(query);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    // The last two workers run until every instance has ended; they end with this program, which closes their input.
    private static async Task<int> KillAsync(ChildProcess[] workers, string connectionString, CancellationToken cancellationToken)
    {
        var kills = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(Random.Shared.Next(2, 6)), cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
