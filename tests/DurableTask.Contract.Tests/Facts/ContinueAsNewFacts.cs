using Microsoft.DurableTask;
using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;
using Quorum.Testing;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class ContinueAsNewFacts(Engine engine) : ContractFacts(engine)
{
    [ContractFact]
    public async Task The_next_generation_has_the_new_input_and_the_same_instance_id()
    {
        var orchestrator = Orchestrator<int, string>(
            (context, round) =>
            {
                if (round < 4)
                {
                    context.ContinueAsNew(round + 1);
                }

                return Task.FromResult($"round {round} of {context.InstanceId}");
            }
        );

        var instance = await StartAsync(orchestrator, 0);

        Assert.Equal($"round 4 of {instance}", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task A_hundred_generations_with_activities_run()
    {
        var runs = 0;
        var count = Activity<object?, int>(_ => Interlocked.Increment(ref runs));
        var orchestrator = Orchestrator<int, int>(
            async (context, round) =>
            {
                await context.CallActivityAsync<int>(count);
                if (round < 99)
                {
                    context.ContinueAsNew(round + 1);
                }

                return round;
            }
        );

        Assert.Equal(99, await RunAsync<int>(orchestrator, 0));
        Assert.Equal(100, runs);
    }

    [ContractFact]
    public async Task Events_that_were_not_taken_go_to_the_next_generation()
    {
        var gate = NewSignal();
        var hold = Activity<bool>(async () =>
        {
            await gate.Task.WithinAsync();
            return true;
        });
        var orchestrator = Orchestrator<List<int>, List<int>>(
            async (context, taken) =>
            {
                await context.CallActivityAsync<bool>(hold);
                taken.Add(await context.WaitForExternalEvent<int>("number"));
                if (taken.Count < 5)
                {
                    context.ContinueAsNew(taken);
                }

                return taken;
            }
        );
        var instance = await StartAsync(orchestrator, new List<int>());
        for (var number = 0; number < 5; number++)
        {
            await Client.RaiseEventAsync(instance, "number", number);
        }

        gate.SetResult();

        Assert.Equal([0, 1, 2, 3, 4], ((await EndAsync(instance)).ReadOutputAs<List<int>>() ?? []).Order());
    }

    [ContractFact]
    public async Task Events_raised_while_generations_change_are_not_lost()
    {
        var orchestrator = Orchestrator<int[], int>(
            async (context, state) =>
            {
                var number = await context.WaitForExternalEvent<int>("number");
                if (state[0] < 39)
                {
                    context.ContinueAsNew(new[] { state[0] + 1, state[1] + number });
                }

                return state[1] + number;
            }
        );
        var instance = await StartAsync(orchestrator, new[] { 0, 0 });

        await Task.WhenAll(Enumerable.Range(1, 40).Select(number => Client.RaiseEventAsync(instance, "number", number)));

        Assert.Equal(40 * 41 / 2, (await EndAsync(instance)).ReadOutputAs<int>());
    }

    [ContractFact]
    public async Task Events_are_dropped_if_the_orchestrator_says_so()
    {
        var gate = NewSignal();
        var hold = Activity<bool>(async () =>
        {
            await gate.Task.WithinAsync();
            return true;
        });
        var orchestrator = Orchestrator<int, string>(
            async (context, round) =>
            {
                if (round == 0)
                {
                    await context.CallActivityAsync<bool>(hold);
                    await context.WaitForExternalEvent<string>("go");
                    context.ContinueAsNew(1, preserveUnprocessedEvents: false);
                    return "";
                }

                return await context.WaitForExternalEvent<string>("word");
            }
        );
        var instance = await StartAsync(orchestrator, 0);
        await Client.RaiseEventAsync(instance, "word", "old");
        await Client.RaiseEventAsync(instance, "go");
        gate.SetResult();
        await StateAsync(instance, state => state.ReadInputAs<int>() == 1);

        await Client.RaiseEventAsync(instance, "word", "new");

        Assert.Equal("new", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task The_next_generation_begins_after_the_activities_of_the_old_one()
    {
        var order = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var release = NewSignal();
        var asked = NewSignal();
        var old = Activity<bool>(async () =>
        {
            asked.SetResult();
            await release.Task.WithinAsync();
            order.Enqueue("old");
            return true;
        });
        var @new = Activity(() => order.Enqueue("new"));
        var orchestrator = Orchestrator<int, int>(
            async (context, round) =>
            {
                if (round == 0)
                {
                    _ = context.CallActivityAsync<bool>(old);
                    context.ContinueAsNew(1);
                }
                else
                {
                    await context.CallActivityAsync(@new);
                }

                return round;
            }
        );
        var instance = await StartAsync(orchestrator, 0);
        await asked.Task.WithinAsync();

        release.SetResult();

        Assert.Equal(1, (await EndAsync(instance)).ReadOutputAs<int>());
        Assert.Equal(["old", "new"], order);
    }

    [ContractFact]
    public async Task A_cancelled_timer_of_the_old_generation_does_not_fire_in_the_new_one()
    {
        var orchestrator = Orchestrator<int, double>(
            async (context, round) =>
            {
                if (round == 0)
                {
                    using var cancelled = new CancellationTokenSource();
                    _ = context.CreateTimer(TimeSpan.FromMilliseconds(30), cancelled.Token);
                    CancelNow(cancelled);
                    context.ContinueAsNew(1);
                    return 0;
                }

                var due = context.CurrentUtcDateTime.AddMilliseconds(150);
                await context.CreateTimer(due, CancellationToken.None);
                return (context.CurrentUtcDateTime - due).TotalMilliseconds;
            }
        );

        Assert.True(await RunAsync<double>(orchestrator, 0) >= 0);
    }

    [ContractFact]
    public async Task The_creation_time_and_the_tags_stay()
    {
        var options = new StartOrchestrationOptions { Tags = new Dictionary<string, string> { ["team"] = "quotes" } };
        var orchestrator = Orchestrator<int, int>(
            async (context, round) =>
            {
                await context.WaitForExternalEvent<string>("next");
                if (round == 0)
                {
                    context.ContinueAsNew(1);
                }

                return round;
            }
        );
        var instance = await StartAsync(orchestrator, 0, options);
        await Client.RaiseEventAsync(instance, "next");
        await StateAsync(instance, state => state.ReadInputAs<int>() == 1);
        await Client.RaiseEventAsync(instance, "next");

        var ended = await EndAsync(instance);

        Assert.Equal("quotes", ended.Tags["team"]);
        Assert.Equal(1, ended.ReadOutputAs<int>());
    }

    [ContractFact]
    public async Task The_next_generation_may_have_another_version()
    {
        var orchestrator = Orchestrator<int, string>(
            (context, round) =>
            {
                if (round == 0)
                {
                    context.ContinueAsNew(new ContinueAsNewOptions { NewInput = 1, NewVersion = "2.0" });
                }

                return Task.FromResult(context.Version);
            }
        );
        var instance = await StartAsync(orchestrator, 0, new StartOrchestrationOptions { Version = "1.0" });

        Assert.Equal("2.0", (await EndAsync(instance)).ReadOutputAs<string>());
    }
}
