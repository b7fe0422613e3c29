using Quorum.Functions.Consumers;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Consumers;

public sealed class TokenBucketTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly TokenBucket _bucket;

    public TokenBucketTests() => _bucket = new TokenBucket(60, TimeSpan.FromMinutes(1), _time);

    [Fact]
    public void A_new_bucket_is_full_and_refills_evenly()
    {
        Assert.Equal(TimeSpan.Zero, _bucket.WaitFor(60));
        _bucket.Take(60);
        Assert.Equal(TimeSpan.FromSeconds(6), _bucket.WaitFor(6));

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(TimeSpan.FromSeconds(1), _bucket.WaitFor(6));
        Assert.Equal(TimeSpan.Zero, _bucket.WaitFor(5));
    }

    [Fact]
    public void It_never_holds_more_than_a_periods_tokens()
    {
        _time.Advance(TimeSpan.FromDays(1));
        _bucket.GiveBack(1_000);
        _bucket.Take(60);

        Assert.Equal(TimeSpan.FromSeconds(1), _bucket.WaitFor(1));
    }

    [Fact]
    public void More_tokens_than_it_holds_need_a_full_bucket_and_leave_a_debt()
    {
        Assert.Equal(TimeSpan.Zero, _bucket.WaitFor(90));
        _bucket.Take(90);

        Assert.Equal(TimeSpan.FromSeconds(31), _bucket.WaitFor(1));
        Assert.Equal(TimeSpan.FromSeconds(90), _bucket.WaitFor(500));
    }

    [Fact]
    public void The_debt_is_at_most_the_tokens_of_one_period()
    {
        _time.Advance(TimeSpan.FromDays(1));
        _bucket.TakeOrOwe(10_000);

        Assert.Equal(TimeSpan.FromSeconds(61), _bucket.WaitFor(1));
    }

    [Fact]
    public void Tokens_given_back_are_there_at_once()
    {
        _bucket.Take(60);
        _bucket.GiveBack(10);

        Assert.Equal(TimeSpan.Zero, _bucket.WaitFor(10));
        Assert.Equal(TimeSpan.FromSeconds(1), _bucket.WaitFor(11));
    }
}
