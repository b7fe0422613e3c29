using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.DurableTask.Client;
using Quorum.StandaloneHost.DurableTask.Orchestrations;
using Quorum.Testing.Postgres;

namespace Quorum.StandaloneHost.Tests.DurableTask;

public sealed class TurnClockTests
{
    private static readonly DateTime Noon = new(2026, 11, 20, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_turn_has_the_time_of_the_machine()
    {
        Assert.Equal(Noon, new TurnClock().TimeOf(StateOf([], []), Noon));
        Assert.Equal(Noon, new TurnClock().TimeOf(StateOf([], [Fired(Noon.AddTicks(-1))]), Noon));
    }

    [Fact]
    public void A_turn_is_not_before_the_timer_that_it_takes()
    {
        Assert.Equal(Noon.AddHours(2), new TurnClock().TimeOf(StateOf([], [Fired(Noon.AddHours(2)), Fired(Noon.AddHours(1))]), Noon));
    }

    [Fact]
    public void A_turn_after_a_takeover_is_not_before_a_timer_of_its_history()
    {
        Assert.Equal(Noon.AddHours(1), new TurnClock().TimeOf(StateOf([Fired(Noon.AddHours(1))], []), Noon));
    }

    [Fact]
    public void A_later_turn_is_not_before_the_timer_of_an_earlier_one()
    {
        var clock = new TurnClock();
        clock.TimeOf(StateOf([], [Fired(Noon.AddHours(1))]), Noon);

        Assert.Equal(Noon.AddHours(1), clock.TimeOf(StateOf([], []), Noon));
        Assert.Equal(Noon.AddHours(3), clock.TimeOf(StateOf([], []), Noon.AddHours(3)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_orchestrator_sees_no_time_before_its_timer_after_the_clock_was_set_back(bool keepsOrchestratorsInMemory)
    {
        await using var database = await TestDatabase.CreateAsync();
        var clock = new SettableClock();
        await using var worker = await TestWorker.StartAsync(
            database,
            tasks =>
            {
                tasks.Orchestrator(
                    "Nap",
                    async context =>
                    {
                        var due = context.CurrentUtcDateTime.AddMilliseconds(20);
                        await context.CreateTimer(due, CancellationToken.None);
                        await context.CallActivityAsync<bool>("SetBack", true);
                        return context.CurrentUtcDateTime >= due;
                    }
                );
                tasks.Activity<bool, bool>("SetBack", clock.SetBack);
            },
            options => options.KeepOrchestratorsInMemory = keepsOrchestratorsInMemory,
            clock
        );

        var ended = await worker.RunAsync("Nap");

        Assert.Equal((OrchestrationRuntimeStatus.Completed, true), (ended.RuntimeStatus, ended.ReadOutputAs<bool>()));
    }

    private static OrchestrationRuntimeState StateOf(List<HistoryEvent> past, List<HistoryEvent> added)
    {
        var state = new OrchestrationRuntimeState(past);
        added.ForEach(state.AddEvent);
        return state;
    }

    private static TimerFiredEvent Fired(DateTime due) => new(-1) { FireAt = due };

    /// <summary>The machine's clock, which can be set back by five minutes.</summary>
    private sealed class SettableClock : TimeProvider
    {
        private volatile bool _isBack;

        public bool SetBack(bool isBack) => _isBack = isBack;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - (_isBack ? TimeSpan.FromMinutes(5) : TimeSpan.Zero);
    }
}
