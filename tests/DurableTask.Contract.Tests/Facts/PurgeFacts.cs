using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;
using Quorum.Testing;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class PurgeFacts(Engine engine) : ContractFacts(engine)
{
    [ContractFact]
    public async Task A_purged_instance_is_gone()
    {
        var instance = await StartAsync(Ends());
        await EndAsync(instance);

        var purged = await Client.PurgeInstanceAsync(instance);

        Assert.Equal(1, purged.PurgedInstanceCount);
        Assert.Null(await Client.GetInstanceAsync(instance));
    }

    [ContractFact]
    public async Task Purging_an_unknown_instance_purges_none()
    {
        Assert.Equal(0, (await Client.PurgeInstanceAsync(NewId())).PurgedInstanceCount);
    }

    [ContractFact]
    public async Task A_running_instance_is_not_purged()
    {
        var instance = await StartAsync(Orchestrator<string>(context => context.WaitForExternalEvent<string>("go")));
        await Client.WaitForInstanceStartAsync(instance).WithinAsync();

        try
        {
            Assert.Equal(0, (await Client.PurgeInstanceAsync(instance)).PurgedInstanceCount);
        }
        catch (InvalidOperationException)
        {
            // An engine may refuse instead of answering 0.
        }

        await Client.RaiseEventAsync(instance, "go", "went");
        Assert.Equal("went", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task A_purged_id_may_be_used_again()
    {
        var id = NewId();
        var runs = 0;
        var orchestrator = Orchestrator<int>(_ => Task.FromResult(++runs));
        await StartAsync(orchestrator, options: new StartOrchestrationOptions(id));
        await EndAsync(id);
        await Client.PurgeInstanceAsync(id);

        await StartAsync(orchestrator, options: new StartOrchestrationOptions(id));

        Assert.Equal(2, (await EndAsync(id)).ReadOutputAs<int>());
    }

    [ContractFact]
    public async Task A_filter_purges_the_instances_of_its_time_and_status()
    {
        var from = (await StartedAtAsync(Ends())).AddMicroseconds(1);
        var completed = await StartAsync(Ends());
        await EndAsync(completed);
        var running = await StartAsync(Orchestrator<string>(context => context.WaitForExternalEvent<string>("go")));
        await Client.WaitForInstanceStartAsync(running).WithinAsync();

        var purged = await Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(from, To(), [OrchestrationRuntimeStatus.Completed]));

        Assert.Equal(1, purged.PurgedInstanceCount);
        Assert.Null(await Client.GetInstanceAsync(completed));
        Assert.NotNull(await Client.GetInstanceAsync(running));
        await Client.RaiseEventAsync(running, "go", "went");
        await EndAsync(running);
    }

    private static DateTimeOffset To() => DateTimeOffset.UtcNow.AddMinutes(1);

    /// <summary>The creation time of an instance that ended: the engine's clock.</summary>
    private async Task<DateTimeOffset> StartedAtAsync(TaskName orchestrator) => (await EndAsync(await StartAsync(orchestrator))).CreatedAt;

    private TaskName Ends([System.Runtime.CompilerServices.CallerMemberName] string fact = "") =>
        Orchestrator<string>(_ => Task.FromResult("done"), fact);
}
