namespace Quorum.ProviderSimulator.Tests;

public sealed class QuotaBookTests
{
    private static readonly DateTimeOffset Now = SimulatorServer.Start;

    [Theory]
    [InlineData("finnhub", "60/minute 30/second", "900/minute 30/second")]
    [InlineData("alpha-vantage", "1/second 25/day", "1200/minute")]
    [InlineData("twelve-data", "8 symbols/minute 800 symbols/day", "2584 symbols/minute")]
    [InlineData("massive", "5/minute", "")]
    [InlineData("alpaca", "200/minute", "10000/minute")]
    [InlineData("eodhd", "1000/minute 20 symbols/day", "1000/minute 100000 symbols/day")]
    public void The_published_limits_are_those_of_the_vendors(string provider, string free, string paid)
    {
        Assert.True(ProviderNames.TryParse(provider, out var one));

        Assert.Equal((free, paid), (Shown(one, Plan.Free), Shown(one, Plan.Paid)));
    }

    [Theory]
    [InlineData("finnhub", "minute", 60)]
    [InlineData("alpha-vantage", "day", 25)]
    [InlineData("twelve-data", "day", 800)]
    [InlineData("massive", "minute", 5)]
    [InlineData("alpaca", "minute", 200)]
    [InlineData("eodhd", "day", 20)]
    public void An_exhausted_key_has_used_up_the_longest_window_of_the_free_plan(string provider, string span, int limit)
    {
        Assert.True(ProviderNames.TryParse(provider, out var one));

        var refusal = new QuotaBook(enforced: true).Exhausted(one, Plan.Free, Now).Refusal!.Value; // An exhausted key is always refused.

        Assert.Equal((span, limit, limit + 1), (Name(refusal.Limit.Span), refusal.Limit.Limit, refusal.Used));
        Assert.True(refusal.Reset > Now && refusal.Remaining == 0);
    }

    [Fact]
    public void Without_limits_or_without_enforcement_every_call_is_admitted_and_has_no_headers()
    {
        var free = new QuotaBook(enforced: true);
        free.SetLimits(Provider.Alpaca, Plan.Free, []);
        var ignored = new QuotaBook(enforced: false);
        ignored.SetLimits(Provider.Alpaca, Plan.Free, [new QuotaLimit(QuotaSpan.Day, 1)]);

        for (var call = 0; call < 3; call++)
        {
            Assert.Equal(default, free.Take(Provider.Alpaca, Plan.Free, "K", Now, 1));
            Assert.Equal(default, ignored.Take(Provider.Alpaca, Plan.Free, "K", Now, 1));
        }

        Assert.Equal(3, Assert.Single(free.Keys()).Quota.Calls);
        Assert.Empty(ignored.Keys());
    }

    [Fact]
    public void One_key_has_a_quota_for_each_provider_and_plan()
    {
        var book = new QuotaBook(enforced: true);
        foreach (var plan in Enum.GetValues<Plan>())
        {
            book.SetLimits(Provider.Eodhd, plan, [new QuotaLimit(QuotaSpan.Day, 1)]);
            Assert.Null(book.Take(Provider.Eodhd, plan, "K", Now, 1).Refusal);
        }

        Assert.NotNull(book.Take(Provider.Eodhd, Plan.Paid, "K", Now, 1).Refusal);
        Assert.Null(book.Take(Provider.Finnhub, Plan.Paid, "K", Now, 1).Refusal);
    }

    private static string Shown(Provider provider, Plan plan) =>
        string.Join(
            ' ',
            PublishedLimits
                .Of(provider, plan)
                .Select(limit => $"{limit.Limit}{(limit.Unit == QuotaUnit.Symbol ? " symbols" : "")}/{Name(limit.Span)}")
        );

    private static string Name(QuotaSpan span) => span.ToString().ToLowerInvariant();
}
