using Microsoft.DurableTask;
using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class SubOrchestrationFacts(Engine engine) : ContractFacts(engine)
{
    [ContractFact]
    public async Task A_child_gets_its_input_and_returns_its_result()
    {
        var child = Orchestrator<int, int>((_, value) => Task.FromResult(value * 2));
        var parent = Orchestrator<int, int>((context, value) => context.CallSubOrchestratorAsync<int>(child, value));

        Assert.Equal(42, await RunAsync<int>(parent, 21));
    }

    [ContractFact]
    public async Task A_child_has_the_instance_id_that_its_parent_chose()
    {
        var id = NewId();
        var child = Orchestrator<string>(context => Task.FromResult(context.InstanceId));
        var parent = Orchestrator<string>(context =>
            context.CallSubOrchestratorAsync<string>(child, new SubOrchestrationOptions(instanceId: id))
        );

        Assert.Equal(id, await RunAsync<string>(parent));
        Assert.Equal(child.Name, (await Client.GetInstanceAsync(id))?.Name);
    }

    [ContractFact]
    public async Task A_child_without_a_chosen_id_has_one_of_its_own()
    {
        var child = Orchestrator<string>(context => Task.FromResult(context.InstanceId));
        var parent = Orchestrator<string[]>(async context =>
            [
                context.InstanceId,
                await context.CallSubOrchestratorAsync<string>(child),
                await context.CallSubOrchestratorAsync<string>(child),
            ]
        );

        var ids = await RunAsync<string[]>(parent);

        Assert.Equal(3, ids!.Distinct().Count());
    }

    [ContractFact]
    public async Task A_child_knows_its_parent()
    {
        var child = Orchestrator<string>(context => Task.FromResult($"{context.Parent?.Name} {context.Parent?.InstanceId}"));
        var parent = Orchestrator<string>(context => context.CallSubOrchestratorAsync<string>(child));

        var instance = await StartAsync(parent);

        Assert.Equal($"{parent.Name} {instance}", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task An_instance_that_a_client_started_has_no_parent()
    {
        var orchestrator = Orchestrator<bool>(context => Task.FromResult(context.Parent is null));

        Assert.True(await RunAsync<bool>(orchestrator));
    }

    [ContractFact]
    public async Task Children_run_at_the_same_time_and_return_in_the_order_of_the_calls()
    {
        var square = Activity<int, int>(value => value * value);
        var child = Orchestrator<int, int>((context, value) => context.CallActivityAsync<int>(square, value));
        var parent = Orchestrator<int[]>(context =>
            Task.WhenAll(Enumerable.Range(0, 10).Select(value => context.CallSubOrchestratorAsync<int>(child, value)))
        );

        Assert.Equal(Enumerable.Range(0, 10).Select(value => value * value), await RunAsync<int[]>(parent));
    }

    [ContractFact]
    public async Task Children_may_have_children()
    {
        TaskName recursive = default;
        recursive = Orchestrator<int, int>(
            async (context, depth) => depth == 0 ? 0 : 1 + await context.CallSubOrchestratorAsync<int>(recursive, depth - 1)
        );

        Assert.Equal(5, await RunAsync<int>(recursive, 5));
    }

    [ContractFact]
    public async Task A_child_that_fails_fails_the_call_with_its_reason()
    {
        var child = Orchestrator<int>(_ => throw new InvalidOperationException("broken child"));
        var parent = Orchestrator<string>(async context =>
        {
            try
            {
                await context.CallSubOrchestratorAsync<int>(child);
                return "no failure";
            }
            catch (TaskFailedException failure)
            {
                return $"{failure.TaskName}: {failure.FailureDetails.ErrorMessage}";
            }
        });

        Assert.Equal($"{child.Name}: broken child", await RunAsync<string>(parent));
    }

    [ContractFact]
    public async Task A_child_that_continues_as_new_still_answers_its_parent()
    {
        var child = Orchestrator<int, int>(
            (context, round) =>
            {
                if (round < 3)
                {
                    context.ContinueAsNew(round + 1);
                }

                return Task.FromResult(round);
            }
        );
        var parent = Orchestrator<int>(context => context.CallSubOrchestratorAsync<int>(child, 0));

        Assert.Equal(3, await RunAsync<int>(parent));
    }

    [ContractFact]
    public async Task A_child_takes_events_like_any_instance()
    {
        var id = NewId();
        var child = Orchestrator<string>(context => context.WaitForExternalEvent<string>("word"));
        var parent = Orchestrator<string>(context =>
            context.CallSubOrchestratorAsync<string>(child, new SubOrchestrationOptions(instanceId: id))
        );
        var instance = await StartAsync(parent);
        await StateAsync(id, state => state.IsRunning);

        await Client.RaiseEventAsync(id, "word", "heard");

        Assert.Equal("heard", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task A_child_that_is_terminated_fails_the_call()
    {
        var id = NewId();
        var child = Orchestrator<string>(context => context.WaitForExternalEvent<string>("never"));
        var parent = Orchestrator<string>(async context =>
        {
            try
            {
                return await context.CallSubOrchestratorAsync<string>(child, new SubOrchestrationOptions(instanceId: id));
            }
            catch (TaskFailedException)
            {
                return "the child failed";
            }
        });
        var instance = await StartAsync(parent);
        await StateAsync(id, state => state.IsRunning);

        await Client.TerminateInstanceAsync(id, "enough");

        Assert.Equal("the child failed", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task An_orchestrator_that_no_worker_has_fails_the_call()
    {
        var parent = Orchestrator<string>(async context =>
        {
            try
            {
                return await context.CallSubOrchestratorAsync<string>("no-such-orchestrator");
            }
            catch (TaskFailedException failure)
            {
                return failure.TaskName;
            }
        });

        Assert.Equal("no-such-orchestrator", await RunAsync<string>(parent));
    }
}
