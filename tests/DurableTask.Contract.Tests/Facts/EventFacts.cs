using Microsoft.DurableTask.Client;
using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;
using Quorum.Testing;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class EventFacts(Engine engine) : ContractFacts(engine)
{
    [ContractFact]
    public async Task An_event_wakes_the_orchestration_that_awaits_it()
    {
        var waiting = NewSignal();
        var signal = Activity(waiting.SetResult);
        var orchestrator = Orchestrator<string>(async context =>
        {
            var approval = context.WaitForExternalEvent<string>("approval");
            await context.CallActivityAsync(signal);
            return await approval;
        });
        var instance = await StartAsync(orchestrator);
        await waiting.Task.WithinAsync();

        await Client.RaiseEventAsync(instance, "approval", "granted");

        Assert.Equal("granted", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task An_event_that_comes_before_it_is_awaited_is_kept()
    {
        var gate = NewSignal();
        var hold = Activity<bool>(async () =>
        {
            await gate.Task.WithinAsync();
            return true;
        });
        var orchestrator = Orchestrator<string>(async context =>
        {
            await context.CallActivityAsync<bool>(hold);
            return await context.WaitForExternalEvent<string>("approval");
        });
        var instance = await StartAsync(orchestrator);

        await Client.RaiseEventAsync(instance, "approval", "early");
        gate.SetResult();

        Assert.Equal("early", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task An_event_raised_right_after_the_start_is_kept()
    {
        var orchestrator = Orchestrator<int>(context => context.WaitForExternalEvent<int>("number"));
        var instance = await StartAsync(orchestrator);

        await Client.RaiseEventAsync(instance, "number", 42);

        Assert.Equal(42, (await EndAsync(instance)).ReadOutputAs<int>());
    }

    [ContractFact]
    public async Task Events_of_one_name_are_taken_in_the_order_in_which_they_were_raised()
    {
        var orchestrator = Orchestrator<List<int>>(async context =>
        {
            var taken = new List<int>();
            for (var count = 0; count < 5; count++)
            {
                taken.Add(await context.WaitForExternalEvent<int>("number"));
            }

            return taken;
        });
        var instance = await StartAsync(orchestrator);
        for (var number = 0; number < 5; number++)
        {
            await Client.RaiseEventAsync(instance, "number", number);
        }

        Assert.Equal([0, 1, 2, 3, 4], (await EndAsync(instance)).ReadOutputAs<List<int>>() ?? []);
    }

    [ContractFact]
    public async Task Events_of_different_names_do_not_mix()
    {
        var orchestrator = Orchestrator<string[]>(context =>
            Task.WhenAll(context.WaitForExternalEvent<string>("a"), context.WaitForExternalEvent<string>("b"))
        );
        var instance = await StartAsync(orchestrator);

        await Client.RaiseEventAsync(instance, "b", "for b");
        await Client.RaiseEventAsync(instance, "a", "for a");

        Assert.Equal(["for a", "for b"], (await EndAsync(instance)).ReadOutputAs<List<string>>() ?? []);
    }

    [ContractFact]
    public async Task Names_of_events_ignore_case()
    {
        var orchestrator = Orchestrator<int>(context => context.WaitForExternalEvent<int>("Approval"));
        var instance = await StartAsync(orchestrator);

        await Client.RaiseEventAsync(instance, "APPROVAL", 1);

        Assert.Equal(1, (await EndAsync(instance)).ReadOutputAs<int>());
    }

    [ContractFact]
    public async Task An_event_may_carry_nothing()
    {
        var orchestrator = Orchestrator<string>(async context => await context.WaitForExternalEvent<string?>("go") ?? "null");
        var instance = await StartAsync(orchestrator);

        await Client.RaiseEventAsync(instance, "go");

        Assert.Equal("null", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task An_event_that_does_not_come_in_time_ends_its_wait()
    {
        var orchestrator = Orchestrator<string>(async context =>
        {
            try
            {
                return await context.WaitForExternalEvent<string>("approval", TimeSpan.FromMilliseconds(20));
            }
            catch (OperationCanceledException)
            {
                return "timed out";
            }
        });

        Assert.Equal("timed out", await RunAsync<string>(orchestrator));
    }

    [ContractFact]
    public async Task An_event_in_time_ends_its_wait_and_the_timer_does_not_hold_the_orchestration()
    {
        var orchestrator = Orchestrator<string>(context => context.WaitForExternalEvent<string>("approval", TimeSpan.FromHours(1)));
        var instance = await StartAsync(orchestrator);

        await Client.RaiseEventAsync(instance, "approval", "granted");

        Assert.Equal("granted", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task A_cancelled_wait_leaves_the_event_to_the_next_one()
    {
        var orchestrator = Orchestrator<string>(async context =>
        {
            using var cancelled = new CancellationTokenSource();
            var first = context.WaitForExternalEvent<string>("approval", cancelled.Token);
            CancelNow(cancelled);
            var second = await context.WaitForExternalEvent<string>("approval");
            return first.IsCanceled ? second : $"{second}, but the first wait was not cancelled";
        });
        var instance = await StartAsync(orchestrator);

        await Client.RaiseEventAsync(instance, "approval", "granted");

        Assert.Equal("granted", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task Events_raised_by_many_at_once_all_come()
    {
        var orchestrator = Orchestrator<int, int>(
            async (context, count) =>
            {
                var sum = 0;
                for (var taken = 0; taken < count; taken++)
                {
                    sum += await context.WaitForExternalEvent<int>("number");
                }

                return sum;
            }
        );
        var instance = await StartAsync(orchestrator, 60);

        await Task.WhenAll(Enumerable.Range(1, 60).Select(number => Client.RaiseEventAsync(instance, "number", number)));

        Assert.Equal(60 * 61 / 2, (await EndAsync(instance)).ReadOutputAs<int>());
    }

    [ContractFact]
    public async Task An_orchestrator_sends_an_event_to_another_instance()
    {
        var receiver = Orchestrator<string>(context => context.WaitForExternalEvent<string>("greeting"));
        var receiving = await StartAsync(receiver);
        var sender = Orchestrator<string, string>(
            (context, to) =>
            {
                context.SendEvent(to, "greeting", $"from {context.InstanceId}");
                return Task.FromResult("sent");
            }
        );

        var sending = await StartAsync(sender, receiving);

        Assert.Equal("sent", (await EndAsync(sending)).ReadOutputAs<string>());
        Assert.Equal($"from {sending}", (await EndAsync(receiving)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task An_event_for_an_instance_that_ended_changes_nothing()
    {
        var orchestrator = Orchestrator<string>(_ => Task.FromResult("done"));
        var instance = await StartAsync(orchestrator);
        await EndAsync(instance);

        await Client.RaiseEventAsync(instance, "late", "too late");

        var ended = await EndAsync(instance);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal("done", ended.ReadOutputAs<string>());
    }
}
