using Microsoft.DurableTask.Client;
using Quorum.StandaloneHost.DurableTask;
using Quorum.Testing.Postgres;

namespace Quorum.StandaloneHost.Tests.DurableTask;

/// <summary>Orchestrator code that differs from the stored history.</summary>
public sealed class NondeterminismTests : IAsyncLifetime
{
    private TestDatabase _database = null!; // set before each test

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Changed_code_fails_with_an_error_that_names_what_history_holds_and_what_was_asked_for()
    {
        static Action<TaskRegistry> Register(string activity) =>
            tasks =>
            {
                tasks.Orchestrator(
                    "Versioned",
                    async context =>
                    {
                        await context.CallActivityAsync<int>(activity, 1);
                        return await context.WaitForExternalEvent<string>("go");
                    }
                );
                tasks.Activity<int, int>(activity, n => n);
            };
        await using var old = await TestWorker.StartAsync(_database, Register("OldName"));
        var id = await old.Client.ScheduleNewOrchestrationInstanceAsync("Versioned");
        await _database.WaitUntilAsync(
            $"select count(*) = 1 from taskhub.history_events where instance_id = '{id}' and type = 'TaskCompleted'"
        );
        await old.KillAsync();

        await using var changed = await TestWorker.StartAsync(_database, Register("NewName"));
        await changed.Client.RaiseEventAsync(id, "go", "on");
        var end = await changed.EndOfAsync(id);

        Assert.Equal(OrchestrationRuntimeStatus.Failed, end.RuntimeStatus);
        Assert.Contains("NonDeterministic", end.FailureDetails!.ErrorType, StringComparison.Ordinal);
        Assert.Contains("OldName", end.FailureDetails.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("NewName", end.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_no_longer_asks_for_what_history_holds_fails()
    {
        static Action<TaskRegistry> Register(bool asks) =>
            tasks =>
            {
                tasks.Orchestrator(
                    "Versioned",
                    async context =>
                    {
                        if (asks)
                        {
                            await context.CallActivityAsync<int>("Dropped", 1);
                        }

                        return await context.WaitForExternalEvent<string>("go");
                    }
                );
                tasks.Activity<int, int>("Dropped", n => n);
            };
        await using var old = await TestWorker.StartAsync(_database, Register(asks: true));
        var id = await old.Client.ScheduleNewOrchestrationInstanceAsync("Versioned");
        await _database.WaitUntilAsync(
            $"select count(*) = 1 from taskhub.history_events where instance_id = '{id}' and type = 'TaskCompleted'"
        );
        await old.KillAsync();

        await using var changed = await TestWorker.StartAsync(_database, Register(asks: false));
        await changed.Client.RaiseEventAsync(id, "go", "on");
        var end = await changed.EndOfAsync(id);

        Assert.Contains("Dropped", end.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("non-deterministic", end.FailureDetails.ErrorMessage, StringComparison.OrdinalIgnoreCase);
    }
}
