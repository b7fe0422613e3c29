using System.Runtime.CompilerServices;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Testing;
using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;
using Quorum.Testing;

namespace Quorum.DurableTask.Contract.Tests.Facts;

/// <summary>The vocabulary of the facts: define a task, run an instance, wait for what must happen.</summary>
public abstract class ContractFacts(Engine engine)
{
    protected DurableTaskClient Client => engine.Client;

    protected FakeLogCollector Log => engine.Log.Collector;

    /// <summary>Defines an orchestrator under a name of its own.</summary>
    protected TaskName Orchestrator<TInput, TOutput>(
        Func<TaskOrchestrationContext, TInput, Task<TOutput>> implementation,
        [CallerMemberName] string fact = ""
    ) => engine.Tasks.Add(fact, FuncTaskOrchestrator.Create(implementation));

    /// <summary>Defines an orchestrator without input.</summary>
    protected TaskName Orchestrator<TOutput>(
        Func<TaskOrchestrationContext, Task<TOutput>> implementation,
        [CallerMemberName] string fact = ""
    ) => engine.Tasks.Add(fact, FuncTaskOrchestrator.Create<object?, TOutput>((context, _) => implementation(context)));

    /// <summary>Defines an orchestrator without input and output.</summary>
    protected TaskName Orchestrator(Func<TaskOrchestrationContext, Task> implementation, [CallerMemberName] string fact = "") =>
        engine.Tasks.Add(
            fact,
            FuncTaskOrchestrator.Create<object?, object?>(
                async (context, _) =>
                {
                    await implementation(context);
                    return null;
                }
            )
        );

    /// <summary>Defines an activity under a name of its own.</summary>
    protected TaskName Activity<TInput, TOutput>(
        Func<TaskActivityContext, TInput, Task<TOutput>> implementation,
        [CallerMemberName] string fact = ""
    ) => engine.Tasks.Add(fact, FuncTaskActivity.Create(implementation));

    /// <summary>Defines an activity that needs no context.</summary>
    protected TaskName Activity<TInput, TOutput>(Func<TInput, TOutput> implementation, [CallerMemberName] string fact = "") =>
        engine.Tasks.Add(fact, FuncTaskActivity.Create<TInput, TOutput>((_, input) => Task.FromResult(implementation(input))));

    /// <summary>Defines an activity without input that completes later.</summary>
    protected TaskName Activity<TOutput>(Func<Task<TOutput>> implementation, [CallerMemberName] string fact = "") =>
        engine.Tasks.Add(fact, FuncTaskActivity.Create<object?, TOutput>((_, _) => implementation()));

    /// <summary>Defines an activity without input and output.</summary>
    protected TaskName Activity(Action implementation, [CallerMemberName] string fact = "") =>
        engine.Tasks.Add(
            fact,
            FuncTaskActivity.Create<object?, object?>(
                (_, _) =>
                {
                    implementation();
                    return Task.FromResult<object?>(null);
                }
            )
        );

    /// <summary>Runs an instance to its end and returns its output.</summary>
    protected async Task<TOutput> RunAsync<TOutput>(TaskName orchestrator, object? input = null)
    {
        var ended = await EndAsync(await StartAsync(orchestrator, input));
        Assert.True(
            ended.RuntimeStatus == OrchestrationRuntimeStatus.Completed,
            $"{ended.RuntimeStatus}: {ended.FailureDetails} {ended.SerializedOutput}"
        );
        return ended.ReadOutputAs<TOutput>()!; // Null where TOutput allows it: the fact says so.
    }

    /// <summary>Runs an instance that must fail and returns the reason.</summary>
    protected async Task<TaskFailureDetails> FailAsync(TaskName orchestrator, object? input = null)
    {
        var ended = await EndAsync(await StartAsync(orchestrator, input));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        return ended.FailureDetails ?? throw new Xunit.Sdk.XunitException("The instance failed without failure details.");
    }

    protected Task<string> StartAsync(TaskName orchestrator, object? input = null, StartOrchestrationOptions? options = null) =>
        Client.ScheduleNewOrchestrationInstanceAsync(orchestrator, input, options).WithinAsync(Difference.Deadline);

    /// <summary>Waits for the end of an instance.</summary>
    protected Task<OrchestrationMetadata> EndAsync(string instanceId) =>
        Client.WaitForInstanceCompletionAsync(instanceId, getInputsAndOutputs: true).WithinAsync(Difference.Deadline);

    /// <summary>Waits until the state of an instance satisfies a condition that no signal reports.</summary>
    protected async Task<OrchestrationMetadata> StateAsync(string instanceId, Func<OrchestrationMetadata, bool> condition)
    {
        using var expired = new CancellationTokenSource(Difference.Deadline);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        OrchestrationMetadata? state = null;
        try
        {
            while (
                (state = await Client.GetInstanceAsync(instanceId, getInputsAndOutputs: true, expired.Token)) is null || !condition(state)
            )
            {
                await tick.WaitForNextTickAsync(expired.Token);
            }

            return state;
        }
        catch (OperationCanceledException exception) when (expired.IsCancellationRequested)
        {
            throw new TimeoutException($"Never in the awaited state: {state}", exception);
        }
    }

    /// <summary>Cancels on the calling thread: an orchestrator must not leave its own.</summary>
    protected static void CancelNow(CancellationTokenSource source) => source.Cancel();

    /// <summary>An instance id that no other fact uses.</summary>
    protected static string NewId() => Guid.NewGuid().ToString("N");

    /// <summary>A signal from inside a task to the fact, or back.</summary>
    protected static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
