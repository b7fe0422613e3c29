using System.ComponentModel;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Quorum.StandaloneHost.DurableTask;
using Quorum.Testing.Postgres;

namespace Quorum.StandaloneHost.Tests.DurableTask;

/// <summary>The guarantees for an orchestrator and its activities.</summary>
public sealed class OrchestrationTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private Task<TestWorker> StartAsync(Action<TaskRegistry> register) => TestWorker.StartAsync(fixture.Database, register);

    [Fact]
    public async Task Calls_an_activity_and_returns_its_result()
    {
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator("Greet", async context => await context.CallActivityAsync<string>("SayHello", context.GetInput<string>()));
            tasks.Activity<string, string>("SayHello", name => $"Hello {name}");
        });

        var end = await worker.RunAsync("Greet", "Ada");

        Assert.Equal(OrchestrationRuntimeStatus.Completed, end.RuntimeStatus);
        Assert.Equal("Hello Ada", end.ReadOutputAs<string>());
        Assert.Equal("Ada", end.ReadInputAs<string>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Values_of_types_that_declare_themselves_immutable_are_handed_over_and_parsed_only_when_they_are_gone(bool replays)
    {
        var (sent, received, returned) = (new Constant("in"), (Constant?)null, new Constant("out"));
        Constant? result = null;
        Variable? copy = null;
        var variable = new Variable { Text = "variable" };
        await using var worker = await TestWorker.StartAsync(
            fixture.Database,
            tasks =>
            {
                tasks.Orchestrator(
                    "HandOver",
                    async context =>
                    {
                        result = await context.CallActivityAsync<Constant>("Constant", sent);
                        copy = await context.CallActivityAsync<Variable>("Variable", 1);
                        return true;
                    }
                );
                tasks.Activity<Constant, Constant>(
                    "Constant",
                    input =>
                    {
                        received = input;
                        return returned;
                    }
                );
                tasks.Activity<int, Variable>("Variable", _ => variable);
            },
            options => options.KeepOrchestratorsInMemory = !replays
        );

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await worker.RunAsync("HandOver")).RuntimeStatus);

        Assert.Same(sent, received);
        Assert.Equal(returned, result);
        Assert.Equal(!replays, ReferenceEquals(returned, result)); // a replay reads the history
        Assert.Equal(variable.Text, copy?.Text);
        Assert.NotSame(variable, copy);
    }

    [Fact]
    public async Task Fans_out_and_in_whatever_the_order_of_the_results()
    {
        var gates = Enumerable.Range(0, 7).Select(_ => new TaskCompletionSource()).ToArray();
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator(
                "FanOut",
                async context =>
                {
                    var results = await Task.WhenAll(Enumerable.Range(0, 7).Select(n => context.CallActivityAsync<int>("Square", n)));
                    return string.Join(' ', results);
                }
            );
            tasks.Activity<int, int>(
                "Square",
                async n =>
                {
                    await gates[n].Task;
                    return n * n;
                }
            );
        });

        var id = await worker.Client.ScheduleNewOrchestrationInstanceAsync("FanOut");
        foreach (var n in (int[])[3, 0, 6, 2, 5, 1, 4])
        {
            gates[n].SetResult();
        }

        Assert.Equal("0 1 4 9 16 25 36", (await worker.EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_activitys_exception_reaches_the_orchestrator_with_its_details()
    {
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator(
                "Catch",
                async context =>
                {
                    try
                    {
                        return await context.CallActivityAsync<string>("Throw");
                    }
                    catch (TaskFailedException e)
                    {
                        return $"{e.TaskName} #{e.TaskId}: {e.FailureDetails.ErrorMessage} {e.FailureDetails.IsCausedBy<ArithmeticException>()} {e.FailureDetails.InnerFailure?.ErrorMessage}";
                    }
                }
            );
            tasks.Activity<string, string>("Throw", string (_) => throw new DivideByZeroException("no luck", new FormatException("inner")));
        });

        Assert.Equal("Throw #0: no luck True inner", (await worker.RunAsync("Catch")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_unhandled_failure_fails_the_instance_and_says_why()
    {
        await using var worker = await StartAsync(tasks =>
            tasks.Orchestrator<string>("Fail", _ => throw new InvalidOperationException("not today"))
        );

        var end = await worker.RunAsync("Fail");

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Equal("System.InvalidOperationException: not today", end.FailureDetails!.ToString());
    }

    [Fact]
    public async Task An_activity_that_is_not_registered_fails_and_names_those_that_are()
    {
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator("Miss", context => context.CallActivityAsync<string>("Nowhere"));
            tasks.Activity<int, int>("Somewhere", n => n);
        });

        var end = await worker.RunAsync("Miss");

        Assert.Contains("no activity 'Nowhere'", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("Somewhere", end.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retries_by_policy_until_the_activity_succeeds()
    {
        var calls = 0;
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator(
                "Retry",
                context =>
                    context.CallActivityAsync<int>(
                        "Flaky",
                        options: TaskOptions.FromRetryPolicy(new RetryPolicy(5, TimeSpan.FromMilliseconds(1), 2))
                    )
            );
            tasks.Activity<object?, int>("Flaky", _ => ++calls < 3 ? throw new TimeoutException() : calls);
        });

        Assert.Equal(3, (await worker.RunAsync("Retry")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task A_retry_handler_decides()
    {
        var calls = 0;
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator(
                "Retry",
                context =>
                    context.CallActivityAsync<int>(
                        "Flaky",
                        options: TaskOptions.FromRetryHandler(retry =>
                            retry.LastAttemptNumber < 2 && retry.LastFailure.IsCausedBy<TimeoutException>()
                        )
                    )
            );
            tasks.Activity<object?, int>(
                "Flaky",
                int (_) =>
                {
                    calls++;
                    throw new TimeoutException();
                }
            );
        });

        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await worker.RunAsync("Retry")).RuntimeStatus);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task Awaiting_a_task_that_is_not_durable_fails_the_instance_with_a_clear_message()
    {
        var work = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var worker = await StartAsync(tasks =>
            tasks.Orchestrator(
                "Cheat",
                async _ =>
                {
                    await Task.Yield();
                    await work.Task;
                    return 1;
                }
            )
        );

        var id = await worker.Client.ScheduleNewOrchestrationInstanceAsync("Cheat");
        await worker.Client.WaitForInstanceStartAsync(id); // it awaits the task, which has not ended
        work.SetResult();
        var end = await worker.EndOfAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("awaited a task that is not durable", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_and_the_clock_come_from_the_orchestration()
    {
        await using var worker = await StartAsync(tasks =>
            tasks.Orchestrator(
                "Ids",
                context =>
                    Task.FromResult((object)(context.NewGuid() != context.NewGuid() && context.CurrentUtcDateTime.Kind == DateTimeKind.Utc))
            )
        );

        Assert.True((await worker.RunAsync("Ids")).ReadOutputAs<bool>());
    }

    [ImmutableObject(true)]
    private sealed record Constant(string Text);

    private sealed class Variable
    {
        public string Text { get; set; } = "";
    }
}
