using Microsoft.DurableTask;
using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class RetryFacts(Engine engine) : ContractFacts(engine)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    [ContractFact]
    public async Task A_policy_repeats_a_failed_activity_until_it_succeeds()
    {
        var runs = 0;
        var flaky = Activity<object?, int>(_ => ++runs < 3 ? throw new TimeoutException("not yet") : runs);
        var orchestrator = Orchestrator<int>(context =>
            context.CallActivityAsync<int>(flaky, TaskOptions.FromRetryPolicy(new RetryPolicy(5, Soon)))
        );

        Assert.Equal(3, await RunAsync<int>(orchestrator));
    }

    [ContractFact]
    public async Task A_policy_gives_up_after_its_attempts_with_the_last_failure()
    {
        var runs = 0;
        var broken = Activity<object?, int>(_ => throw new TimeoutException($"attempt {++runs}"));
        var orchestrator = Orchestrator<int>(context =>
            context.CallActivityAsync<int>(broken, TaskOptions.FromRetryPolicy(new RetryPolicy(3, Soon)))
        );

        var failure = await FailAsync(orchestrator);

        Assert.Equal(3, runs);
        Assert.Equal("attempt 3", failure.InnerFailure?.ErrorMessage);
    }

    [ContractFact]
    public async Task A_policy_waits_longer_each_time_by_its_coefficient()
    {
        var broken = Activity<object?, int>(_ => throw new TimeoutException("never"));
        var orchestrator = Orchestrator<TimeSpan>(async context =>
        {
            var started = context.CurrentUtcDateTime;
            try
            {
                await context.CallActivityAsync<int>(
                    broken,
                    TaskOptions.FromRetryPolicy(new RetryPolicy(4, TimeSpan.FromMilliseconds(20), backoffCoefficient: 2))
                );
            }
            catch (TaskFailedException)
            {
                // The durable clock below is the result.
            }

            return context.CurrentUtcDateTime - started;
        });

        Assert.True(await RunAsync<TimeSpan>(orchestrator) >= TimeSpan.FromMilliseconds(20 + 40 + 80));
    }

    [ContractFact]
    public async Task A_policy_asks_its_handler_which_failures_to_repeat()
    {
        var runs = 0;
        var broken = Activity<object?, int>(_ =>
            throw (++runs == 1 ? new TimeoutException("passing") : new InvalidOperationException("for good"))
        );
        var policy = new RetryPolicy(5, Soon) { HandleFailure = failure => failure.IsCausedBy<TimeoutException>() };
        var orchestrator = Orchestrator<int>(context => context.CallActivityAsync<int>(broken, TaskOptions.FromRetryPolicy(policy)));

        var failure = await FailAsync(orchestrator);

        Assert.Equal(2, runs);
        Assert.Equal("for good", failure.InnerFailure?.ErrorMessage);
    }

    [ContractFact]
    public async Task A_handler_decides_after_each_failure_with_its_number()
    {
        var broken = Activity<object?, int>(_ => throw new TimeoutException("never"));
        var orchestrator = Orchestrator<List<int>>(async context =>
        {
            var attempts = new List<int>();
            RetryHandler handler = retry =>
            {
                attempts.Add(retry.LastAttemptNumber);
                return retry.LastAttemptNumber < 3;
            };
            try
            {
                await context.CallActivityAsync<int>(broken, TaskOptions.FromRetryHandler(handler));
            }
            catch (TaskFailedException)
            {
                // The attempts are the result.
            }

            return attempts;
        });

        Assert.Equal([1, 2, 3], await RunAsync<List<int>>(orchestrator));
    }

    [ContractFact]
    public async Task A_handler_may_wait_for_a_timer_before_the_next_attempt()
    {
        var runs = 0;
        var flaky = Activity<object?, int>(_ => ++runs == 1 ? throw new TimeoutException("not yet") : runs);
        AsyncRetryHandler handler = async retry =>
        {
            await retry.OrchestrationContext.CreateTimer(Soon, CancellationToken.None);
            return true;
        };
        var orchestrator = Orchestrator<int>(context => context.CallActivityAsync<int>(flaky, TaskOptions.FromRetryHandler(handler)));

        Assert.Equal(2, await RunAsync<int>(orchestrator));
    }

    [ContractFact]
    public async Task A_policy_repeats_a_failed_sub_orchestration()
    {
        var runs = 0;
        var count = Activity<object?, int>(_ => ++runs);
        var child = Orchestrator<int>(async context =>
            await context.CallActivityAsync<int>(count) is var run && run < 3 ? throw new TimeoutException("not yet") : run
        );
        var orchestrator = Orchestrator<int>(context =>
            context.CallSubOrchestratorAsync<int>(child, TaskOptions.FromRetryPolicy(new RetryPolicy(5, Soon)))
        );

        Assert.Equal(3, await RunAsync<int>(orchestrator));
    }

    [ContractFact]
    public async Task A_handler_repeats_a_failed_sub_orchestration()
    {
        var runs = 0;
        var count = Activity<object?, int>(_ => ++runs);
        var child = Orchestrator<int>(async context =>
            await context.CallActivityAsync<int>(count) is var run && run < 2 ? throw new TimeoutException("not yet") : run
        );
        RetryHandler handler = retry => retry.LastFailure.IsCausedBy<TimeoutException>();
        var orchestrator = Orchestrator<int>(context =>
            context.CallSubOrchestratorAsync<int>(child, TaskOptions.FromRetryHandler(handler))
        );

        Assert.Equal(2, await RunAsync<int>(orchestrator));
    }

    [ContractFact]
    public async Task A_missing_activity_is_not_tried_again()
    {
        var asked = 0;
        RetryHandler handler = _ => ++asked < 3;
        var orchestrator = Orchestrator<string>(async context =>
        {
            try
            {
                return await context.CallActivityAsync<string>("no-such-activity", TaskOptions.FromRetryHandler(handler));
            }
            catch (TaskFailedException failure)
            {
                return failure.TaskName;
            }
        });

        Assert.Equal("no-such-activity", await RunAsync<string>(orchestrator));
        Assert.Equal(0, asked);
    }
}
