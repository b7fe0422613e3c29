using Quorum.Functions.Consumers;
using Quorum.Storage;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Consumers;

public sealed class ConsumerAccountTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Calls_given_back_count_for_no_limit()
    {
        var account = Account(perSecond: 6, perDay: 6);
        Assert.Null(account.TakeProviderCalls(6));
        Assert.NotNull(account.TakeProviderCalls(1));

        account.GiveBackProviderCalls(6);

        Assert.Equal(0, account.Usage.ProviderCalls);
        Assert.Null(account.TakeProviderCalls(6));
    }

    [Fact]
    public void Calls_given_back_after_they_were_stored_are_subtracted_from_what_is_stored()
    {
        var account = Account(perDay: 6);
        account.TakeProviderCalls(6, paced: true);
        Assert.Equal(6, account.TakeAdded()?.Usage.ProviderCalls);

        account.GiveBackProviderCalls(6, paced: true);

        Assert.Equal(0, account.Usage.ProviderCalls);
        Assert.Equal(-6, account.TakeAdded()?.Usage.ProviderCalls);
    }

    [Fact]
    public void Calls_that_were_not_taken_count_beyond_the_limits()
    {
        var account = Account(perSecond: 6, perDay: 6);
        account.TakeProviderCalls(6);

        account.CountProviderCalls(6);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(12, account.Usage.ProviderCalls);
        Assert.Equal("6 provider calls a day", account.TakeProviderCalls(1)?.Limit);
    }

    [Fact]
    public void Calls_that_were_not_taken_use_up_the_rate_after_an_idle_time_too()
    {
        var account = Account(perSecond: 6);
        _time.Advance(TimeSpan.FromMinutes(1));

        account.CountProviderCalls(6);

        Assert.Equal("6 provider calls a second", account.TakeProviderCalls(1)?.Limit);
    }

    [Fact]
    public void Usage_that_could_not_be_stored_before_midnight_counts_for_the_new_day()
    {
        var account = Account();
        account.CountCall();
        var (day, usage) = account.TakeAdded()!.Value; // one call
        _time.Advance(TimeSpan.FromDays(1));
        account.CountCall();

        account.Return(day, usage);

        Assert.Equal(2, account.Usage.Calls);
        Assert.Equal((day.AddDays(1), 2), (account.TakeAdded()!.Value.Day, account.Usage.Calls));
    }

    private ConsumerAccount Account(int? perSecond = null, int? perDay = null)
    {
        var consumer = new Consumer
        {
            Name = "desk",
            KeyHash = "",
            PerSecond = perSecond,
            PerDay = perDay,
            CreatedAt = _time.GetUtcNow(),
        };
        return new ConsumerAccount(consumer.Name, consumer, unknownSymbolCalls: 120, _time);
    }
}
