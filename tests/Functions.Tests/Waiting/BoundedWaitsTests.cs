using Quorum.Shared;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Waiting;

public sealed class BoundedWaitsTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly ManualTimeProvider _time = new();
    private readonly TaskCompletionSource _work = new();

    [Fact]
    public async Task A_task_that_ends_in_time_is_waited_for()
    {
        var waiting = _work.Task.CompletesWithinAsync(Second, _time, CancellationToken.None);
        Assert.False(waiting.IsCompleted);

        _work.SetResult();

        Assert.True(await waiting);
    }

    [Fact]
    public async Task A_task_that_takes_longer_goes_on()
    {
        var waiting = _work.Task.CompletesWithinAsync(Second, _time, CancellationToken.None);

        _time.Advance(Second);

        Assert.False(await waiting);
        Assert.False(_work.Task.IsCompleted);
    }

    [Fact]
    public async Task A_timer_that_fires_too_early_does_not_end_the_wait()
    {
        var time = new ManualTimeProvider { TimersAreEarlyBy = TimeSpan.FromMilliseconds(6) };
        var waiting = _work.Task.CompletesWithinAsync(Second, time, CancellationToken.None);

        time.Advance(Second - TimeSpan.FromMilliseconds(6));
        await time.WhenArmedAsync();
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(6));

        Assert.False(await waiting);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public async Task Without_time_left_only_a_finished_task_counts(int seconds)
    {
        var none = TimeSpan.FromSeconds(seconds);
        Assert.False(await _work.Task.CompletesWithinAsync(none, _time, CancellationToken.None));

        _work.SetResult();

        Assert.True(await _work.Task.CompletesWithinAsync(none, _time, CancellationToken.None));
    }

    [Fact]
    public async Task The_exception_of_the_task_is_rethrown()
    {
        var waiting = _work.Task.CompletesWithinAsync(Second, _time, CancellationToken.None);

        _work.SetException(new InvalidOperationException("broken"));

        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidOperationException>(waiting.AsTask)).Message);
    }

    [Fact]
    public async Task A_caller_who_gives_up_gets_a_cancellation_and_the_task_goes_on()
    {
        using var caller = new CancellationTokenSource();
        var waiting = _work.Task.CompletesWithinAsync(Second, _time, caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(waiting.AsTask);
        Assert.False(_work.Task.IsCompleted);
    }
}
