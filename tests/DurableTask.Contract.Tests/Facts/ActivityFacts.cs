using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;
using Quorum.Testing;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class ActivityFacts(Engine engine) : ContractFacts(engine)
{
    [ContractFact]
    public async Task An_activity_gets_its_input_and_returns_its_result()
    {
        var greet = Activity<string, string>(name => $"Hello, {name}!");
        var orchestrator = Orchestrator<string, string>((context, name) => context.CallActivityAsync<string>(greet, name));

        Assert.Equal("Hello, Tokyo!", await RunAsync<string>(orchestrator, "Tokyo"));
    }

    [ContractFact]
    public async Task Each_activity_of_a_chain_gets_the_result_of_the_one_before()
    {
        var addOne = Activity<int, int>(value => value + 1);
        var orchestrator = Orchestrator<int>(async context =>
        {
            var value = 0;
            for (var step = 0; step < 10; step++)
            {
                value = await context.CallActivityAsync<int>(addOne, value);
            }

            return value;
        });

        Assert.Equal(10, await RunAsync<int>(orchestrator));
    }

    [ContractFact]
    public async Task A_fan_in_returns_the_results_in_the_order_of_the_calls()
    {
        var square = Activity<int, int>(value => value * value);
        var orchestrator = Orchestrator<int, int[]>(
            (context, count) => Task.WhenAll(Enumerable.Range(0, count).Select(value => context.CallActivityAsync<int>(square, value)))
        );

        Assert.Equal(Enumerable.Range(0, 50).Select(value => value * value), await RunAsync<int[]>(orchestrator, 50));
    }

    [ContractFact]
    public async Task Two_activities_run_at_the_same_time()
    {
        var first = NewSignal();
        var second = NewSignal();
        var meetFirst = Activity<bool>(async () =>
        {
            first.SetResult();
            await second.Task.WithinAsync();
            return true;
        });
        var meetSecond = Activity<bool>(async () =>
        {
            second.SetResult();
            await first.Task.WithinAsync();
            return true;
        });
        var orchestrator = Orchestrator<bool[]>(context =>
            Task.WhenAll(context.CallActivityAsync<bool>(meetFirst), context.CallActivityAsync<bool>(meetSecond))
        );

        Assert.Equal(new[] { true, true }, await RunAsync<bool[]>(orchestrator));
    }

    [ContractFact]
    public async Task An_activity_knows_its_name_and_its_instance()
    {
        var describe = Activity<object?, string>((context, _) => Task.FromResult($"{context.Name} of {context.InstanceId}"));
        var orchestrator = Orchestrator<string>(context => context.CallActivityAsync<string>(describe));

        var instance = await StartAsync(orchestrator);

        Assert.Equal($"{describe.Name} of {instance}", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task Values_of_every_kind_survive_the_way_to_an_activity_and_back()
    {
        var order = new Order(
            7,
            "naïve 漢字 \U0001F600",
            12.3400m,
            new DateTimeOffset(2026, 11, 20, 15, 0, 0, TimeSpan.FromHours(9)),
            ["a", "b"],
            null
        );
        var echo = Activity<Order, Order>(value => value);
        var orchestrator = Orchestrator<Order, Order>((context, value) => context.CallActivityAsync<Order>(echo, value));

        Assert.Equivalent(order, await RunAsync<Order>(orchestrator, order), strict: true);
    }

    [ContractFact]
    public async Task An_activity_without_input_gets_null()
    {
        var isNull = Activity<string?, bool>(input => input is null);
        var orchestrator = Orchestrator<bool>(context => context.CallActivityAsync<bool>(isNull));

        Assert.True(await RunAsync<bool>(orchestrator));
    }

    [ContractFact]
    public async Task An_activity_without_result_returns_null()
    {
        var nothing = Activity(() => { });
        var orchestrator = Orchestrator<string?>(async context => await context.CallActivityAsync<string?>(nothing) ?? "null");

        Assert.Equal("null", await RunAsync<string>(orchestrator));
    }

    [ContractFact]
    public async Task An_orchestration_goes_on_with_the_first_result_and_ends_with_the_last()
    {
        var finish = NewSignal();
        var goneOn = NewSignal();
        var slow = Activity<string>(async () =>
        {
            await finish.Task.WithinAsync();
            return "late";
        });
        var fast = Activity<object?, string>(_ => "first");
        var reached = Activity(goneOn.SetResult);
        var orchestrator = Orchestrator<string>(async context =>
        {
            var late = context.CallActivityAsync<string>(slow);
            var winner = await Task.WhenAny(late, context.CallActivityAsync<string>(fast));
            await context.CallActivityAsync(reached);
            return await winner;
        });
        var instance = await StartAsync(orchestrator);

        await goneOn.Task.WithinAsync();
        var open = await Client.GetInstanceAsync(instance);
        finish.SetResult();

        Assert.Equal(OrchestrationRuntimeStatus.Running, open?.RuntimeStatus);
        Assert.Equal("first", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task An_activity_that_no_worker_has_fails_the_call_and_is_named()
    {
        var orchestrator = Orchestrator<string>(async context =>
        {
            try
            {
                return await context.CallActivityAsync<string>("no-such-activity");
            }
            catch (TaskFailedException failure)
            {
                return $"{failure.TaskName}: {failure.FailureDetails.ErrorMessage}";
            }
        });

        var output = await RunAsync<string>(orchestrator);

        Assert.StartsWith("no-such-activity: ", output, StringComparison.Ordinal);
        Assert.Contains("no-such-activity", output!["no-such-activity: ".Length..], StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task An_activity_that_ended_runs_once_however_often_the_orchestrator_replays()
    {
        var runs = 0;
        var count = Activity<object?, int>(_ => Interlocked.Increment(ref runs));
        var other = Activity<int, int>(value => value);
        var orchestrator = Orchestrator<int>(async context =>
        {
            var first = await context.CallActivityAsync<int>(count);
            for (var turn = 0; turn < 5; turn++)
            {
                await context.CallActivityAsync<int>(other, turn);
            }

            return first;
        });

        Assert.Equal(1, await RunAsync<int>(orchestrator));
        Assert.Equal(1, runs);
    }

    private sealed record Order(int Id, string Text, decimal Amount, DateTimeOffset At, string[] Tags, string? Note);
}
