using System.Collections.Concurrent;
using System.Diagnostics;
using DurableTask.Core;
using DurableTask.Core.Exceptions;
using Npgsql;
using Quorum.DurableTask.PostgreSql;
using Quorum.HubKills.Relay;

namespace Quorum.HubKills.Seeds;

/// <summary>Runs seeds one after the other on a hub of its own, in one schema of a database.</summary>
public sealed class SeedRun
{
    private const int MixedPerSeed = 3;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly CampaignHub _hub;

    private SeedRun(CampaignHub hub) => _hub = hub;

    /// <summary>Creates the hub.</summary>
    public static async Task<SeedRun> CreateAsync(NpgsqlDataSource database, string connectionString, string schema) =>
        new(await CampaignHub.CreateAsync(database, connectionString, schema));

    /// <summary>Runs the workload of one seed with its faults, on two workers and a client.</summary>
    public async Task<SeedResult> RunAsync(int seed, CancellationToken cancellationToken)
    {
        var faults = new SeededFaults(seed);
        var runs = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var begun = Stopwatch.GetTimestamp();
        await using var relay = new PostgresRelay(_hub.ConnectionString, faults.Decide);
        await using var first = await StartWorkerAsync(relay, runs);
        await using var second = await StartWorkerAsync(relay, runs);
        await using var outside = Service(relay);
        var problems = new List<string>();
        string[] ids = [.. Enumerable.Range(0, MixedPerSeed).Select(i => $"s{seed}-{i}")];
        try
        {
            PostgresOrchestrationService[] clients = [first.Service, second.Service, outside];
            await StartAsync(clients[seed % 3], "collector", $"s{seed}-all", $"{MixedPerSeed}:");
            await Task.WhenAll(
                ids.Select((id, i) => MixedAsync(clients[i % clients.Length], clients[(i + seed) % clients.Length], id, $"s{seed}-all"))
            );
            await ExpectAsync(outside, $"s{seed}-all", string.Join(',', ids));
        }
        catch (Exception e) when (e is TimeoutException or InvalidDataException)
        {
            problems.Add(e.Message);
            problems.AddRange(await CheckAsync());
            problems.Add("then, after the workers left:");
        }

        faults.End();
        await first.Service.StopAsync(isForced: true);
        await second.Service.StopAsync(isForced: true);
        problems.AddRange(await CheckAsync());
        var extraRuns = runs.Values.Sum(count => count - 1);
        await _hub.ClearAsync();
        return new SeedResult(seed, faults.Applied, problems, extraRuns, Stopwatch.GetElapsedTime(begun));

        async Task<IEnumerable<string>> CheckAsync() =>
            (await _hub.CheckAsync([.. ids.Select(id => id + "-child")], cancellationToken)).Select(problem => problem.Text);

        async Task MixedAsync(PostgresOrchestrationService starter, PostgresOrchestrationService raiser, string id, string collector)
        {
            await StartAsync(starter, "mixed", id, $"0:0:{collector}:");
            await RepeatedRequest.RunAsync(
                () => new TaskHubClient(raiser).RaiseEventAsync(new OrchestrationInstance { InstanceId = id }, "go", "go"),
                Limit
            );
            await ExpectAsync(raiser, id, SeedOrchestrations.MixedOutput);
        }
    }

    private async Task<CampaignWorker> StartWorkerAsync(PostgresRelay relay, ConcurrentDictionary<string, int> runs)
    {
        var worker = new CampaignWorker(
            Service(relay),
            call =>
            {
                runs.AddOrUpdate(call, 1, static (_, earlier) => earlier + 1);
                return Task.CompletedTask;
            }
        );
        await worker.StartAsync();
        return worker;
    }

    private PostgresOrchestrationService Service(PostgresRelay relay) => _hub.Service(relay.ConnectionString, Lease);

    private static Task StartAsync(PostgresOrchestrationService service, string name, string id, string input) =>
        RepeatedRequest.RunAsync(
            async () =>
            {
                try
                {
                    await new TaskHubClient(service).CreateOrchestrationInstanceAsync(name, "", id, input);
                }
                catch (OrchestrationAlreadyExistsException)
                {
                    // started by the attempt whose answer was lost
                }
            },
            Limit
        );

    private static async Task ExpectAsync(PostgresOrchestrationService service, string id, string output)
    {
        var ended =
            await new TaskHubClient(service).WaitForOrchestrationAsync(new OrchestrationInstance { InstanceId = id }, Limit)
            ?? throw new InvalidDataException($"{id} is lost");
        if (ended.OrchestrationStatus != OrchestrationStatus.Completed || ended.Output != $"\"{output}\"")
        {
            throw new InvalidDataException(
                $"{id} is {ended.OrchestrationStatus} with {ended.Output} instead of {output}: {ended.FailureDetails?.ErrorMessage}"
            );
        }
    }
}

/// <param name="Seed">The seed.</param>
/// <param name="Faults">The faults that were applied.</param>
/// <param name="Problems">What was lost, stuck, finished twice or happened twice; empty if all is well.</param>
/// <param name="ExtraRuns">Runs of activities beyond the first of each call.</param>
/// <param name="Duration">From the first start to the last check.</param>
public sealed record SeedResult(
    int Seed,
    IReadOnlyDictionary<(string Point, Fate Fate), int> Faults,
    IReadOnlyList<string> Problems,
    int ExtraRuns,
    TimeSpan Duration
);
