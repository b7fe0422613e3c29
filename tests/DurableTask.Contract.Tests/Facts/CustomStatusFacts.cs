using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;
using Quorum.Testing;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class CustomStatusFacts(Engine engine) : ContractFacts(engine)
{
    [ContractFact]
    public async Task A_custom_status_shows_while_the_instance_runs()
    {
        var reached = NewSignal();
        var signal = Activity(reached.SetResult);
        var orchestrator = Orchestrator<string>(async context =>
        {
            context.SetCustomStatus("half way");
            await context.CallActivityAsync(signal);
            return await context.WaitForExternalEvent<string>("finish");
        });
        var instance = await StartAsync(orchestrator);
        await reached.Task.WithinAsync();

        var running = await Client.GetInstanceAsync(instance, getInputsAndOutputs: true);
        await Client.RaiseEventAsync(instance, "finish", "done");
        await EndAsync(instance);

        Assert.Equal("half way", running?.ReadCustomStatusAs<string>());
    }

    [ContractFact]
    public async Task A_custom_status_stays_when_the_instance_ends()
    {
        var orchestrator = Orchestrator(context =>
        {
            context.SetCustomStatus(new Progress(3, 4));
            return Task.CompletedTask;
        });

        var ended = await EndAsync(await StartAsync(orchestrator));

        Assert.Equal(new Progress(3, 4), ended.ReadCustomStatusAs<Progress>());
    }

    [ContractFact]
    public async Task The_last_custom_status_counts()
    {
        var echo = Activity<int, int>(value => value);
        var orchestrator = Orchestrator(async context =>
        {
            for (var step = 0; step < 3; step++)
            {
                context.SetCustomStatus($"step {step}");
                await context.CallActivityAsync<int>(echo, step);
            }
        });

        Assert.Equal("step 2", (await EndAsync(await StartAsync(orchestrator))).ReadCustomStatusAs<string>());
    }

    [ContractFact]
    public async Task Null_clears_the_custom_status()
    {
        var echo = Activity<int, int>(value => value);
        var orchestrator = Orchestrator(async context =>
        {
            context.SetCustomStatus("busy");
            await context.CallActivityAsync<int>(echo, 1);
            context.SetCustomStatus(null);
        });

        Assert.Null((await EndAsync(await StartAsync(orchestrator))).ReadCustomStatusAs<string>());
    }

    private sealed record Progress(int Done, int Total);
}
