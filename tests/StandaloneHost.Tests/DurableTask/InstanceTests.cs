using DurableTask.Core.History;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Quorum.StandaloneHost.DurableTask;
using Quorum.Testing.Postgres;
using OrchestrationAlreadyExistsException = DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException;

namespace Quorum.StandaloneHost.Tests.DurableTask;

/// <summary>Instances as a client sees and controls them.</summary>
public sealed class InstanceTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    private Task<TestWorker> StartAsync(Action<TaskRegistry> register) => TestWorker.StartAsync(fixture.Database, register);

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

    [Theory]
    [InlineData("")]
    [InlineData("line\nbreak")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890")]
    public async Task An_id_that_cannot_be_stored_is_refused_with_the_rule(string id)
    {
        await using var worker = await StartAsync(tasks => tasks.Orchestrator("One", _ => Task.FromResult(1)));

        var refusal = await Assert.ThrowsAsync<ArgumentException>(() =>
            worker.Client.ScheduleNewOrchestrationInstanceAsync("One", new StartOrchestrationOptions(id))
        );

        Assert.Contains($"must have 1 to 100 characters, none of them a control character; this one has {id.Length}", refusal.Message);
    }

    [Fact]
    public async Task Sub_orchestrations_are_not_terminated_or_purged_with_their_parent()
    {
        await using var worker = await StartAsync(tasks => tasks.Orchestrator("One", _ => Task.FromResult(1)));
        var purge = new PurgeInstanceOptions(Recursive: true);

        await Assert.ThrowsAsync<NotSupportedException>(() =>
            worker.Client.TerminateInstanceAsync("parent", new TerminateInstanceOptions(Recursive: true))
        );
        await Assert.ThrowsAsync<NotSupportedException>(() => worker.Client.PurgeInstanceAsync("parent", purge));
        await Assert.ThrowsAsync<NotSupportedException>(() =>
            worker.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(DateTimeOffset.MinValue), purge)
        );
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
        Assert.Equal(3, history.Count(e => e is OrchestratorStartedEvent)); // turns
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
}
