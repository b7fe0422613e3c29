using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Quorum.StandaloneHost.DurableTask;
using Quorum.Testing.Postgres;

namespace Quorum.StandaloneHost.Tests.DurableTask;

/// <summary>Events, sub-orchestrations, and continuing as new.</summary>
public sealed class OrchestrationMessageTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private Task<TestWorker> StartAsync(Action<TaskRegistry> register) => TestWorker.StartAsync(fixture.Database, register);

    [Fact]
    public async Task Events_are_kept_until_they_are_awaited()
    {
        var waiting = new TaskCompletionSource();
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator(
                "Listen",
                async context =>
                {
                    await context.CallActivityAsync("Gate");
                    var first = await context.WaitForExternalEvent<string>("word");
                    var second = await context.WaitForExternalEvent<string>("WORD");
                    return first + second;
                }
            );
            tasks.Activity<object?, object?>(
                "Gate",
                async _ =>
                {
                    await waiting.Task;
                    return null;
                }
            );
        });

        var id = await worker.Client.ScheduleNewOrchestrationInstanceAsync("Listen");
        await worker.Client.RaiseEventAsync(id, "word", "one");
        await worker.Client.RaiseEventAsync(id, "word", "two");
        waiting.SetResult();

        Assert.Equal("onetwo", (await worker.EndOfAsync(id)).ReadOutputAs<string>());
        Assert.Equal(0, await fixture.Database.QueryAsync<long>($"select count(*) from taskhub.inbox where instance_id = '{id}'"));
    }

    [Fact]
    public async Task Waiting_for_an_event_times_out()
    {
        await using var worker = await StartAsync(tasks =>
            tasks.Orchestrator(
                "Wait",
                async context =>
                {
                    try
                    {
                        return await context.WaitForExternalEvent<string>("never", TimeSpan.FromMilliseconds(5));
                    }
                    catch (TaskCanceledException)
                    {
                        return "gave up";
                    }
                }
            )
        );

        Assert.Equal("gave up", (await worker.RunAsync("Wait")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Sub_orchestrations_return_results_and_failures()
    {
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator(
                "Parent",
                async context =>
                {
                    var child = await context.CallSubOrchestratorAsync<string>("Child", "a");
                    try
                    {
                        await context.CallSubOrchestratorAsync<string>(
                            "Child",
                            "b",
                            new TaskOptions().WithInstanceId(context.InstanceId + "-b")
                        );
                    }
                    catch (TaskFailedException e)
                    {
                        return child + " " + e.FailureDetails.ErrorMessage;
                    }

                    return "no failure";
                }
            );
            tasks.Orchestrator(
                "Child",
                context =>
                    context.GetInput<string>() == "b"
                        ? throw new InvalidOperationException("b fails")
                        : Task.FromResult($"child of {context.Parent!.Name.Name}")
            );
        });

        var id = await worker.Client.ScheduleNewOrchestrationInstanceAsync("Parent");

        Assert.Equal("child of Parent b fails", (await worker.EndOfAsync(id)).ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await worker.Client.GetInstanceAsync(id + "-b"))!.RuntimeStatus);
    }

    [Fact]
    public async Task Continues_as_new_with_an_empty_history_and_the_unprocessed_events()
    {
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator(
                "Count",
                async context =>
                {
                    var n = context.GetInput<int>();
                    if (n == 0)
                    {
                        await context.WaitForExternalEvent<string>("go");
                    }

                    await context.CallActivityAsync<int>("Square", n);
                    if (n < 50)
                    {
                        context.ContinueAsNew(n + 1);
                        return "";
                    }

                    return await context.WaitForExternalEvent<string>("kept");
                }
            );
            tasks.Activity<int, int>("Square", n => n * n);
        });

        var id = await worker.Client.ScheduleNewOrchestrationInstanceAsync("Count", 0);
        await worker.Client.RaiseEventAsync(id, "kept", "still here");
        await worker.Client.RaiseEventAsync(id, "go");

        Assert.Equal("still here", (await worker.EndOfAsync(id)).ReadOutputAs<string>());
        Assert.Equal(50, await fixture.Database.QueryAsync<int>($"select generation from taskhub.instances where instance_id = '{id}'"));
        Assert.Equal(
            1,
            await fixture.Database.QueryAsync<long>($"select count(distinct generation) from taskhub.history where instance_id = '{id}'")
        );
    }

    [Fact]
    public async Task Messages_and_children_of_the_turn_that_continues_as_new_are_committed()
    {
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator(
                "Teller",
                async context =>
                {
                    if (context.GetInput<int>() is var n and < 3)
                    {
                        context.SendEvent("listener", "told", n);
                        _ = context.CallSubOrchestratorAsync<string>("Child", n, new TaskOptions().WithInstanceId($"told-{n}"));
                        context.ContinueAsNew(n + 1);
                        return "";
                    }

                    return await context.WaitForExternalEvent<string>("go");
                }
            );
            tasks.Orchestrator("Child", context => Task.FromResult($"child {context.GetInput<int>()}"));
            tasks.Orchestrator(
                "Listener",
                async context =>
                {
                    var heard = new List<int>();
                    while (heard.Count < 3)
                    {
                        heard.Add(await context.WaitForExternalEvent<int>("told"));
                    }

                    return string.Join(' ', heard);
                }
            );
        });
        await worker.Client.ScheduleNewOrchestrationInstanceAsync("Listener", new StartOrchestrationOptions("listener"));

        var id = await worker.Client.ScheduleNewOrchestrationInstanceAsync("Teller", 0);

        Assert.Equal("0 1 2", (await worker.EndOfAsync("listener")).ReadOutputAs<string>());
        Assert.Equal("child 0", (await worker.EndOfAsync("told-0")).ReadOutputAs<string>());
        Assert.Equal("child 2", (await worker.EndOfAsync("told-2")).ReadOutputAs<string>());
        await worker.Client.RaiseEventAsync(id, "go", "over");
        Assert.Equal("over", (await worker.EndOfAsync(id)).ReadOutputAs<string>());
    }
}
