using DurableTask.Core;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests;

/// <summary>Rewinds as the hub stores them. What callers see of them is in the contract tests.</summary>
public sealed class RewindTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private readonly TestDatabase _database = fixture.Database;
    private volatile bool _isRepaired;

    private static Dictionary<string, Func<OrchestrationContext, string, Task<string>>> Orchestrators =>
        new()
        {
            ["call"] = async (context, _) => $"\"{await context.ScheduleTask<string>("repaired", "", 1)}\"",
            ["parent"] = async (context, child) =>
                $"\"{await context.CreateSubOrchestrationInstance<string>("call", "", child.Trim('"'), "")}\"",
            ["wait"] = async (context, _) =>
            {
                await context.ScheduleTask<string>("repaired", "", 1);
                return await context.EventAsync("go");
            },
        };

    private Dictionary<string, Func<string, Task<string>>> Activities =>
        new() { ["repaired"] = _ => _isRepaired ? Task.FromResult("\"done\"") : throw new InvalidOperationException("Not yet.") };

    [Fact]
    public async Task A_rewind_without_a_worker_waits_for_one_and_is_a_new_generation()
    {
        var instance = await FailAsync("call");
        await using (var outside = new PostgresOrchestrationService(new() { ConnectionString = _database.ConnectionString }))
        {
            await outside.RewindTaskOrchestrationAsync(instance.InstanceId, "repaired", CancellationToken.None);
        }

        Assert.Equal("Running", await _database.QueryAsync<string>(Column("status", instance)));
        Assert.Null(await _database.QueryAsync<string>(Column("failure", instance)));
        _isRepaired = true;
        await using var worker = await Worker.StartAsync(_database, Orchestrators, Activities);

        Assert.Equal("\"done\"", (await worker.EndAsync(instance)).Output);
        Assert.Equal(1, await _database.QueryAsync<int>(Column("generation", instance)));
        Assert.Equal(
            ["ExecutionRewound", "ExecutionStarted", "TaskCompleted", "TaskScheduled"],
            await _database.QueryAsync<string[]>(
                $"""
                select array_agg(type order by type collate "C") from taskhub.history_events
                 where instance_id = '{instance.InstanceId}' and type not in ('OrchestratorStarted', 'ExecutionCompleted')
                """
            ) ?? []
        );
    }

    [Fact]
    public async Task Messages_that_came_too_late_before_a_rewind_are_not_taken_after_it()
    {
        var instance = await FailAsync("wait");
        await _database.ExecuteAsync(
            $$"""
            insert into taskhub.inbox (instance_id, event)
            values ('{{instance.InstanceId}}', '{"type":"EventRaised","at":"2026-11-20T12:00:00Z","name":"go","input":"too late"}')
            """
        );
        _isRepaired = true;
        await using var worker = await Worker.StartAsync(_database, Orchestrators, Activities);

        await worker.Service.RewindTaskOrchestrationAsync(instance.InstanceId, null, CancellationToken.None);
        await worker.RaiseAsync(instance.InstanceId, "go", "in time");

        Assert.Equal("\"in time\"", (await worker.EndAsync(instance)).Output);
    }

    [Fact]
    public async Task An_instance_whose_history_could_not_be_read_continues_after_it_was_repaired()
    {
        _isRepaired = true;
        await using var first = await Worker.StartAsync(_database, Orchestrators, Activities);
        var instance = await first.StartAsync("wait");
        await _database.WaitUntilAsync(
            $"select exists (select from taskhub.history where instance_id = '{instance.InstanceId}' and events like '%TaskCompleted%')"
        );
        await first.LeaveAsync();
        await _database.ExecuteAsync(
            $"""
            create table sound as select * from taskhub.history where instance_id = '{instance.InstanceId}';
            update taskhub.history set events = 'broken' where instance_id = '{instance.InstanceId}';
            """
        );
        await using var second = await Worker.StartAsync(_database, Orchestrators, Activities);
        Assert.Equal(OrchestrationStatus.Failed, (await second.EndAsync(instance)).OrchestrationStatus);
        await _database.ExecuteAsync(
            """
            update taskhub.history as h set events = s.events from sound as s
             where h.instance_id = s.instance_id and h.generation = s.generation and h.sequence = s.sequence
            """
        );

        await second.Service.RewindTaskOrchestrationAsync(instance.InstanceId, "restored", CancellationToken.None);
        await second.RaiseAsync(instance.InstanceId, "go", "went");

        Assert.Equal("\"went\"", (await second.EndAsync(instance)).Output);
    }

    [Fact]
    public async Task A_child_that_failed_in_another_process_is_rewound_with_its_parent()
    {
        var child = Guid.NewGuid().ToString("N");
        var parent = await FailAsync("parent", child);
        _isRepaired = true;
        await using var one = await Worker.StartAsync(_database, Orchestrators, Activities);
        await using var other = await Worker.StartAsync(_database, Orchestrators, Activities);

        await other.Service.RewindTaskOrchestrationAsync(parent.InstanceId, "repaired", CancellationToken.None);

        Assert.Equal("\"done\"", (await one.EndAsync(parent)).Output);
        Assert.Equal(
            await _database.QueryAsync<string>(Column("execution_id", parent)),
            await _database.QueryAsync<string>($"select parent_execution_id from taskhub.instances where instance_id = '{child}'")
        );
    }

    private async Task<OrchestrationInstance> FailAsync(string name, string input = "")
    {
        await using var worker = await Worker.StartAsync(_database, Orchestrators, Activities);
        var instance = await worker.StartAsync(name, input: input);
        Assert.Equal(OrchestrationStatus.Failed, (await worker.EndAsync(instance)).OrchestrationStatus);
        return instance;
    }

    private static string Column(string name, OrchestrationInstance instance) =>
        $"select {name} from taskhub.instances where instance_id = '{instance.InstanceId}'";
}
