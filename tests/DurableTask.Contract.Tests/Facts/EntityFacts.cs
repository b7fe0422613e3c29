using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class EntityFacts(Engine engine) : ContractFacts(engine)
{
    [ContractFact]
    public async Task An_orchestrator_is_refused_entities()
    {
        var orchestrator = Orchestrator<string>(async context =>
        {
            try
            {
                await context.Entities.SignalEntityAsync(new Microsoft.DurableTask.Entities.EntityInstanceId("counter", "1"), "add");
                return "no refusal";
            }
            catch (NotSupportedException)
            {
                return "refused";
            }
        });

        Assert.Equal("refused", await RunAsync<string>(orchestrator));
    }

    [ContractFact]
    public async Task A_client_is_refused_entities()
    {
        await Assert.ThrowsAnyAsync<Exception>(() =>
            Client.Entities.SignalEntityAsync(new Microsoft.DurableTask.Entities.EntityInstanceId("counter", "1"), "add")
        );
    }
}
