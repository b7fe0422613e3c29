using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class QueryFacts(Engine engine) : ContractFacts(engine)
{
    [ContractFact]
    public async Task A_prefix_finds_its_instances()
    {
        var prefix = NewId();
        var ids = await RunManyAsync(prefix, 3);
        await RunManyAsync(NewId(), 1);

        var found = await FindAsync(new OrchestrationQuery(InstanceIdPrefix: prefix));

        Assert.Equal(ids, found.Select(instance => instance.InstanceId).Order());
    }

    [ContractFact]
    public async Task A_status_finds_its_instances()
    {
        var prefix = NewId();
        await RunManyAsync(prefix, 2);
        var failing = Orchestrator(_ => throw new InvalidOperationException("broken"));
        await EndAsync(await StartAsync(failing, options: new StartOrchestrationOptions($"{prefix}-failed")));

        var found = await FindAsync(new OrchestrationQuery(InstanceIdPrefix: prefix, Statuses: [OrchestrationRuntimeStatus.Failed]));

        Assert.Equal([$"{prefix}-failed"], found.Select(instance => instance.InstanceId));
    }

    [ContractFact]
    public async Task A_range_of_creation_times_finds_its_instances()
    {
        var prefix = NewId();
        var ids = await RunManyAsync(prefix, 3);
        var middle = (await Client.GetInstanceAsync(ids[1]))!.CreatedAt;

        var from = await FindAsync(new OrchestrationQuery(InstanceIdPrefix: prefix, CreatedFrom: middle));
        var to = await FindAsync(new OrchestrationQuery(InstanceIdPrefix: prefix, CreatedTo: middle));

        Assert.Equal(ids[1..], from.Select(instance => instance.InstanceId).Order());
        Assert.Equal(ids[..2], to.Select(instance => instance.InstanceId).Order());
    }

    [ContractFact]
    public async Task Pages_together_hold_each_instance_once()
    {
        var prefix = NewId();
        var ids = await RunManyAsync(prefix, 7);
        var pages = new List<Page<OrchestrationMetadata>>();

        await foreach (var page in Client.GetAllInstancesAsync(new OrchestrationQuery(InstanceIdPrefix: prefix, PageSize: 3)).AsPages())
        {
            pages.Add(page);
        }

        Assert.All(pages, page => Assert.InRange(page.Values.Count, 0, 3));
        Assert.Equal(ids, pages.SelectMany(page => page.Values).Select(instance => instance.InstanceId).Order());
    }

    [ContractFact]
    public async Task A_continuation_token_goes_on_where_the_page_ended()
    {
        var prefix = NewId();
        var ids = await RunManyAsync(prefix, 4);
        var query = new OrchestrationQuery(InstanceIdPrefix: prefix, PageSize: 2);
        var first = await FirstPageAsync(Client.GetAllInstancesAsync(query).AsPages());

        var second = await FirstPageAsync(Client.GetAllInstancesAsync(query).AsPages(first.ContinuationToken));

        Assert.Equal(ids, first.Values.Concat(second.Values).Select(instance => instance.InstanceId).Order());
    }

    [ContractFact]
    public async Task Inputs_and_outputs_come_only_if_asked_for()
    {
        var prefix = NewId();
        await RunManyAsync(prefix, 1);

        var without = Assert.Single(await FindAsync(new OrchestrationQuery(InstanceIdPrefix: prefix)));
        var with = Assert.Single(await FindAsync(new OrchestrationQuery(InstanceIdPrefix: prefix, FetchInputsAndOutputs: true)));

        Assert.Null(without.SerializedInput);
        Assert.Null(without.SerializedOutput);
        Assert.Equal(0, with.ReadInputAs<int>());
        Assert.Equal(0, with.ReadOutputAs<int>());
    }

    [ContractFact]
    public async Task A_query_that_matches_nothing_is_empty()
    {
        Assert.Empty(await FindAsync(new OrchestrationQuery(InstanceIdPrefix: NewId())));
    }

    [ContractFact]
    public async Task An_instance_shows_its_name_its_times_and_its_status()
    {
        var orchestrator = Orchestrator<string, string>((_, input) => Task.FromResult(input));
        var instance = await StartAsync(orchestrator, "in");
        await EndAsync(instance);

        var metadata = await Client.GetInstanceAsync(instance, getInputsAndOutputs: true);

        Assert.Equal(orchestrator.Name, metadata?.Name);
        Assert.Equal(instance, metadata?.InstanceId);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, metadata?.RuntimeStatus);
        Assert.True(metadata!.IsCompleted);
        Assert.True(metadata.LastUpdatedAt >= metadata.CreatedAt);
        Assert.Equal(("in", "in"), (metadata.ReadInputAs<string>(), metadata.ReadOutputAs<string>()));
    }

    [ContractFact]
    public async Task An_unknown_instance_is_null()
    {
        Assert.Null(await Client.GetInstanceAsync(NewId()));
    }

    private async Task<string[]> RunManyAsync(string prefix, int count, [System.Runtime.CompilerServices.CallerMemberName] string fact = "")
    {
        var orchestrator = Orchestrator<int, int>((_, number) => Task.FromResult(number), fact);
        var ids = Enumerable.Range(0, count).Select(number => $"{prefix}-{number}").ToArray();
        for (var number = 0; number < count; number++)
        {
            await StartAsync(orchestrator, number, new StartOrchestrationOptions(ids[number]));
            await EndAsync(ids[number]);
        }

        return ids;
    }

    private async Task<List<OrchestrationMetadata>> FindAsync(OrchestrationQuery query)
    {
        var found = new List<OrchestrationMetadata>();
        await foreach (var instance in Client.GetAllInstancesAsync(query))
        {
            found.Add(instance);
        }

        return found;
    }

    private static async Task<Page<OrchestrationMetadata>> FirstPageAsync(IAsyncEnumerable<Page<OrchestrationMetadata>> pages)
    {
        await foreach (var page in pages)
        {
            return page;
        }

        throw new Xunit.Sdk.XunitException("There is no page.");
    }
}
