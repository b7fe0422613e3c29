using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;
using Quorum.Testing;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class LifecycleFacts(Engine engine) : ContractFacts(engine)
{
    [ContractFact]
    public async Task A_suspended_instance_takes_its_events_after_it_is_resumed()
    {
        var instance = await StartAsync(WaitsFor("go"));
        await Client.WaitForInstanceStartAsync(instance).WithinAsync();
        await Client.SuspendInstanceAsync(instance, "for lunch");
        await StateAsync(instance, state => state.RuntimeStatus == OrchestrationRuntimeStatus.Suspended);

        await Client.RaiseEventAsync(instance, "go", "went");
        var suspended = await Client.GetInstanceAsync(instance);
        await Client.ResumeInstanceAsync(instance, "lunch is over");

        Assert.Equal(OrchestrationRuntimeStatus.Suspended, suspended?.RuntimeStatus);
        Assert.Equal("went", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task A_resumed_instance_runs_again()
    {
        var instance = await StartAsync(WaitsFor("go"));
        await Client.WaitForInstanceStartAsync(instance).WithinAsync();
        await Client.SuspendInstanceAsync(instance);
        await StateAsync(instance, state => state.RuntimeStatus == OrchestrationRuntimeStatus.Suspended);

        await Client.ResumeInstanceAsync(instance);

        await StateAsync(instance, state => state.RuntimeStatus == OrchestrationRuntimeStatus.Running);
        await Client.RaiseEventAsync(instance, "go", "went");
        Assert.Equal("went", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task The_result_of_an_activity_waits_while_the_instance_is_suspended()
    {
        var finish = NewSignal();
        var started = NewSignal();
        var slow = Activity<string>(async () =>
        {
            started.SetResult();
            await finish.Task.WithinAsync();
            return "result";
        });
        var instance = await StartAsync(Orchestrator<string>(context => context.CallActivityAsync<string>(slow)));
        await started.Task.WithinAsync();
        await Client.SuspendInstanceAsync(instance);
        await StateAsync(instance, state => state.RuntimeStatus == OrchestrationRuntimeStatus.Suspended);
        finish.SetResult();

        await Client.ResumeInstanceAsync(instance);

        Assert.Equal("result", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task Resuming_an_instance_that_is_not_suspended_changes_nothing()
    {
        var instance = await StartAsync(WaitsFor("go"));
        await Client.WaitForInstanceStartAsync(instance).WithinAsync();

        await Client.ResumeInstanceAsync(instance);

        await Client.RaiseEventAsync(instance, "go", "went");
        Assert.Equal("went", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task Suspending_an_instance_that_ended_changes_nothing()
    {
        var instance = await StartAsync(Orchestrator<string>(_ => Task.FromResult("done")));
        await EndAsync(instance);

        await Client.SuspendInstanceAsync(instance);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await EndAsync(instance)).RuntimeStatus);
    }

    [ContractFact]
    public async Task Termination_ends_an_instance_with_the_given_output()
    {
        var instance = await StartAsync(WaitsFor("never"));
        await Client.WaitForInstanceStartAsync(instance).WithinAsync();

        await Client.TerminateInstanceAsync(instance, "enough");

        var ended = await EndAsync(instance);
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, ended.RuntimeStatus);
        Assert.Equal("enough", ended.ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task Termination_ends_a_suspended_instance()
    {
        var instance = await StartAsync(WaitsFor("never"));
        await Client.WaitForInstanceStartAsync(instance).WithinAsync();
        await Client.SuspendInstanceAsync(instance);
        await StateAsync(instance, state => state.RuntimeStatus == OrchestrationRuntimeStatus.Suspended);

        await Client.TerminateInstanceAsync(instance);

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await EndAsync(instance)).RuntimeStatus);
    }

    [ContractFact]
    public async Task Termination_of_an_instance_that_ended_changes_nothing()
    {
        var instance = await StartAsync(Orchestrator<string>(_ => Task.FromResult("done")));
        await EndAsync(instance);

        await Client.TerminateInstanceAsync(instance, "too late");

        var ended = await EndAsync(instance);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal("done", ended.ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task Termination_while_an_activity_runs_drops_its_result()
    {
        var finish = NewSignal();
        var started = NewSignal();
        var slow = Activity<string>(async () =>
        {
            started.SetResult();
            await finish.Task.WithinAsync();
            return "result";
        });
        var instance = await StartAsync(Orchestrator<string>(context => context.CallActivityAsync<string>(slow)));
        await started.Task.WithinAsync();

        await Client.TerminateInstanceAsync(instance, "enough");
        var ended = await EndAsync(instance);
        finish.SetResult();

        Assert.Equal("enough", ended.ReadOutputAs<string>());
        Assert.Equal("enough", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task A_restart_may_use_a_new_id()
    {
        var instance = await StartAsync(
            Orchestrator<string, string>((context, input) => Task.FromResult($"{input} {context.InstanceId}")),
            "run"
        );
        await EndAsync(instance);

        var restarted = await Client.RestartAsync(instance, restartWithNewInstanceId: true);

        Assert.NotEqual(instance, restarted);
        Assert.Equal($"run {restarted}", (await EndAsync(restarted)).ReadOutputAs<string>());
        Assert.Equal($"run {instance}", (await EndAsync(instance)).ReadOutputAs<string>());
    }

    [ContractFact]
    public async Task A_restart_of_an_unknown_instance_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Client.RestartAsync(NewId()));
    }

    private TaskName WaitsFor(string eventName, [System.Runtime.CompilerServices.CallerMemberName] string fact = "") =>
        Orchestrator<string>(context => context.WaitForExternalEvent<string>(eventName), fact);
}
