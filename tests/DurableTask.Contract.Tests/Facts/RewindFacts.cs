using Microsoft.DurableTask.Client;
using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;
using Quorum.Testing;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class RewindFacts(Engine engine) : ContractFacts(engine)
{
    [ContractFact]
    public async Task A_rewound_instance_runs_what_failed_again_and_keeps_what_succeeded()
    {
        var runs = 0;
        var succeeds = Activity<int, int>(_ => Interlocked.Increment(ref runs));
        var failures = 0;
        var fails = Activity<int, int>(input =>
            Interlocked.Increment(ref failures) == 1 ? throw new InvalidOperationException("Not yet.") : input
        );
        var instance = await StartAsync(
            Orchestrator<int>(async context =>
                await context.CallActivityAsync<int>(succeeds, 0) + await context.CallActivityAsync<int>(fails, 10)
            )
        );
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await EndAsync(instance)).RuntimeStatus);

        await Client.RewindInstanceAsync(instance, "The cause is gone.");
        var ended = await EndAsync(instance);

        Assert.Equal((OrchestrationRuntimeStatus.Completed, 11), (ended.RuntimeStatus, ended.ReadOutputAs<int>()));
        Assert.Null(ended.FailureDetails);
        Assert.Equal(1, runs);
    }

    [ContractFact]
    public async Task A_rewound_instance_that_fails_again_can_be_rewound_again()
    {
        var runs = 0;
        var fails = Activity<int, int>(input =>
            Interlocked.Increment(ref runs) < 3 ? throw new InvalidOperationException($"Attempt {runs}.") : input
        );
        var instance = await StartAsync(Orchestrator<int>(context => context.CallActivityAsync<int>(fails, 7)));
        Assert.Contains("Attempt 1.", (await EndAsync(instance)).FailureDetails?.ErrorMessage, StringComparison.Ordinal);

        await Client.RewindInstanceAsync(instance, "");
        Assert.Contains("Attempt 2.", (await EndAsync(instance)).FailureDetails?.ErrorMessage, StringComparison.Ordinal);
        await Client.RewindInstanceAsync(instance, "");

        Assert.Equal(7, (await EndAsync(instance)).ReadOutputAs<int>());
    }

    [ContractFact]
    public async Task A_rewind_goes_through_the_sub_orchestrations_that_failed()
    {
        var runs = 0;
        var fails = Activity<int, int>(input =>
            Interlocked.Increment(ref runs) == 1 ? throw new InvalidOperationException("Not yet.") : input
        );
        var sound = Orchestrator<int>(_ => Task.FromResult(1));
        var child = Orchestrator<int>(context => context.CallActivityAsync<int>(fails, 10));
        var instance = await StartAsync(
            Orchestrator<int>(async context =>
                await context.CallSubOrchestratorAsync<int>(sound) + await context.CallSubOrchestratorAsync<int>(child)
            )
        );
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await EndAsync(instance)).RuntimeStatus);

        await Client.RewindInstanceAsync(instance, "The cause is gone.");

        Assert.Equal(11, (await EndAsync(instance)).ReadOutputAs<int>());
        Assert.Equal(2, runs);
    }

    [ContractFact]
    public async Task A_rewound_instance_takes_the_events_that_come_later()
    {
        var runs = 0;
        var fails = Activity<int, int>(input =>
            Interlocked.Increment(ref runs) == 1 ? throw new InvalidOperationException("Not yet.") : input
        );
        var instance = await StartAsync(
            Orchestrator<string>(async context =>
            {
                await context.CallActivityAsync<int>(fails, 0);
                return await context.WaitForExternalEvent<string>("go");
            })
        );
        await EndAsync(instance);

        await Client.RewindInstanceAsync(instance, "");
        await Client.RaiseEventAsync(instance, "go", "went");

        Assert.Equal("went", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task Only_an_instance_that_failed_can_be_rewound()
    {
        var completed = await StartAsync(Orchestrator<int>(_ => Task.FromResult(1)));
        await EndAsync(completed);
        var running = await StartAsync(Orchestrator<string>(context => context.WaitForExternalEvent<string>("go")));
        await Client.WaitForInstanceStartAsync(running).WithinAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(() => Client.RewindInstanceAsync(completed, ""));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Client.RewindInstanceAsync(running, ""));
        await Assert.ThrowsAsync<ArgumentException>(() => Client.RewindInstanceAsync(NewId(), ""));

        await Client.RaiseEventAsync(running, "go", "went");
        Assert.Equal("went", (await EndAsync(running)).ReadOutputAs<string>());
    }
}
