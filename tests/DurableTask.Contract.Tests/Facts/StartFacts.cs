using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;
using Quorum.Testing;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class StartFacts(Engine engine) : ContractFacts(engine)
{
    private static readonly OrchestrationRuntimeStatus[] AnyStatus =
    [
        OrchestrationRuntimeStatus.Pending,
        OrchestrationRuntimeStatus.Running,
        OrchestrationRuntimeStatus.Suspended,
        OrchestrationRuntimeStatus.Completed,
        OrchestrationRuntimeStatus.Failed,
        OrchestrationRuntimeStatus.Terminated,
    ];

    [ContractFact]
    public async Task An_instance_has_the_id_that_was_asked_for()
    {
        var id = NewId();
        var orchestrator = Orchestrator<string>(context => Task.FromResult(context.InstanceId));

        Assert.Equal(id, await StartAsync(orchestrator, options: new StartOrchestrationOptions(id)));
        Assert.Equal(id, (await EndAsync(id)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task An_instance_without_a_given_id_gets_one()
    {
        var orchestrator = Orchestrator<string>(context => Task.FromResult(context.InstanceId));

        var ids = new[] { await StartAsync(orchestrator), await StartAsync(orchestrator) };

        Assert.NotEqual(ids[0], ids[1]);
        Assert.Equal(ids[1], (await EndAsync(ids[1])).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task An_id_may_have_any_letters()
    {
        var id = $"quote:BRK.B/{NewId()} ümläut 漢字 'quoted' \"twice\" %41 \\";
        var orchestrator = Orchestrator<string>(context => Task.FromResult(context.InstanceId));
        await StartAsync(orchestrator, options: new StartOrchestrationOptions(id));

        Assert.Equal(id, (await EndAsync(id)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task An_instance_may_start_later()
    {
        // Where it begins at once, a busy machine must not make up the time.
        var later = Difference.Current.Value is null ? TimeSpan.FromMilliseconds(300) : TimeSpan.FromSeconds(20);
        var at = DateTimeOffset.UtcNow + later;
        var orchestrator = Orchestrator<DateTime>(context => Task.FromResult(context.CurrentUtcDateTime));

        var instance = await StartAsync(orchestrator, options: new StartOrchestrationOptions(StartAt: at));

        Assert.True((await EndAsync(instance)).ReadOutputAs<DateTime>() >= at.UtcDateTime);
    }

    [ContractFact]
    public async Task An_instance_that_starts_later_is_pending_until_then()
    {
        var orchestrator = Orchestrator<string>(_ => Task.FromResult("done"));
        var instance = await StartAsync(orchestrator, options: new StartOrchestrationOptions(StartAt: DateTimeOffset.UtcNow.AddDays(1)));

        var waiting = await Client.GetInstanceAsync(instance);
        await Client.TerminateInstanceAsync(instance, "not needed");

        Assert.Equal(OrchestrationRuntimeStatus.Pending, waiting?.RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await EndAsync(instance)).RuntimeStatus);
    }

    [ContractFact]
    public async Task Of_many_starts_of_one_id_at_once_exactly_one_runs()
    {
        var id = NewId();
        var runs = 0;
        var count = Activity<object?, int>(_ => Interlocked.Increment(ref runs));
        var orchestrator = Orchestrator<int, int>((context, _) => context.CallActivityAsync<int>(count));
        var options = new StartOrchestrationOptions(id).WithDedupeStatuses(AnyStatus);

        var starts = await Task.WhenAll(Enumerable.Range(0, 16).Select(number => TryStartAsync(orchestrator, number, options)));

        Assert.Equal(1, starts.Count(started => started));
        Assert.Equal(1, (await EndAsync(id)).ReadOutputAs<int>());
        Assert.Equal(1, runs);
    }

    [ContractFact]
    public async Task An_id_is_refused_while_its_instance_has_one_of_the_given_statuses()
    {
        var id = NewId();
        var orchestrator = Orchestrator<string>(context => context.WaitForExternalEvent<string>("go"));
        await StartAsync(orchestrator, options: new StartOrchestrationOptions(id));
        await Client.WaitForInstanceStartAsync(id).WithinAsync();

        var again = await TryStartAsync(orchestrator, null, new StartOrchestrationOptions(id).WithDedupeStatuses(AnyStatus));

        Assert.False(again);
        await Client.RaiseEventAsync(id, "go", "went");
        Assert.Equal("went", (await EndAsync(id)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task An_id_of_an_instance_that_ended_is_refused_if_its_status_is_given()
    {
        var id = NewId();
        var orchestrator = Orchestrator<int, int>((_, number) => Task.FromResult(number));
        await StartAsync(orchestrator, 1, new StartOrchestrationOptions(id));
        await EndAsync(id);

        var again = await TryStartAsync(
            orchestrator,
            2,
            new StartOrchestrationOptions(id).WithDedupeStatuses(OrchestrationRuntimeStatus.Completed)
        );

        Assert.False(again);
        Assert.Equal(1, (await EndAsync(id)).ReadOutputAs<int>());
    }

    [ContractFact]
    public async Task An_id_of_an_instance_that_ended_is_used_again_if_its_status_is_not_given()
    {
        var id = NewId();
        var orchestrator = Orchestrator<int, int>((_, number) => Task.FromResult(number));
        await StartAsync(orchestrator, 1, new StartOrchestrationOptions(id));
        await EndAsync(id);

        var again = await TryStartAsync(
            orchestrator,
            2,
            new StartOrchestrationOptions(id).WithDedupeStatuses(OrchestrationRuntimeStatus.Failed)
        );

        Assert.True(again);
        var state = await StateAsync(id, instance => instance.IsCompleted && instance.ReadInputAs<int>() == 2);
        Assert.Equal(2, state.ReadOutputAs<int>());
    }

    [ContractFact]
    public async Task Tags_of_the_start_show_in_the_metadata()
    {
        var orchestrator = Orchestrator<string>(_ => Task.FromResult("done"));
        var options = new StartOrchestrationOptions
        {
            Tags = new Dictionary<string, string> { ["team"] = "quotes", ["ünï"] = "漢字" },
        };

        var ended = await EndAsync(await StartAsync(orchestrator, options: options));

        Assert.Equal(("quotes", "漢字"), (ended.Tags["team"], ended.Tags["ünï"]));
    }

    [ContractFact]
    public async Task Tags_of_a_call_reach_a_child()
    {
        var id = NewId();
        var child = Orchestrator<string>(_ => Task.FromResult("done"));
        var parent = Orchestrator<string>(context =>
            context.CallSubOrchestratorAsync<string>(
                child,
                new SubOrchestrationOptions(instanceId: id) { Tags = new Dictionary<string, string> { ["team"] = "quotes" } }
            )
        );

        await RunAsync<string>(parent);

        Assert.Equal("quotes", (await Client.GetInstanceAsync(id))?.Tags["team"]);
    }

    [ContractFact]
    public async Task An_orchestrator_that_no_worker_has_fails_the_instance_and_is_named()
    {
        var failure = await FailAsync("no-such-orchestrator");

        Assert.Contains("no-such-orchestrator", failure.ErrorMessage, StringComparison.Ordinal);
    }

    [ContractFact]
    public async Task Two_hundred_instances_at_once_all_end_with_their_own_results()
    {
        var square = Activity<int, int>(value => value * value);
        var orchestrator = Orchestrator<int, int>((context, value) => context.CallActivityAsync<int>(square, value));

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(value => RunAsync<int>(orchestrator, value)));

        Assert.Equal(Enumerable.Range(0, 200).Select(value => value * value), results);
    }

    private async Task<bool> TryStartAsync(TaskName orchestrator, object? input, StartOrchestrationOptions options)
    {
        try
        {
            await StartAsync(orchestrator, input, options);
            return true;
        }
        catch (Exception exception)
            when (exception.GetType().Name.Contains("AlreadyExists", StringComparison.Ordinal)
                || exception is Grpc.Core.RpcException { StatusCode: Grpc.Core.StatusCode.AlreadyExists }
            )
        {
            return false;
        }
    }
}
