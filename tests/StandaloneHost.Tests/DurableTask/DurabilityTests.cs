using System.Collections.Concurrent;
using Quorum.StandaloneHost.DurableTask;
using Quorum.Testing;
using Quorum.Testing.Postgres;

namespace Quorum.StandaloneHost.Tests.DurableTask;

/// <summary>Behaviour after crashes, suspended processes and an unavailable database.</summary>
public sealed class DurabilityTests : IAsyncLifetime
{
    private TestDatabase _database = null!; // set before each test

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Another_worker_carries_on_after_a_crash_and_keeps_the_results_that_were_written()
    {
        var calls = new ConcurrentQueue<string>();
        var hang = new TaskCompletionSource<string>();
        Action<TaskRegistry> Register(bool hangs) =>
            tasks =>
            {
                tasks.Orchestrator(
                    "Two",
                    async context =>
                    {
                        var a = context.CallActivityAsync<string>("Fast", "a");
                        var b = context.CallActivityAsync<string>("Slow", "b");
                        return string.Concat(await Task.WhenAll(a, b));
                    }
                );
                tasks.Activity<string, string>(
                    "Fast",
                    input =>
                    {
                        calls.Enqueue("fast");
                        return input;
                    }
                );
                tasks.Activity<string, string>(
                    "Slow",
                    input =>
                    {
                        calls.Enqueue("slow");
                        return hangs ? hang.Task : Task.FromResult(input);
                    }
                );
            };
        await using var first = await TestWorker.StartAsync(_database, Register(hangs: true));
        var id = await first.Client.ScheduleNewOrchestrationInstanceAsync("Two");
        await _database.WaitUntilAsync(
            $"select count(*) = 1 from taskhub.history_events where instance_id = '{id}' and type = 'TaskCompleted'"
        );
        await first.KillAsync();

        await using var second = await TestWorker.StartAsync(_database, Register(hangs: false));
        var end = await second.EndOfAsync(id);

        Assert.Equal("ab", end.ReadOutputAs<string>());
        Assert.Equal(["fast", "slow", "slow"], calls.Order());
    }

