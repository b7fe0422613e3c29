using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
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
    private readonly NpgsqlDataSource _database;
    private readonly string _connectionString;
    private readonly string _schema;

    private SeedRun(NpgsqlDataSource database, string connectionString, string schema)
    {
        _database = database;
        _connectionString = connectionString;
        _schema = schema;
    }

    /// <summary>Creates the hub, with a trigger that notes each end of an instance.</summary>
    public static async Task<SeedRun> CreateAsync(NpgsqlDataSource database, string connectionString, string schema)
    {
        await using (
            var service = new PostgresOrchestrationService(
                new PostgresOrchestrationOptions { ConnectionString = connectionString, Schema = schema }
            )
        )
        {
            await service.CreateIfNotExistsAsync();
        }

        var run = new SeedRun(database, connectionString, schema);
        await run.ExecuteAsync(
            """
            create table taskhub.ends (instance_id text not null);
            create function taskhub.note_end() returns trigger language plpgsql as
            $$ begin insert into taskhub.ends values (new.instance_id); return null; end $$;
            create trigger ended_at_once after insert on taskhub.instances for each row when (new.completed_at is not null)
                execute function taskhub.note_end();
            create trigger ended after update of completed_at on taskhub.instances for each row when (new.completed_at is not null)
                execute function taskhub.note_end();
            """
        );
        return run;
    }

    /// <summary>Runs the workload of one seed with its faults, on two workers and a client.</summary>
    public async Task<SeedResult> RunAsync(int seed, CancellationToken cancellationToken)
    {
        var faults = new SeededFaults(seed);
        var runs = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var begun = Stopwatch.GetTimestamp();
        await using var relay = new PostgresRelay(_connectionString, faults.Decide);
        await using var first = await StartWorkerAsync(relay, runs);
        await using var second = await StartWorkerAsync(relay, runs);
        await using var outside = Service(relay);
        var problems = new List<string>();
        try
        {
            string[] ids = [.. Enumerable.Range(0, MixedPerSeed).Select(i => $"s{seed}-{i}")];
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
            problems.AddRange(await CheckAsync(seed, cancellationToken));
            problems.Add("then, after the workers left:");
        }

        faults.End();
        await first.Service.StopAsync(isForced: true);
        await second.Service.StopAsync(isForced: true);
        problems.AddRange(await CheckAsync(seed, cancellationToken));
        var extraRuns = runs.Values.Sum(count => count - 1);
        await ExecuteAsync("truncate taskhub.instances, taskhub.history, taskhub.inbox, taskhub.workers, taskhub.ends");
        return new SeedResult(seed, faults.Applied, problems, extraRuns, Stopwatch.GetElapsedTime(begun));

        async Task MixedAsync(PostgresOrchestrationService starter, PostgresOrchestrationService raiser, string id, string collector)
        {
            await StartAsync(starter, "mixed", id, $"0:0:{collector}:");
            await RepeatAsync(() => new TaskHubClient(raiser).RaiseEventAsync(new OrchestrationInstance { InstanceId = id }, "go", "go"));
            await ExpectAsync(raiser, id, SeedOrchestrations.MixedOutput);
        }
    }

    private async Task<SeedWorker> StartWorkerAsync(PostgresRelay relay, ConcurrentDictionary<string, int> runs)
    {
        var worker = new SeedWorker(Service(relay));
        SeedOrchestrations.AddTo(
            worker.Worker,
            call =>
            {
                runs.AddOrUpdate(call, 1, static (_, earlier) => earlier + 1);
                return Task.CompletedTask;
            }
        );
        await worker.Worker.StartAsync();
        return worker;
    }

    private PostgresOrchestrationService Service(PostgresRelay relay) =>
        new(
            new PostgresOrchestrationOptions
            {
                ConnectionString = relay.ConnectionString,
                Schema = _schema,
                Lease = Lease,
                IdleTime = TimeSpan.FromMilliseconds(50), // instances leave memory and are claimed again
                ResultDelay = TimeSpan.FromMilliseconds(20),
            }
        );

    private static Task StartAsync(PostgresOrchestrationService service, string name, string id, string input) =>
        RepeatAsync(async () =>
        {
            try
            {
                await new TaskHubClient(service).CreateOrchestrationInstanceAsync(name, "", id, input);
            }
            catch (OrchestrationAlreadyExistsException)
            {
                // started by the attempt whose answer was lost
            }
        });

    // As a caller does that gets an error: it does not know what happened, and asks again.
    private static async Task RepeatAsync(Func<Task> request)
    {
        var begun = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await request();
                return;
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(begun) < Limit)
            {
                await Task.Delay(10);
            }
        }
    }

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

    private async Task<List<string>> CheckAsync(int seed, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        await using var command = _database.CreateCommand(
            Of(
                """
                select instance_id || ' is lost' from generate_series(0, 2) as n, lateral (select 's' || $1 || '-' || n || '-child' as instance_id) as c
                 where not exists (select from taskhub.instances as i where i.instance_id = c.instance_id)
                union all
                select i.instance_id || ' is ' || status || ' in memory of ' || coalesce(owner, 'none') || ', generation ' || i.generation || ', wakes '
                       || coalesce(wake_at::text, 'never') || ', history '
                       || coalesce((select string_agg(h.type || coalesce(' ' || (h.event ->> 'id'), ''), ', ' order by h.sequence)
                                      from taskhub.history_events as h where h.instance_id = i.instance_id and h.generation = i.generation), 'none')
                       || ', inbox ' || (select count(*) from taskhub.inbox as m where m.instance_id = i.instance_id)
                  from taskhub.instances as i where completed_at is null
                union all
                select instance_id || ' finished ' || count(*) || ' times' from taskhub.ends group by instance_id having count(*) > 1
                union all
                select instance_id || ' has ' || count(*) || ' ' || type || ' of one cause'
                  from taskhub.history_events
                 where type in ('TaskCompleted', 'TimerFired', 'SubOrchestrationInstanceCompleted', 'ExecutionCompleted')
                 group by instance_id, generation, type, event ->> 'id' having count(*) > 1
                """
            )
        );
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = seed.ToString(CultureInfo.InvariantCulture) });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            problems.Add(reader.GetString(0));
        }

        return problems;
    }

    private async Task ExecuteAsync(string statements)
    {
        await using var command = _database.CreateCommand(Of(statements));
        await command.ExecuteNonQueryAsync();
    }

    private string Of(string statements) => statements.Replace("taskhub.", _schema + ".", StringComparison.Ordinal);

    private sealed class SeedWorker(PostgresOrchestrationService service) : IAsyncDisposable
    {
        public PostgresOrchestrationService Service => service;

        public TaskHubWorker Worker { get; } = new(service) { ErrorPropagationMode = ErrorPropagationMode.UseFailureDetails };

        public async ValueTask DisposeAsync()
        {
            await Worker.StopAsync(isForced: true);
            Worker.Dispose();
            await service.DisposeAsync();
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
