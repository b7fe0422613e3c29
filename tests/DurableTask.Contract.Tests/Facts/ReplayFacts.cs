using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class ReplayFacts(Engine engine) : ContractFacts(engine)
{
    [ContractFact]
    public async Task The_clock_of_an_orchestrator_shows_the_same_time_in_each_replay()
    {
        var seen = new System.Collections.Concurrent.ConcurrentBag<DateTime>();
        var echo = Activity<int, int>(value => value);
        var orchestrator = Orchestrator<int>(async context =>
        {
            seen.Add(context.CurrentUtcDateTime);
            await context.CallActivityAsync<int>(echo, 1);
            return await context.CallActivityAsync<int>(echo, 2);
        });

        await RunAsync<int>(orchestrator);

        Assert.Single(seen.Distinct());
    }

    [ContractFact]
    public async Task The_clock_of_an_orchestrator_is_utc_and_goes_on()
    {
        var echo = Activity<int, int>(value => value);
        var orchestrator = Orchestrator<bool>(async context =>
        {
            var before = context.CurrentUtcDateTime;
            await context.CreateTimer(TimeSpan.FromMilliseconds(5), CancellationToken.None);
            return before.Kind == DateTimeKind.Utc && context.CurrentUtcDateTime > before;
        });

        Assert.True(await RunAsync<bool>(orchestrator));
    }

    [ContractFact]
    public async Task New_guids_are_the_same_in_each_replay_and_differ_from_each_other()
    {
        var seen = new System.Collections.Concurrent.ConcurrentBag<(Guid, Guid)>();
        var echo = Activity<int, int>(value => value);
        var orchestrator = Orchestrator<int>(async context =>
        {
            seen.Add((context.NewGuid(), context.NewGuid()));
            await context.CallActivityAsync<int>(echo, 1);
            return await context.CallActivityAsync<int>(echo, 2);
        });

        await RunAsync<int>(orchestrator);

        var (first, second) = Assert.Single(seen.Distinct());
        Assert.NotEqual(first, second);
        Assert.NotEqual(Guid.Empty, first);
    }

    [ContractFact]
    public async Task Code_after_the_last_await_does_not_run_as_replay()
    {
        var echo = Activity<int, int>(value => value);
        var orchestrator = Orchestrator<bool>(async context =>
        {
            await context.CallActivityAsync<int>(echo, 1);
            await context.CallActivityAsync<int>(echo, 2);
            return context.IsReplaying;
        });

        Assert.False(await RunAsync<bool>(orchestrator));
    }

    [ContractFact]
    public async Task The_replay_safe_logger_logs_each_line_once()
    {
        var category = NewId();
        var echo = Activity<int, int>(value => value);
        var orchestrator = Orchestrator(async context =>
        {
            var logger = context.CreateReplaySafeLogger(category);
            for (var step = 0; step < 3; step++)
            {
                logger.LogInformation("step {Step}", step);
                await context.CallActivityAsync<int>(echo, step);
            }
        });

        await EndAsync(await StartAsync(orchestrator));

        Assert.Equal(
            ["step 0", "step 1", "step 2"],
            Log.GetSnapshot().Where(record => record.Category == category).Select(record => record.Message)
        );
    }

    [ContractFact]
    public Task Another_activity_in_the_replay_is_named_as_non_determinism() =>
        IsNamedAsync((context, _) => context.CallActivityAsync("recorded"), (context, _) => context.CallActivityAsync("another"));

    [ContractFact]
    public Task A_timer_instead_of_an_activity_in_the_replay_is_named_as_non_determinism() =>
        IsNamedAsync(
            (context, _) => context.CallActivityAsync("recorded"),
            (context, _) => context.CreateTimer(TimeSpan.FromDays(1), CancellationToken.None)
        );

    [ContractFact]
    public Task A_sub_orchestration_instead_of_an_activity_in_the_replay_is_named_as_non_determinism() =>
        IsNamedAsync((context, _) => context.CallActivityAsync("recorded"), (context, _) => context.CallSubOrchestratorAsync("another"));

    [ContractFact]
    public Task A_missing_activity_in_the_replay_is_named_as_non_determinism() =>
        IsNamedAsync((context, _) => context.CallActivityAsync("recorded"), (context, _) => context.WaitForExternalEvent<string>("never"));

    /// <summary>Runs an orchestrator that takes another step in its replay than in its first turn, and expects a failure that says
    /// so.</summary>
    private async Task IsNamedAsync(
        Func<TaskOrchestrationContext, int, Task> first,
        Func<TaskOrchestrationContext, int, Task> replay,
        [System.Runtime.CompilerServices.CallerMemberName] string fact = ""
    )
    {
        var turns = 0;
        var orchestrator = Orchestrator(
            async context =>
            {
                await (Interlocked.Increment(ref turns) == 1 ? first : replay)(context, turns);
            },
            fact
        );

        var failure = await FailAsync(orchestrator);

        Assert.Contains("NonDeterministic", failure.ErrorType, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("non-deterministic", failure.ErrorMessage, StringComparison.OrdinalIgnoreCase);
    }
}
