using Microsoft.DurableTask;
using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class VersionFacts(Engine engine) : ContractFacts(engine)
{
    [ContractFact]
    public async Task An_orchestrator_knows_the_version_of_its_start()
    {
        var orchestrator = Orchestrator<string>(context => Task.FromResult(context.Version));

        var instance = await StartAsync(orchestrator, options: new StartOrchestrationOptions { Version = "1.2.3" });

        Assert.Equal("1.2.3", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task An_orchestrator_without_a_version_has_an_empty_one()
    {
        Assert.True(await RunAsync<bool>(Orchestrator<bool>(context => Task.FromResult(string.IsNullOrEmpty(context.Version)))));
    }

    [ContractFact]
    public async Task A_child_has_the_version_of_its_call()
    {
        var child = Orchestrator<string>(context => Task.FromResult(context.Version));
        var parent = Orchestrator<string>(context =>
            context.CallSubOrchestratorAsync<string>(child, new SubOrchestrationOptions { Version = "2.0" })
        );

        var instance = await StartAsync(parent, options: new StartOrchestrationOptions { Version = "1.0" });

        Assert.Equal("2.0", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task Versions_compare_by_their_numbers()
    {
        var orchestrator = Orchestrator<List<int>>(context =>
            Task.FromResult(
                new List<int>
                {
                    Math.Sign(context.CompareVersionTo("1.9")),
                    Math.Sign(context.CompareVersionTo("1.10")),
                    Math.Sign(context.CompareVersionTo("2.0")),
                }
            )
        );

        var instance = await StartAsync(orchestrator, options: new StartOrchestrationOptions { Version = "1.10" });

        Assert.Equal([1, 0, -1], (await EndAsync(instance)).ReadOutputAs<List<int>>() ?? []);
    }
}
