using DurableTask.Core;
using DurableTask.Core.History;
using Quorum.DurableTask.PostgreSql.Sessions;
using Quorum.Testing.Time;

namespace Quorum.DurableTask.PostgreSql.Tests.Sessions;

public sealed class SessionTimersTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly SessionTimers _timers = new();
    private readonly List<DateTime> _woken = [];

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    public void Dispose() => _timers.Dispose();

    [Fact]
    public void A_timer_wakes_its_instance_when_it_is_due_and_not_before()
    {
        var due = Now.AddMinutes(5);
        Start(1, due);

        _time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        Assert.Empty(_woken);
        Assert.Equal(due, _timers.Earliest);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal([due], _woken);
        Assert.Equal([1], TakeDue());
        Assert.Null(_timers.Earliest);
    }

    [Fact]
    public void A_timer_of_a_year_is_waited_for_although_the_machine_s_timers_reach_49_days()
    {
        var due = Now.AddDays(365);
        Start(1, due);

        _time.Advance(TimeSpan.FromDays(364));
        Assert.Empty(_woken);
        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal([due], _woken);
    }

    [Fact]
    public void Timers_that_are_due_are_taken_in_the_order_of_their_times_and_then_of_their_creation()
    {
        Start(3, Now.AddMinutes(2));
        Start(2, Now.AddMinutes(1));
        Start(4, Now.AddMinutes(1));
        Start(1, Now.AddMinutes(3));
        Assert.Equal(Now.AddMinutes(1), _timers.Earliest);

        _time.SetUtcNow(_time.GetUtcNow().AddMinutes(2)); // their wake-ups are late

        Assert.Equal([2, 4, 3], TakeDue());
        Assert.Equal(Now.AddMinutes(1), _timers.Earliest);
    }

    [Fact]
    public void Timers_that_were_taken_or_cancelled_wake_nothing_any_more()
    {
        Start(1, Now.AddMinutes(1));
        _time.SetUtcNow(_time.GetUtcNow().AddMinutes(1));
        TakeDue();
        Start(2, Now.AddMinutes(1));
        _timers.Dispose();

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Empty(_woken);
        Assert.Equal(0, _time.ArmedTimers);
    }

    private void Start(int id, DateTime due)
    {
        var fired = new TimerFiredEvent(-1) { TimerId = id, FireAt = due };
        _timers.Start(_time, new TaskMessage { Event = fired }, fired, _woken.Add);
    }

    private IEnumerable<int> TakeDue() => [.. _timers.TakeDue(Now).Select(message => ((TimerFiredEvent)message.Event).TimerId)];
}
