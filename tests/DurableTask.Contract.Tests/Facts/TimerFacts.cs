using Quorum.DurableTask.Contract.Tests.Differences;
using Quorum.DurableTask.Contract.Tests.Engines;
using Quorum.Testing;

namespace Quorum.DurableTask.Contract.Tests.Facts;

public abstract class TimerFacts(Engine engine) : ContractFacts(engine)
{
    [ContractFact]
    public async Task A_timer_fires_not_before_its_time()
    {
        var orchestrator = Orchestrator<TimeSpan>(async context =>
        {
            var due = context.CurrentUtcDateTime.AddMilliseconds(100);
            await context.CreateTimer(due, CancellationToken.None);
            return context.CurrentUtcDateTime - due;
        });

        Assert.True(await RunAsync<TimeSpan>(orchestrator) >= TimeSpan.Zero);
    }

    [ContractFact]
    public async Task A_timer_whose_time_is_past_fires_at_once()
    {
        var orchestrator = Orchestrator<bool>(async context =>
        {
            await context.CreateTimer(context.CurrentUtcDateTime.AddHours(-1), CancellationToken.None);
            return true;
        });

        Assert.True(await RunAsync<bool>(orchestrator));
    }

    [ContractFact]
    public async Task Timers_fire_in_the_order_of_their_times()
    {
        var orchestrator = Orchestrator<List<int>>(async context =>
        {
            var fired = new List<int>();
            async Task WaitAsync(int milliseconds)
            {
                await context.CreateTimer(TimeSpan.FromMilliseconds(milliseconds), CancellationToken.None);
                fired.Add(milliseconds);
            }

            await Task.WhenAll(WaitAsync(200), WaitAsync(1), WaitAsync(100));
            return fired;
        });

        Assert.Equal([1, 100, 200], await RunAsync<List<int>>(orchestrator));
    }

    [ContractFact]
    public async Task Many_timers_of_one_time_all_fire()
    {
        var orchestrator = Orchestrator<int>(async context =>
        {
            var due = context.CurrentUtcDateTime.AddMilliseconds(20);
            var timers = Enumerable.Range(0, 40).Select(_ => context.CreateTimer(due, CancellationToken.None)).ToList();
            await Task.WhenAll(timers);
            return timers.Count;
        });

        Assert.Equal(40, await RunAsync<int>(orchestrator));
    }

    [ContractFact]
    public async Task A_cancelled_timer_does_not_hold_the_orchestration()
    {
        var orchestrator = Orchestrator<bool>(async context =>
        {
            using var cancelled = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromDays(1), cancelled.Token);
            CancelNow(cancelled);
            try
            {
                await timer;
                return false;
            }
            catch (OperationCanceledException)
            {
                return true;
            }
        });

        Assert.True(await RunAsync<bool>(orchestrator));
    }

    [ContractFact]
    public async Task A_timer_that_is_neither_awaited_nor_cancelled_holds_the_orchestration()
    {
        var orchestrator = Orchestrator<DateTime>(context =>
        {
            var due = context.CurrentUtcDateTime.AddMilliseconds(50);
            _ = context.CreateTimer(due, CancellationToken.None);
            return Task.FromResult(due);
        });

        var ended = await EndAsync(await StartAsync(orchestrator));

        Assert.True(ended.LastUpdatedAt.UtcDateTime >= ended.ReadOutputAs<DateTime>());
    }

    [ContractFact]
    public async Task An_activity_that_is_faster_than_a_timer_wins()
    {
        var fast = Activity<object?, string>(_ => "activity");
        var orchestrator = Orchestrator<string>(async context =>
        {
            using var cancelled = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromHours(1), cancelled.Token);
            var work = context.CallActivityAsync<string>(fast);
            var winner = await Task.WhenAny(timer, work);
            CancelNow(cancelled);
            return winner == work ? await work : "timer";
        });

        Assert.Equal("activity", await RunAsync<string>(orchestrator));
    }

    [ContractFact]
    public async Task A_timer_that_is_faster_than_an_activity_wins()
    {
        var finish = NewSignal();
        var fired = NewSignal();
        var slow = Activity<string>(async () =>
        {
            await finish.Task.WithinAsync();
            return "activity";
        });
        var reached = Activity(fired.SetResult);
        var orchestrator = Orchestrator<string>(async context =>
        {
            var timer = context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            var work = context.CallActivityAsync<string>(slow);
            var winner = await Task.WhenAny(timer, work);
            await context.CallActivityAsync(reached);
            return winner == work ? "activity" : "timer";
        });
        var instance = await StartAsync(orchestrator);

        await fired.Task.WithinAsync();
        finish.SetResult();

        Assert.Equal("timer", (await EndAsync(instance)).ReadOutputAs<string>());
    }
}
