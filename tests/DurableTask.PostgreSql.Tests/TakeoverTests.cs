using DurableTask.Core;
using DurableTask.Core.History;
using Quorum.Testing.Postgres;

namespace Quorum.DurableTask.PostgreSql.Tests;

/// <summary>Instances that go from one process to another.</summary>
public sealed class TakeoverTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private readonly TestDatabase _database = fixture.Database;

    private static Dictionary<string, Func<OrchestrationContext, string, Task<string>>> Waiting =>
        new()
        {
            ["wait"] = async (context, _) =>
            {
                var before = await context.ScheduleTask<string>("echo", "", 1);
                var payload = await context.EventAsync("go");
                var after = await context.ScheduleTask<string>("echo", "", 2);
                return $"\"{before}{after}{payload.Length}\"";
            },
        };

    private static Dictionary<string, Func<string, Task<string>>> Echo => new() { ["echo"] = input => Task.FromResult($"\"{input}\"") };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_instance_of_a_process_that_left_continues_in_another(bool keep)
    {
        await using var first = await Worker.StartAsync(_database, Waiting, Echo, keep: keep);
        var instance = await first.StartAsync("wait");
        await HistoryHasAsync(instance.InstanceId, "TaskCompleted");
        await first.LeaveAsync();

        await using var second = await Worker.StartAsync(_database, Waiting, Echo, keep: keep);
        await second.RaiseAsync(instance.InstanceId, "go", "x");
        var ended = await second.EndAsync(instance);

        Assert.Equal(OrchestrationStatus.Completed, ended.OrchestrationStatus);
        Assert.Equal("\"[1][2]3\"", ended.Output);
    }

    [Fact]
    public async Task A_process_that_waits_for_its_running_activities_hands_over_instances_whose_activities_must_begin()
    {
        var slow = new TaskCompletionSource<string>();
        var runs = 0;
        var orchestrators = Waiting;
        orchestrators["work"] = async (context, _) => await context.ScheduleTask<string>("slow", "", 1);
        var activities = Echo;
        activities["slow"] = async _ =>
        {
            Interlocked.Increment(ref runs);
            return await slow.Task;
        };
        await using var first = await Worker.StartAsync(_database, orchestrators, activities, direct: true);
        var working = await first.StartAsync("work");
        var waiting = await first.StartAsync("wait");
        await HistoryHasAsync(waiting.InstanceId, "TaskCompleted");
        await HistoryHasAsync(working.InstanceId, "TaskScheduled");
        var left = first.LeaveAsync(CancellationToken.None);
        await using var second = await Worker.StartAsync(_database, orchestrators, activities, direct: true);

        await second.RaiseAsync(waiting.InstanceId, "go", "x");

        Assert.Equal("\"[1][2]3\"", (await second.EndAsync(waiting)).Output);
        Assert.False(left.IsCompleted);
        slow.SetResult("\"done\"");
        await left;
        Assert.Equal("done", (await second.EndAsync(working)).Output);
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task An_idle_instance_leaves_memory_and_an_event_brings_it_back()
    {
        await using var worker = await Worker.StartAsync(_database, Waiting, Echo, idleTime: TimeSpan.FromMilliseconds(50));
        var instance = await worker.StartAsync("wait");
        await _database.WaitUntilAsync($"select owner is null from taskhub.instances where instance_id = '{instance.InstanceId}'");

        await worker.RaiseAsync(instance.InstanceId, "go", "x");

        Assert.Equal("\"[1][2]3\"", (await worker.EndAsync(instance)).Output);
    }

    [Fact]
    public async Task An_idle_instance_wakes_for_its_timer()
    {
        await using var worker = await Worker.StartAsync(
            _database,
            new()
            {
                ["sleep"] = async (context, _) => await context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(800), "\"awake\""),
            },
            idleTime: TimeSpan.FromMilliseconds(10)
        );

        Assert.Equal("\"awake\"", (await worker.EndAsync(await worker.StartAsync("sleep"))).Output);
    }

    [Fact]
    public async Task Instances_that_leave_memory_whenever_they_may_wake_for_each_of_their_timers()
    {
        await using var worker = await Worker.StartAsync(
            _database,
            new()
            {
                ["naps"] = async (context, _) =>
                {
                    for (var nap = 0; nap < 10; nap++)
                    {
                        await context.CreateTimer(context.CurrentUtcDateTime.AddMilliseconds(20 * nap), "");
                    }

                    return "\"awake\"";
                },
            },
            idleTime: TimeSpan.FromMilliseconds(10),
            resultDelay: TimeSpan.FromMilliseconds(1)
        );

        var instances = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => worker.StartAsync("naps")));

        foreach (var instance in instances)
        {
            Assert.Equal("\"awake\"", (await worker.EndAsync(instance)).Output);
        }
    }

    [Fact]
    public async Task An_instance_whose_history_cannot_be_read_ends_as_failed_and_can_be_purged()
    {
        await using var first = await Worker.StartAsync(_database, Waiting, Echo);
        var instance = await first.StartAsync("wait");
        await HistoryHasAsync(instance.InstanceId, "TaskCompleted");
        await first.LeaveAsync();
        await _database.ExecuteAsync(
            $"update taskhub.history set events = '[{{\"type\":\"Unknown\"}}]' where instance_id = '{instance.InstanceId}'"
        );

        await using var second = await Worker.StartAsync(_database, Waiting, Echo);
        var ended = await second.EndAsync(instance);

        Assert.Equal(OrchestrationStatus.Failed, ended.OrchestrationStatus);
        Assert.Contains("cannot be read", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(1, (await second.Service.PurgeInstanceStateAsync(instance.InstanceId)).DeletedInstanceCount);
    }

    [Fact]
    public async Task An_instance_whose_row_cannot_be_read_ends_as_failed_and_stops_no_other()
    {
        await using var first = await Worker.StartAsync(_database, Waiting, Echo);
        var broken = await first.StartAsync("wait");
        var sound = await first.StartAsync("wait");
        await HistoryHasAsync(broken.InstanceId, "TaskCompleted");
        await HistoryHasAsync(sound.InstanceId, "TaskCompleted");
        await first.LeaveAsync();
        await _database.ExecuteAsync($"update taskhub.instances set tags = 'broken' where instance_id = '{broken.InstanceId}'");

        await using var second = await Worker.StartAsync(_database, Waiting, Echo);
        await second.RaiseAsync(sound.InstanceId, "go", "x");

        Assert.Equal("\"[1][2]3\"", (await second.EndAsync(sound)).Output);
        await _database.WaitUntilAsync($"select status = 'Failed' from taskhub.instances where instance_id = '{broken.InstanceId}'");
    }

    [Fact]
    public async Task A_process_whose_own_lease_has_expired_keeps_its_instances_unless_another_claims_them()
    {
        var runs = 0;
        var finish = new TaskCompletionSource<string>();
        await using var worker = await Worker.StartAsync(
            _database,
            new()
            {
                ["work"] = async (context, _) => await context.ScheduleTask<string>("slow", "", 1),
                ["claimed"] = (_, _) => Task.FromResult("\"done\""),
            },
            new()
            {
                ["slow"] = async _ =>
                {
                    Interlocked.Increment(ref runs);
                    return await finish.Task;
                },
            },
            lease: TimeSpan.FromMinutes(5) // so that it is not renewed meanwhile
        );
        var instance = await worker.StartAsync("work");
        await HistoryHasAsync(instance.InstanceId, "TaskScheduled");
        await _database.ExecuteAsync("update taskhub.workers set lease_until = now() - interval '1 s'");
        var claimed = new OrchestrationInstance { InstanceId = "claimed", ExecutionId = "1" };
        await worker.Service.CreateTaskOrchestrationAsync(
            new TaskMessage
            {
                OrchestrationInstance = claimed,
                Event = new ExecutionStartedEvent(-1, "\"\"")
                {
                    Name = "claimed",
                    Version = "",
                    OrchestrationInstance = claimed,
                    ScheduledStartTime = DateTime.UtcNow.AddMilliseconds(50),
                },
            }
        );
        Assert.Equal("\"done\"", (await worker.EndAsync(claimed)).Output); // so it has looked for claimable instances

        finish.SetResult("\"done\"");

        Assert.Equal(OrchestrationStatus.Completed, (await worker.EndAsync(instance)).OrchestrationStatus);
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task An_instance_whose_turn_cannot_be_written_ends_as_failed()
    {
        await using var worker = await Worker.StartAsync(
            _database,
            new()
            {
                ["half"] = async (context, _) =>
                {
                    await context.ScheduleTask<string>("echo", "", 1);
                    return "\"\ud800\""; // half a surrogate pair is not text
                },
                ["sound"] = (_, _) => Task.FromResult("\"done\""),
            },
            new() { ["echo"] = input => Task.FromResult(input) }
        );

        var half = await worker.StartAsync("half");

        Assert.Equal("\"done\"", (await worker.EndAsync(await worker.StartAsync("sound"))).Output);
        Assert.Equal(OrchestrationStatus.Failed, (await worker.EndAsync(half)).OrchestrationStatus);
    }

    [Fact]
    public async Task An_instance_whose_orchestrator_cannot_be_run_ends_as_failed_with_the_error_after_its_attempts()
    {
        await using var worker = await Worker.StartAsync(
            _database,
            new() { ["poison"] = null!, ["sound"] = (_, _) => Task.FromResult("\"done\"") }, // null cannot be run
            maxTurnAttempts: 2
        );

        var poison = await worker.StartAsync("poison");
        var sound = await worker.StartAsync("sound");

        Assert.Equal("\"done\"", (await worker.EndAsync(sound)).Output);
        var ended = await worker.EndAsync(poison);
        Assert.Equal(OrchestrationStatus.Failed, ended.OrchestrationStatus);
        Assert.Contains("in 2 attempts. The last error: No orchestrator", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(1, (await worker.Service.PurgeInstanceStateAsync(poison.InstanceId)).DeletedInstanceCount);
    }

    [Fact]
    public async Task A_child_whose_history_cannot_be_read_fails_the_call_of_its_parent()
    {
        var orchestrators = Waiting;
        orchestrators["parent"] = async (context, _) =>
        {
            try
            {
                return await context.CreateSubOrchestrationInstance<string>("wait", "", "child", "");
            }
            catch (global::DurableTask.Core.Exceptions.SubOrchestrationFailedException e)
            {
                return $"\"{e.FailureDetails?.ErrorType}\"";
            }
        };
        await using var first = await Worker.StartAsync(_database, orchestrators, Echo);
        var parent = await first.StartAsync("parent");
        await HistoryHasAsync("child", "TaskCompleted");
        await first.LeaveAsync();
        await _database.ExecuteAsync("update taskhub.history set events = 'broken' where instance_id = 'child'");

        await using var second = await Worker.StartAsync(_database, orchestrators, Echo);

        Assert.Equal("\"System.FormatException\"", (await second.EndAsync(parent)).Output);
    }

    private Task HistoryHasAsync(string instanceId, string type) =>
        _database.WaitUntilAsync(
            $"select exists (select from taskhub.history where instance_id = '{instanceId}' and events like '%{type}%')"
        );
}
