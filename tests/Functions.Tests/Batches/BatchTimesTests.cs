using Quorum.Functions.Batches;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Batches;

public sealed class BatchTimesTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly BatchTimes _times;

    public BatchTimesTests() => _times = new BatchTimes(_time);

    [Fact]
    public void The_first_time_is_now() => Assert.Equal(_time.GetUtcNow(), _times.Next());

    [Fact]
    public void Times_of_the_same_moment_differ_by_a_microsecond()
    {
        var first = _times.Next();

        Assert.Equal([first.AddMicroseconds(1), first.AddMicroseconds(2)], [_times.Next(), _times.Next()]);
    }

    [Fact]
    public void A_time_less_than_a_microsecond_later_differs_by_one_too()
    {
        var first = _times.Next();
        _time.Advance(TimeSpan.FromTicks(3));

        Assert.Equal(first.AddMicroseconds(1), _times.Next());
    }

    [Fact]
    public void A_later_time_is_now_again()
    {
        _times.Next();
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(_time.GetUtcNow(), _times.Next());
    }

    [Fact]
    public void Times_follow_a_clock_that_is_set_back()
    {
        _times.Next();
        _time.SetUtcNow(_time.GetUtcNow().AddMinutes(-5));

        Assert.Equal(_time.GetUtcNow(), _times.Next());
    }

    [Fact]
    public async Task Times_given_out_at_once_are_all_different()
    {
        var taken = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 100).Select(_ => _times.Next()).ToList()))
        );

        Assert.Equal(800, taken.SelectMany(times => times).Distinct().Count());
    }
}
