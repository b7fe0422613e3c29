using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;
using Quorum.Testing;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class WaitFacts(Engine engine) : ContractFacts(engine)
{
    [ContractFact]
    public async Task Waiting_for_the_start_returns_while_the_instance_runs()
    {
        var orchestrator = Orchestrator<string>(context => context.WaitForExternalEvent<string>("go"));
        var instance = await StartAsync(orchestrator);

        var started = await Client.WaitForInstanceStartAsync(instance).WithinAsync();

        Assert.Equal(OrchestrationRuntimeStatus.Running, started.RuntimeStatus);
        await Client.RaiseEventAsync(instance, "go");
        await EndAsync(instance);
    }

    [ContractFact]
    public async Task Waiting_for_the_start_of_an_instance_that_ended_returns_its_end()
    {
        var instance = await StartAsync(Orchestrator<string>(_ => Task.FromResult("done")));
        await EndAsync(instance);

        var started = await Client.WaitForInstanceStartAsync(instance, getInputsAndOutputs: true).WithinAsync();

        Assert.Equal("done", started.ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task All_who_wait_for_an_end_get_it()
    {
        var orchestrator = Orchestrator<string>(context => context.WaitForExternalEvent<string>("go"));
        var instance = await StartAsync(orchestrator);
        var waits = Enumerable.Range(0, 20).Select(_ => EndAsync(instance)).ToList();

        await Client.RaiseEventAsync(instance, "go", "went");

        Assert.All(await Task.WhenAll(waits), ended => Assert.Equal("went", ended.ReadOutputAs<string>()));
    }

    [ContractFact]
    public async Task Inputs_and_outputs_of_the_end_come_only_if_asked_for()
    {
        var instance = await StartAsync(Orchestrator<string, string>((_, input) => Task.FromResult(input)), "value");

        var ended = await Client.WaitForInstanceCompletionAsync(instance).WithinAsync();

        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Null(ended.SerializedInput);
        Assert.Null(ended.SerializedOutput);
    }

    [ContractFact]
    public async Task A_cancelled_wait_for_the_end_ends_and_leaves_the_instance_alone()
    {
        var orchestrator = Orchestrator<string>(context => context.WaitForExternalEvent<string>("go"));
        var instance = await StartAsync(orchestrator);
        using var cancelled = new CancellationTokenSource();
        var wait = Client.WaitForInstanceCompletionAsync(instance, cancelled.Token);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WithinAsync());
        await Client.RaiseEventAsync(instance, "go", "went");
        Assert.Equal("went", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task A_cancelled_call_is_not_made()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var id = NewId();
        var orchestrator = Orchestrator<string>(_ => Task.FromResult("done"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, null, new StartOrchestrationOptions(id), cancelled.Token)
        );

        Assert.Null(await Client.GetInstanceAsync(id));
    }
}
