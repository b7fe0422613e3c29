using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using DurableTask.Core;
using DurableTask.Core.Exceptions;
using Npgsql;
using Quorum.DurableTask.PostgreSql;
using Quorum.HubKills.Relay;
using Quorum.HubKills.Seeds;

namespace Quorum.HubKills.Kills;

/// <summary>
/// Kills one of two processes of a hub at a point, and checks that the other one finishes the work. Both run inside this process: a kill
/// cuts all connections of one at the same moment, so that it has no effect afterwards.
/// </summary>
public sealed class KillRun
{
    private const int MixedPerRound = 3;
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);
    private readonly CampaignHub _hub;
    private readonly TimeSpan _lease;

    private KillRun(CampaignHub hub, TimeSpan lease)
    {
        _hub = hub;
        _lease = lease;
    }

    /// <summary>Creates the hub.</summary>
    public static async Task<KillRun> CreateAsync(NpgsqlDataSource database, string connectionString, string schema, TimeSpan lease) =>
        new(await CampaignHub.CreateAsync(database, connectionString, schema), lease);

    /// <summary>Runs orchestrations until the process is killed, and then until all have ended.</summary>
    /// <param name="number">Distinguishes the instances of this run.</param>
    /// <param name="point">The point of the kill.</param>
    /// <param name="pass">The kill happens at this pass of the point, from 1.</param>
    /// <param name="limit">The maximum time for which the point is awaited, and then for which each instance is.</param>
    /// <param name="cancellationToken">Ends the checks.</param>
    public async Task<KillResult> RunAsync(int number, KillPoint point, int pass, TimeSpan limit, CancellationToken cancellationToken)
    {
        var kill = new KillSwitch(point, pass);
        await using var relay = new PostgresRelay(_hub.ConnectionString, kill.Decide, kill.Kill);
        await using var victimsOwn = NpgsqlDataSource.Create(relay.ConnectionString);
        await using var survivorsOwn = NpgsqlDataSource.Create(_hub.ConnectionString);
        await using var victim = new CampaignWorker(
            _hub.Service(relay.ConnectionString, _lease),
            call => RunActivityAsync(victimsOwn, call)
        );
        await using var survivor = new CampaignWorker(
            _hub.Service(_hub.ConnectionString, _lease),
            call => RunActivityAsync(survivorsOwn, call)
        );
        await using var outside = _hub.Service(_hub.ConnectionString, _lease);
        await victim.StartAsync();
        await survivor.StartAsync();
        var burial = BuryAsync(victim, kill);
        var work = new Work(kill, victim.Service, survivor.Service, outside, limit);
        kill.Arm();
        var begun = Stopwatch.GetTimestamp();
        var rounds = 0;
        while (!kill.Killed.IsCompleted && Stopwatch.GetElapsedTime(begun) < limit)
        {
            await work.RunRoundAsync(string.Create(CultureInfo.InvariantCulture, $"k{number}-{rounds++}"));
        }

        kill.Disarm();
        await survivor.Service.StopAsync(isForced: true);
        if (!kill.Killed.IsCompleted)
        {
            await victim.Service.StopAsync(isForced: true);
        }
        else
        {
            await burial;
        }

        List<Problem> problems = [.. work.Problems, .. await _hub.CheckAsync([.. work.Expected], cancellationToken)];
        var (extraRuns, extraRunsOfOneCall) = await _hub.CountExtraRunsAsync(cancellationToken);
        await _hub.ClearAsync();
        return new KillResult
        {
            Point = point,
            WasKilled = kill.Killed.IsCompleted,
            Instances = work.Expected.Count,
            Stuck = kill.Killed.IsCompleted ? work.CountEndedAfter(await kill.Killed, _lease + Slack) : 0,
            ExtraRuns = extraRuns,
            ExtraRunsOfOneCall = extraRunsOfOneCall,
            Problems = problems,
        };
    }

    private static async Task BuryAsync(CampaignWorker victim, KillSwitch kill)
    {
        await kill.Killed;
        await victim.KillAsync();
    }

    private async Task RunActivityAsync(NpgsqlDataSource process, string call)
    {
        var parts = call.Split(' ');
        await _hub.NoteRunAsync(process, parts[0], parts[1]);
    }

    /// <summary>The instances of a run. Most are started by the process that is killed, whose answers may be lost with it.</summary>
    private sealed class Work(
        KillSwitch kill,
        PostgresOrchestrationService victim,
        PostgresOrchestrationService survivor,
        PostgresOrchestrationService outside,
        TimeSpan limit
    )
    {
        private readonly ConcurrentQueue<long> _ends = new();

        public ConcurrentQueue<Problem> Problems { get; } = new();

        /// <summary>Every instance that must exist and have ended.</summary>
        public ConcurrentQueue<string> Expected { get; } = new();

        public int CountEndedAfter(long kill, TimeSpan longest) => _ends.Count(end => Stopwatch.GetElapsedTime(kill, end) > longest);

        public async Task RunRoundAsync(string round)
        {
            var collector = round + "-all";
            string[] ids = [.. Enumerable.Range(0, MixedPerRound).Select(i => string.Create(CultureInfo.InvariantCulture, $"{round}-{i}"))];
            await StartAsync(victim, "collector", collector, $"{MixedPerRound}:");
            await Task.WhenAll(ids.Select((id, i) => MixedAsync(i == 0 ? survivor : victim, id, collector)));
            await ExpectAsync(collector, string.Join(',', ids));
        }

        private async Task MixedAsync(PostgresOrchestrationService process, string id, string collector)
        {
            await StartAsync(process, "mixed", id, $"0:0:{collector}:");
            await AskAsync(process, client => client.RaiseEventAsync(new OrchestrationInstance { InstanceId = id }, "go", "go"));
            await ExpectAsync(id, SeedOrchestrations.MixedOutput);
            Expected.Enqueue(id + "-child");
        }

        private Task StartAsync(PostgresOrchestrationService process, string name, string id, string input)
        {
            Expected.Enqueue(id);
            return AskAsync(
                process,
                async client =>
                {
                    try
                    {
                        await client.CreateOrchestrationInstanceAsync(name, "", id, input);
                    }
                    catch (OrchestrationAlreadyExistsException)
                    {
                        // started by the process that was killed before it could answer
                    }
                }
            );
        }

        /// <summary>Asks a process; if that is killed before it answers, another one.</summary>
        private async Task AskAsync(PostgresOrchestrationService process, Func<TaskHubClient, Task> request)
        {
            if (process != victim)
            {
                await RepeatedRequest.RunAsync(() => request(new TaskHubClient(process)), limit);
                return;
            }

            if (!kill.Killed.IsCompleted)
            {
                var asked = RepeatedRequest.RunAsync(() => request(new TaskHubClient(victim)), limit, kill.Killed);
                await Task.WhenAny(asked, kill.Killed);
                if (asked.IsCompletedSuccessfully)
                {
                    return;
                }

                if (!kill.Killed.IsCompleted)
                {
                    await asked; // a fault that is not of the connection
                }

                _ = IgnoreAsync(asked); // it has no caller any more
            }

            await RepeatedRequest.RunAsync(() => request(new TaskHubClient(outside)), limit);
        }

        private static async Task IgnoreAsync(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        private async Task ExpectAsync(string id, string output)
        {
            OrchestrationState? ended;
            try
            {
                ended = await new TaskHubClient(outside).WaitForOrchestrationAsync(new OrchestrationInstance { InstanceId = id }, limit);
            }
            catch (TimeoutException)
            {
                return; // the check reports it as unfinished
            }

            _ends.Enqueue(Stopwatch.GetTimestamp());
            if (ended is not null && (ended.OrchestrationStatus != OrchestrationStatus.Completed || ended.Output != $"\"{output}\""))
            {
                Problems.Enqueue(
                    new Problem(
                        ProblemKind.Doubled,
                        $"{id} is {ended.OrchestrationStatus} with {ended.Output} instead of {output}: {ended.FailureDetails?.ErrorMessage}"
                    )
                );
            }
        }
    }
}

/// <summary>The result of one kill.</summary>
public sealed record KillResult
{
    public required KillPoint Point { get; init; }

    /// <summary>False if the process did not pass the point in time.</summary>
    public required bool WasKilled { get; init; }

    public required int Instances { get; init; }

    /// <summary>The number of instances that ended later than a lease and two seconds after the kill.</summary>
    public required int Stuck { get; init; }

    /// <summary>Runs of activities beyond the first of each call.</summary>
    public required int ExtraRuns { get; init; }

    /// <summary>The largest number of <see cref="ExtraRuns"/> of one call.</summary>
    public required int ExtraRunsOfOneCall { get; init; }

    /// <summary>Losses, instances without an end, and doubled effects.</summary>
    public required IReadOnlyList<Problem> Problems { get; init; }
}