    [Fact]
    public async Task A_stopped_worker_hands_its_instances_over_at_once()
    {
        Action<TaskRegistry> register = tasks => tasks.Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"));
        var first = await TestWorker.StartAsync(_database, register, options => options.Lease = TimeSpan.FromMinutes(5));
        var id = await first.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        await first.StopAsync();
        await first.DisposeAsync();

        await using var second = await TestWorker.StartAsync(_database, register);
        await second.Client.RaiseEventAsync(id, "go", "on");

        Assert.Equal("on", (await second.EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_stop_cancels_the_activities_that_outlast_it_and_another_worker_runs_them_at_once()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        Action<TaskRegistry> Register(bool hangs) =>
            tasks =>
            {
                tasks.Orchestrator("One", context => context.CallActivityAsync<string>("Slow", "x"));
                tasks.AddActivity(
                    "Slow",
                    async (call, cancellationToken) =>
                    {
                        if (!hangs)
                        {
                            return call.GetInput<string>();
                        }

                        started.SetResult();
                        await using var registration = cancellationToken.Register(cancelled.SetResult);
                        await Task.Delay(Timeout.Infinite, cancellationToken);
                        return "";
                    }
                );
            };
        var first = await TestWorker.StartAsync(_database, Register(hangs: true), options => options.Lease = TimeSpan.FromMinutes(5));
        var id = await first.Client.ScheduleNewOrchestrationInstanceAsync("One");
        await started.Task;
        await first.StopAsync(new CancellationToken(canceled: true));
        await first.DisposeAsync();

        await cancelled.Task.WaitAsync(SignalTasks.Deadline);
        await using var second = await TestWorker.StartAsync(_database, Register(hangs: false));
        Assert.Equal("x", (await second.EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_worker_that_waits_for_its_last_activities_leaves_new_instances_and_children_to_another_one()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var finish = new TaskCompletionSource<string>();
        Action<TaskRegistry> register = tasks =>
        {
            tasks.Orchestrator("Last", context => context.CallActivityAsync<string>("Wait", "x"));
            tasks.Orchestrator("Short", context => context.CallActivityAsync<string>("Echo", "new"));
            tasks.Orchestrator(
                "Parent",
                async context =>
                {
                    await context.WaitForExternalEvent<string>("go");
                    return await context.CallSubOrchestratorAsync<string>("Short");
                }
            );
            tasks.Activity<string, string>("Echo", text => text);
            tasks.Activity<string, string>(
                "Wait",
                async _ =>
                {
                    started.TrySetResult();
                    return await finish.Task;
                }
            );
        };
        await using var first = await TestWorker.StartAsync(_database, register, options => options.Lease = TimeSpan.FromMinutes(5));
        var last = await first.Client.ScheduleNewOrchestrationInstanceAsync("Last");
        var parent = await first.Client.ScheduleNewOrchestrationInstanceAsync("Parent");
        await started.Task.WithinAsync();
        await using var second = await TestWorker.StartAsync(_database, register);

        var stopping = first.StopAsync();
        try
        {
            Assert.Equal("new", (await first.RunAsync("Short")).ReadOutputAs<string>());
            await first.Client.RaiseEventAsync(parent, "go", "x");
            Assert.Equal("new", (await first.EndOfAsync(parent)).ReadOutputAs<string>());
            Assert.False(stopping.IsCompleted);
        }
        finally
        {
            finish.SetResult("done");
        }

        await stopping.WithinAsync();
        Assert.Equal("done", (await second.EndOfAsync(last)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_timer_survives_its_worker()
    {
        Action<TaskRegistry> register = tasks =>
            tasks.Orchestrator(
                "Sleep",
                async context =>
                {
                    await context.CreateTimer(TimeSpan.FromMilliseconds(200), CancellationToken.None);
                    return "awake";
                }
            );
        await using var first = await TestWorker.StartAsync(_database, register);
        var id = await first.Client.ScheduleNewOrchestrationInstanceAsync("Sleep");
        await first.KillAsync();

        await using var second = await TestWorker.StartAsync(_database, register);

        Assert.Equal("awake", (await second.EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Two_workers_that_both_believe_to_own_an_instance_make_its_progress_once()
    {
        static void Register(TaskRegistry tasks) =>
            tasks.Orchestrator(
                "Collect",
                async context =>
                {
                    var collected = "";
                    while (collected.Length < 20)
                    {
                        collected += await context.WaitForExternalEvent<string>("letter");
                    }

                    return collected;
                }
            );
        await using var first = await TestWorker.StartAsync(_database, Register);
        await using var second = await TestWorker.StartAsync(_database, Register);
        var id = await first.Client.ScheduleNewOrchestrationInstanceAsync("Collect");

        foreach (var letter in "abcdefghijklmnopqrst")
        {
            // Takes the instance away from its owner without its knowledge.
            var thief = letter % 2 == 0 ? first : second;
            await _database.ExecuteAsync($"update taskhub.instances set owner = null, wake_at = now() where instance_id = '{id}'");
            await thief.Client.RaiseEventAsync(id, "letter", letter.ToString());
            await _database.WaitUntilAsync($"select not exists (select from taskhub.inbox where instance_id = '{id}')");
        }

        Assert.Equal("abcdefghijklmnopqrst", (await first.EndOfAsync(id)).ReadOutputAs<string>());
        Assert.Equal(
            20,
            await _database.QueryAsync<long>(
                $"select count(*) from taskhub.history_events where instance_id = '{id}' and type = 'EventRaised'"
            )
        );
    }

    [Fact]
    public async Task An_instance_that_ends_while_another_worker_takes_it_over_ends_once()
    {
        static void Register(TaskRegistry tasks)
        {
            tasks.Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"));
            tasks.Orchestrator("Other", _ => Task.FromResult(1));
        }

        await using var owner = await TestWorker.StartAsync(_database, Register);
        var id = await owner.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        await owner.Client.RaiseEventAsync(id, "go", "on");
        await owner.EndOfAsync(id);
        var end = await _database.QueryAsync<string>(
            $"select (max(sequence), count(*))::text from taskhub.history_events where instance_id = '{id}'"
        );

        // As a worker sees it that took the instance over just before its end.
        await _database.ExecuteAsync(
            $"update taskhub.instances set owner = null, wake_at = now(), completed_at = null, status = 'Running' where instance_id = '{id}'"
        );
        await using var other = await TestWorker.StartAsync(_database, Register);
        await _database.WaitUntilAsync($"select owner is not null from taskhub.instances where instance_id = '{id}'");
        await other.RunAsync("Other");

        Assert.Equal(
            end,
            await _database.QueryAsync<string>(
                $"select (max(sequence), count(*))::text from taskhub.history_events where instance_id = '{id}'"
            )
        );
    }

    [Fact]
    public async Task Broken_connections_lose_nothing_and_repeat_nothing()
    {
        await using var worker = await TestWorker.StartAsync(
            _database,
            tasks =>
            {
                tasks.Orchestrator(
                    "Work",
                    async context =>
                    {
                        var sum = 0;
                        for (var n = 0; n < 5; n++)
                        {
                            sum += (
                                await Task.WhenAll(Enumerable.Range(0, 3).Select(i => context.CallActivityAsync<int>("Echo", i)))
                            ).Sum();
                        }

                        return sum;
                    }
                );
                tasks.Activity<int, int>("Echo", n => n);
            }
        );
        using var stop = new CancellationTokenSource();
        var breaking = BreakConnectionsAsync(stop.Token);

        var ids = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => worker.Client.ScheduleNewOrchestrationInstanceAsync("Work")));
        await _database.WaitUntilAsync($"select count(*) = {ids.Length} from taskhub.instances where completed_at is not null");
        await stop.CancelAsync();
        await breaking;

        Assert.Equal(
            300,
            await _database.QueryAsync<long>("select count(*) from taskhub.instances where status = 'Completed' and output = '15'")
        );
        Assert.Equal(
            300 * 15,
            await _database.QueryAsync<long>("select count(*) from taskhub.history_events where type = 'TaskCompleted'")
        );
    }

    /// <summary>Breaks all connections of the hub, again and again, each time that something has been written.</summary>
    private async Task BreakConnectionsAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var written = await _database.QueryAsync<long>("select count(*) from taskhub.history", cancellationToken);
                await _database.ExecuteAsync(
                    "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'task hub%' and datname = current_database()",
                    cancellationToken
                );
                await _database.WaitUntilAsync(
                    $"select (select count(*) from taskhub.history) > {written} or (select count(*) from taskhub.instances where completed_at is not null) = 300"
                );
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // over
        }
    }
}
