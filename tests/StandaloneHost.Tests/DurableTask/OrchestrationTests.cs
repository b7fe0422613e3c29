using System.ComponentModel;
using DurableTask.Core.History;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Quorum.StandaloneHost.DurableTask;
using Quorum.Testing.Postgres;
using OrchestrationAlreadyExistsException = DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException;

namespace Quorum.StandaloneHost.Tests.DurableTask;

/// <summary>The guarantees for an orchestrator.</summary>
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
    public async Task Events_are_kept_until_they_are_awaited()
    {
        var waiting = new TaskCompletionSource();
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator(
                "Listen",
                async context =>
                {
                    await context.CallActivityAsync("Gate");
                    var first = await context.WaitForExternalEvent<string>("word");
                    var second = await context.WaitForExternalEvent<string>("WORD");
                    return first + second;
                }
            );
            tasks.Activity<object?, object?>(
                "Gate",
                async _ =>
                {
                    await waiting.Task;
                    return null;
                }
            );
        });

        var id = await worker.Client.ScheduleNewOrchestrationInstanceAsync("Listen");
        await worker.Client.RaiseEventAsync(id, "word", "one");
        await worker.Client.RaiseEventAsync(id, "word", "two");
        waiting.SetResult();

        Assert.Equal("onetwo", (await worker.EndOfAsync(id)).ReadOutputAs<string>());
        Assert.Equal(0, await fixture.Database.QueryAsync<long>($"select count(*) from taskhub.inbox where instance_id = '{id}'"));
    }

    [Fact]
    public async Task Waiting_for_an_event_times_out()
    {
        await using var worker = await StartAsync(tasks =>
            tasks.Orchestrator(
                "Wait",
                async context =>
                {
                    try
                    {
                        return await context.WaitForExternalEvent<string>("never", TimeSpan.FromMilliseconds(5));
                    }
                    catch (TaskCanceledException)
                    {
                        return "gave up";
                    }
                }
            )
        );

        Assert.Equal("gave up", (await worker.RunAsync("Wait")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Sub_orchestrations_return_results_and_failures()
    {
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator(
                "Parent",
                async context =>
                {
                    var child = await context.CallSubOrchestratorAsync<string>("Child", "a");
                    try
                    {
                        await context.CallSubOrchestratorAsync<string>(
                            "Child",
                            "b",
                            new TaskOptions().WithInstanceId(context.InstanceId + "-b")
                        );
                    }
                    catch (TaskFailedException e)
                    {
                        return child + " " + e.FailureDetails.ErrorMessage;
                    }

                    return "no failure";
                }
            );
            tasks.Orchestrator(
                "Child",
                context =>
                    context.GetInput<string>() == "b"
                        ? throw new InvalidOperationException("b fails")
                        : Task.FromResult($"child of {context.Parent!.Name.Name}")
            );
        });

        var id = await worker.Client.ScheduleNewOrchestrationInstanceAsync("Parent");

        Assert.Equal("child of Parent b fails", (await worker.EndOfAsync(id)).ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await worker.Client.GetInstanceAsync(id + "-b"))!.RuntimeStatus);
    }

    [Fact]
    public async Task Continues_as_new_with_an_empty_history_and_the_unprocessed_events()
    {
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator(
                "Count",
                async context =>
                {
                    var n = context.GetInput<int>();
                    if (n == 0)
                    {
                        await context.WaitForExternalEvent<string>("go");
                    }

                    await context.CallActivityAsync<int>("Square", n);
                    if (n < 50)
                    {
                        context.ContinueAsNew(n + 1);
                        return "";
                    }

                    return await context.WaitForExternalEvent<string>("kept");
                }
            );
            tasks.Activity<int, int>("Square", n => n * n);
        });

        var id = await worker.Client.ScheduleNewOrchestrationInstanceAsync("Count", 0);
        await worker.Client.RaiseEventAsync(id, "kept", "still here");
        await worker.Client.RaiseEventAsync(id, "go");

        Assert.Equal("still here", (await worker.EndOfAsync(id)).ReadOutputAs<string>());
        Assert.Equal(50, await fixture.Database.QueryAsync<int>($"select generation from taskhub.instances where instance_id = '{id}'"));
        Assert.Equal(
            1,
            await fixture.Database.QueryAsync<long>($"select count(distinct generation) from taskhub.history where instance_id = '{id}'")
        );
    }

    [Fact]
    public async Task Messages_and_children_of_the_turn_that_continues_as_new_are_committed()
    {
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator(
                "Teller",
                async context =>
                {
                    if (context.GetInput<int>() is var n and < 3)
                    {
                        context.SendEvent("listener", "told", n);
                        _ = context.CallSubOrchestratorAsync<string>("Child", n, new TaskOptions().WithInstanceId($"told-{n}"));
                        context.ContinueAsNew(n + 1);
                        return "";
                    }

                    return await context.WaitForExternalEvent<string>("go");
                }
            );
            tasks.Orchestrator("Child", context => Task.FromResult($"child {context.GetInput<int>()}"));
            tasks.Orchestrator(
                "Listener",
                async context =>
                {
                    var heard = new List<int>();
                    while (heard.Count < 3)
                    {
                        heard.Add(await context.WaitForExternalEvent<int>("told"));
                    }

                    return string.Join(' ', heard);
                }
            );
        });
        await worker.Client.ScheduleNewOrchestrationInstanceAsync("Listener", new StartOrchestrationOptions("listener"));

        var id = await worker.Client.ScheduleNewOrchestrationInstanceAsync("Teller", 0);

        Assert.Equal("0 1 2", (await worker.EndOfAsync("listener")).ReadOutputAs<string>());
        Assert.Equal("child 0", (await worker.EndOfAsync("told-0")).ReadOutputAs<string>());
        Assert.Equal("child 2", (await worker.EndOfAsync("told-2")).ReadOutputAs<string>());
        await worker.Client.RaiseEventAsync(id, "go", "over");
        Assert.Equal("over", (await worker.EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Custom_status_is_seen_from_outside()
    {
        await using var worker = await StartAsync(tasks =>
            tasks.Orchestrator(
                "Report",
                async context =>
                {
                    context.SetCustomStatus(new { Percent = 40 });
                    await context.WaitForExternalEvent<string>("go");
                    context.SetCustomStatus(new { Percent = 100 });
                    return "done";
                }
            )
        );

        var id = await worker.Client.ScheduleNewOrchestrationInstanceAsync("Report");
        Assert.Equal("""{"Percent":40}""", (await worker.Client.GetInstanceAsync(id, getInputsAndOutputs: true))!.SerializedCustomStatus);
        await worker.Client.RaiseEventAsync(id, "go");

        Assert.Equal("""{"Percent":100}""", (await worker.EndOfAsync(id)).SerializedCustomStatus);
    }

    [Fact]
    public async Task A_suspended_instance_takes_events_only_when_resumed()
    {
        await using var worker = await StartAsync(tasks =>
            tasks.Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
        );

        var id = await worker.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        await worker.Client.SuspendInstanceAsync(id, "lunch");
        await fixture.Database.WaitUntilAsync($"select status = 'Suspended' from taskhub.instances where instance_id = '{id}'");
        await worker.Client.RaiseEventAsync(id, "go", "went");
        await fixture.Database.WaitUntilAsync($"select not exists (select from taskhub.inbox where instance_id = '{id}')");
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await worker.Client.GetInstanceAsync(id))!.RuntimeStatus);
        await worker.Client.ResumeInstanceAsync(id);

        Assert.Equal("went", (await worker.EndOfAsync(id)).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Terminate_ends_an_instance_with_the_given_output()
    {
        await using var worker = await StartAsync(tasks =>
            tasks.Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
        );

        var id = await worker.Client.ScheduleNewOrchestrationInstanceAsync("Wait");
        await worker.Client.TerminateInstanceAsync(id, (object)"enough");
        var end = await worker.EndOfAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Terminated, end.RuntimeStatus);
        Assert.Equal("enough", end.ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_id_in_use_is_refused_and_a_finished_one_is_replaced()
    {
        await using var worker = await StartAsync(tasks =>
            tasks.Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
        );
        var options = new StartOrchestrationOptions("my-id");

        await worker.Client.ScheduleNewOrchestrationInstanceAsync("Wait", options);
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() =>
            worker.Client.ScheduleNewOrchestrationInstanceAsync("Wait", options)
        );
        await worker.Client.RaiseEventAsync("my-id", "go", "first");
        Assert.Equal("first", (await worker.EndOfAsync("my-id")).ReadOutputAs<string>());
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() =>
            worker.Client.ScheduleNewOrchestrationInstanceAsync("Wait", options.WithDedupeStatuses(OrchestrationRuntimeStatus.Completed))
        );
        await worker.Client.ScheduleNewOrchestrationInstanceAsync("Wait", options);
        await worker.Client.RaiseEventAsync("my-id", "go", "second");

        Assert.Equal("second", (await worker.EndOfAsync("my-id")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Many_starts_of_one_id_at_once_give_one_instance()
    {
        await using var worker = await StartAsync(tasks =>
            tasks.Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
        );
        await using var other = await StartAsync(tasks =>
            tasks.Orchestrator("Wait", context => context.WaitForExternalEvent<string>("go"))
        );

        var attempts = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(async n =>
                {
                    try
                    {
                        await (n % 2 == 0 ? worker : other).Client.ScheduleNewOrchestrationInstanceAsync(
                            "Wait",
                            new StartOrchestrationOptions("one-id")
                        );
                        return 1;
                    }
                    catch (OrchestrationAlreadyExistsException)
                    {
                        return 0;
                    }
                })
        );

        Assert.Equal(1, attempts.Sum());
        await other.Client.RaiseEventAsync("one-id", "go", "once");
        Assert.Equal("once", (await worker.EndOfAsync("one-id")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_instance_starts_at_its_time()
    {
        await using var worker = await StartAsync(tasks =>
            tasks.Orchestrator("Clock", context => Task.FromResult(context.CurrentUtcDateTime))
        );
        var due = DateTimeOffset.UtcNow.AddMilliseconds(300);

        var id = await worker.Client.ScheduleNewOrchestrationInstanceAsync("Clock", new StartOrchestrationOptions(StartAt: due));
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await worker.Client.GetInstanceAsync(id))!.RuntimeStatus);

        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await worker.EndOfAsync(id)).RuntimeStatus);
        Assert.True(DateTimeOffset.UtcNow >= due);
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
    public async Task History_lists_what_happened_in_order()
    {
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator(
                "Two",
                async context =>
                {
                    await context.CallActivityAsync<int>("Square", 2);
                    return await context.CallActivityAsync<int>("Square", 3);
                }
            );
            tasks.Activity<int, int>("Square", n => n * n);
        });

        var id = (await worker.RunAsync("Two")).InstanceId;
        var history = await worker.Client.GetOrchestrationHistoryAsync(id);

        Assert.Equal(
            [
                EventType.ExecutionStarted,
                EventType.TaskScheduled,
                EventType.TaskCompleted,
                EventType.TaskScheduled,
                EventType.TaskCompleted,
                EventType.ExecutionCompleted,
            ],
            history.Where(e => e is not OrchestratorStartedEvent).Select(e => e.EventType)
        );
        Assert.Equal(9, await fixture.Database.QueryAsync<long>($"select count(*) from taskhub.history_events where instance_id = '{id}'"));
    }

    [Fact]
    public async Task Finished_instances_can_be_queried_in_pages_and_purged()
    {
        await using var worker = await StartAsync(tasks =>
        {
            tasks.Orchestrator("Quick", context => Task.FromResult(context.GetInput<int>()));
            tasks.Orchestrator("Slow", context => context.WaitForExternalEvent<string>("go"));
        });
        var client = worker.Client;
        foreach (var n in Enumerable.Range(0, 5))
        {
            await client.ScheduleNewOrchestrationInstanceAsync("Quick", n, new StartOrchestrationOptions($"page-{n}"));
            await worker.EndOfAsync($"page-{n}");
        }

        await client.ScheduleNewOrchestrationInstanceAsync("Slow", new StartOrchestrationOptions("page-slow"));
        var query = new OrchestrationQuery(InstanceIdPrefix: "page-", PageSize: 2, FetchInputsAndOutputs: true);
        var pages = new List<int>();
        await foreach (var page in client.GetAllInstancesAsync(query).AsPages())
        {
            pages.Add(page.Values.Count);
        }

        Assert.Equal([2, 2, 2, 0], pages);
        var done = new List<int>();
        await foreach (var instance in client.GetAllInstancesAsync(query with { Statuses = [OrchestrationRuntimeStatus.Completed] }))
        {
            done.Add(instance.ReadOutputAs<int>());
        }

        Assert.Equal([0, 1, 2, 3, 4], done);
        Assert.Equal(0, (await client.PurgeInstanceAsync("page-slow")).PurgedInstanceCount);
        Assert.Equal(1, (await client.PurgeInstanceAsync("page-3")).PurgedInstanceCount);
        Assert.Null(await client.GetInstanceAsync("page-3"));
        Assert.Equal(0, await fixture.Database.QueryAsync<long>("select count(*) from taskhub.history where instance_id = 'page-3'"));
        Assert.NotNull(await client.GetInstanceAsync("page-slow"));
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
