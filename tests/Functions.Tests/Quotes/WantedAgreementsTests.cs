using Quorum.Functions.Quotes;

namespace Quorum.Functions.Tests.Quotes;

public sealed class WantedAgreementsTests
{
    private readonly WantedAgreements _wanted = new();

    [Fact]
    public void A_number_is_new_once()
    {
        Assert.True(_wanted.Add(3));
        Assert.False(_wanted.Add(3));
        Assert.True(_wanted.Add(2));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(2, 6)]
    [InlineData(5, 6)]
    [InlineData(6, null)]
    public void The_next_number_is_the_smallest_above_what_was_published(int published, int? next)
    {
        _wanted.Add(6);
        _wanted.Add(2);

        Assert.Equal(next, _wanted.NextAfter(published));
    }

    [Fact]
    public void Without_a_caller_who_wants_one_there_is_no_next_number() => Assert.Null(_wanted.NextAfter(0));
}
