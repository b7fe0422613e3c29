using System.Reflection;
using DurableTask.Core;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests.Legacy;

/// <summary>A hub that version 0.1 wrote (commit 2207df8) until it was killed: <c>hub-2207df8.json</c> has its tables.</summary>
public sealed class LegacyHubTests : IAsyncLifetime
{
    private TestDatabase _database = null!; // set by xunit before each test

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        var sql = new HubSql(PostgresOrchestrationOptions.DefaultSchema);
        await _database.ExecuteAsync(
            "create schema taskhub; create table taskhub.migrations (name text primary key, applied_at timestamptz not null default now())"
        );
        await _database.ExecuteAsync(sql.File("Migrations.0001_task_hub"));
        await _database.ExecuteAsync(sql.File("Migrations.0002_timers"));
        using var dump = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("hub-2207df8.json")!);
        var json = await dump.ReadToEndAsync();
        foreach (var table in new[] { "hub", "migrations", "workers", "instances", "history", "inbox" })
        {
            await using var insert = _database.DataSource.CreateCommand(
                $"insert into taskhub.{table} overriding system value select * from json_populate_recordset(null::taskhub.{table}, $1::json -> '{table}')"
            );
            insert.Parameters.Add(new Npgsql.NpgsqlParameter<string> { TypedValue = json });
            await insert.ExecuteNonQueryAsync();
        }

        await _database.ExecuteAsync("alter table taskhub.inbox alter column message_id restart with 1000");
    }

    public Task DisposeAsync() => _database.DisposeAsync().AsTask();

    [Fact]
    public async Task Every_unfinished_instance_of_version_0_1_finishes()
    {
        var slow = new List<string>();
        await using var worker = await Worker.StartAsync(
            _database,
            new()
            {
                ["waiting"] = async (context, _) =>
                {
                    var before = await context.ScheduleTask<string>("echo", "", 1);
                    var payload = await context.EventAsync("go");
                    var after = await context.ScheduleTask<string>("echo", "", 2);
                    return $"\"{before}{payload.Trim('"')}{after}\"";
                },
                ["running"] = async (context, _) => $"\"{await context.ScheduleTask<string>("slow", "", 7)}\"",
                ["sleeping"] = async (context, _) =>
                {
                    await context.CreateTimer(context.CurrentUtcDateTime.AddSeconds(20), "");
                    return $"\"{await context.ScheduleTask<string>("echo", "", 3)}\"";
                },
                ["parent"] = async (context, _) =>
                    $"\"{await context.CreateSubOrchestrationInstance<string>("waiting", "", "child", "")}\"",
                ["counting"] = async (context, input) => $"\"{input}{(await context.EventAsync("go")).Trim('"')}\"",
                ["retrying"] = async (context, _) =>
                    $"\"{await context.ScheduleWithRetry<string>("failing", "", new RetryOptions(TimeSpan.FromSeconds(15), 3), 5)}\"",
            },
            new()
            {
                ["echo"] = input => Task.FromResult($"\"{input}\""),
                ["failing"] = input => Task.FromResult($"\"now {input}\""),
                ["slow"] = input =>
                {
                    lock (slow)
                    {
                        slow.Add(input);
                    }

                    return Task.FromResult("\"ran again\"");
                },
            },
            hubName: "Tests"
        );

        foreach (var instanceId in new[] { "child", "counting", "later" })
        {
            await worker.RaiseAsync(instanceId, "go", "y");
        }

        Assert.Equal("\"[1]x[2]\"", await OutputAsync(worker, "waiting")); // its event was in the inbox
        Assert.Equal("\"ran again\"", await OutputAsync(worker, "running"));
        Assert.Equal(["[7]"], slow);
        Assert.Equal("\"[3]\"", await OutputAsync(worker, "sleeping"));
        Assert.Equal("\"[1]y[2]\"", await OutputAsync(worker, "child"));
        Assert.Equal("\"[1]y[2]\"", await OutputAsync(worker, "parent"));
        Assert.Equal("\"2y\"", await OutputAsync(worker, "counting")); // it continued as new in its first turn
        Assert.Equal("\"now [5]\"", await OutputAsync(worker, "retrying"));
        Assert.Equal("\"[1]y[2]\"", await OutputAsync(worker, "later"));
    }

    [Fact]
    public async Task A_finished_instance_of_version_0_1_keeps_its_state_and_history()
    {
        await using var worker = await Worker.StartAsync(_database, hubName: "Tests");

        var state = await worker.Service.GetStateAsync("done", withPayloads: true, CancellationToken.None);
        var history = await worker.Service.GetHistoryAsync("done", CancellationToken.None);

        Assert.Equal((OrchestrationStatus.Completed, "\"result\""), (state!.OrchestrationStatus, state.Output));
        Assert.Equal(global::DurableTask.Core.History.EventType.ExecutionCompleted, history[^1].EventType);
    }

    private static async Task<string> OutputAsync(Worker worker, string instanceId)
    {
        var ended = await worker.EndAsync(new OrchestrationInstance { InstanceId = instanceId });
        return ended.Output;
    }
}
