using DurableTask.Core;
using DurableTask.Core.Exceptions;
using Npgsql;
using Quorum.Testing;
using Quorum.Testing.Postgres;
using Quorum.Testing.Time;

namespace Quorum.DurableTask.PostgreSql.Tests;

public sealed class StartTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private readonly TestDatabase _database = fixture.Database;

    [Fact]
    public async Task An_orchestration_runs_its_activities_and_ends_with_their_results()
    {
        await using var worker = await Worker.StartAsync(
            _database,
            new()
            {
                ["sum"] = async (context, _) =>
                {
                    var results = await Task.WhenAll(Enumerable.Range(1, 6).Select(i => context.ScheduleTask<string>("echo", "", i)));
                    return $"\"{string.Join("+", results)}\"";
                },
            },
            new() { ["echo"] = input => Task.FromResult($"\"{input}\"") }
        );

        var ended = await worker.EndAsync(await worker.StartAsync("sum"));

        Assert.Equal(OrchestrationStatus.Completed, ended.OrchestrationStatus);
        Assert.Equal("\"[1]+[2]+[3]+[4]+[5]+[6]\"", ended.Output);
    }

    [Fact]
    public async Task A_fan_in_of_six_activities_takes_two_commits()
    {
        await using var worker = await Worker.StartAsync(
            _database,
            new()
            {
                ["fan"] = async (context, _) =>
                {
                    await Task.WhenAll(Enumerable.Range(1, 6).Select(i => context.ScheduleTask<string>("echo", "", i)));
                    return "1";
                },
            },
            new() { ["echo"] = Task.FromResult }
        );

        await worker.EndAsync(await worker.StartAsync("fan"));

        Assert.Equal(2, worker.Service.Written.Turns);
    }

    [Fact]
    public async Task An_id_of_an_unfinished_instance_is_rejected_and_that_of_a_finished_one_gets_a_new_incarnation()
    {
        await using var worker = await Worker.StartAsync(_database, new() { ["wait"] = (context, _) => context.EventAsync("go") });
        var first = await worker.StartAsync("wait", "again");
        var incarnation = await _database.QueryAsync<long>("select incarnation from taskhub.instances where instance_id = 'again'");

        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => worker.StartAsync("wait", "again"));
        await worker.RaiseAsync("again", "go");
        await worker.EndAsync(first);
        await worker.StartAsync("wait", "again");

        Assert.NotEqual(
            incarnation,
            await _database.QueryAsync<long>("select incarnation from taskhub.instances where instance_id = 'again'")
        );
    }

    [Fact]
    public async Task A_taken_id_is_answered_although_the_first_step_is_a_child_whose_ended_instance_is_kept_if_the_start_is_refused()
    {
        await using var worker = await Worker.StartAsync(
            _database,
            new()
            {
                ["family"] = (context, input) => context.CreateSubOrchestrationInstance<string>("child", "", "only-child", input),
                ["child"] = (_, input) => Task.FromResult(input),
            }
        );
        await worker.EndAsync(await worker.StartAsync("family", "family", 1));
        var child = await ChildAsync();

        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() =>
            worker
                .Client.CreateOrchestrationInstanceAsync("family", "", "family", 2, null, [OrchestrationStatus.Completed])
                .WithinAsync(SignalTasks.Deadline)
        );
        Assert.Equal(child, await ChildAsync());

        var again = await worker.EndAsync(await worker.StartAsync("family", "family", 3)); // of an ended one, without a reason to keep it
        Assert.Equal((OrchestrationStatus.Completed, "3"), (again.OrchestrationStatus, again.Output));
        Assert.NotEqual(child, await ChildAsync());

        Task<long> ChildAsync() =>
            _database.QueryAsync<long>(
                "select incarnation from taskhub.instances where instance_id = 'only-child' and completed_at is not null"
            );
    }

    [Fact]
    public async Task A_child_cannot_have_the_id_of_its_parent()
    {
        await using var worker = await Worker.StartAsync(
            _database,
            new()
            {
                ["own"] = async (context, _) =>
                {
                    try
                    {
                        return await context.CreateSubOrchestrationInstance<string>("own", "", "own", "");
                    }
                    catch (SubOrchestrationFailedException e)
                    {
                        return $"\"{e.FailureDetails?.ErrorType}\"";
                    }
                },
            }
        );

        var ended = await worker.EndAsync(await worker.StartAsync("own", "own"));

        Assert.Equal("\"DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException\"", ended.Output);
    }

    [Fact]
    public async Task A_thousand_concurrent_starts_of_one_id_give_one_instance()
    {
        var runs = 0;
        Dictionary<string, Func<OrchestrationContext, string, Task<string>>> orchestrators = new()
        {
            ["once"] = async (context, _) =>
            {
                await context.ScheduleTask<string>("count", "", 1);
                return await context.EventAsync("go");
            },
        };
        Dictionary<string, Func<string, Task<string>>> activities = new()
        {
            ["count"] = _ => Task.FromResult($"\"{Interlocked.Increment(ref runs)}\""),
        };
        await using var one = await Worker.StartAsync(_database, orchestrators, activities);
        await using var two = await Worker.StartAsync(_database, orchestrators, activities);
        await using var outside = new PostgresOrchestrationService(
            new PostgresOrchestrationOptions { ConnectionString = _database.ConnectionString }
        );
        TaskHubClient[] clients = [one.Client, two.Client, new TaskHubClient(outside)];

        var started = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => TryStartAsync(clients[i % clients.Length])))
            .WithinAsync(TimeSpan.FromMinutes(2));
        await one.RaiseAsync("contested", "go", "x");
        var ended = await one.EndAsync(new OrchestrationInstance { InstanceId = "contested" });

        Assert.Equal((1, 1), (started.Count(isFirst => isFirst), runs));
        Assert.Equal(OrchestrationStatus.Completed, ended.OrchestrationStatus);
        Assert.Equal(
            1L,
            await _database.QueryAsync<long>(
                "select count(*) from taskhub.history_events where instance_id = 'contested' and type = 'TaskScheduled'"
            )
        );

        static async Task<bool> TryStartAsync(TaskHubClient client)
        {
            while (true)
            {
                try
                {
                    await client.CreateOrchestrationInstanceAsync("once", "", "contested", "");
                    return true;
                }
                catch (OrchestrationAlreadyExistsException)
                {
                    return false;
                }
                catch (NpgsqlException e) when (e.InnerException is TimeoutException)
                {
                    // no connection of the pool was free for five seconds: the caller asks again
                }
            }
        }
    }

    [Fact]
    public async Task A_client_without_a_worker_starts_an_instance_that_a_worker_runs_and_is_notified_of_its_end()
    {
        await using var worker = await Worker.StartAsync(_database, new() { ["double"] = (_, input) => Task.FromResult(input + input) });
        await using var other = new PostgresOrchestrationService(
            new PostgresOrchestrationOptions
            {
                ConnectionString = _database.ConnectionString,
                Time = new ManualTimeProvider(), // stands still, so that the safety net, looking again after a while, never comes
            }
        );
        var client = new TaskHubClient(other);

        foreach (var input in Enumerable.Range(1, 20))
        {
            var ended = await client.WaitForOrchestrationAsync(
                await client.CreateOrchestrationInstanceAsync("double", "", input),
                SignalTasks.Deadline
            );

            Assert.Equal($"{input}{input}", ended.Output);
        }
    }

    [Fact]
    public async Task Two_hubs_share_a_database_in_schemas_of_their_own()
    {
        await using var one = await Worker.StartAsync(_database, new() { ["name"] = (_, _) => Task.FromResult("1") }, schema: "hub_one");
        await using var two = await Worker.StartAsync(_database, new() { ["name"] = (_, _) => Task.FromResult("2") }, schema: "hub_two");

        var first = await one.EndAsync(await one.StartAsync("name", "same"));
        var second = await two.EndAsync(await two.StartAsync("name", "same"));

        Assert.Equal(("1", "2"), (first.Output, second.Output));
    }
}
