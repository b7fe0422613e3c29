using Microsoft.Extensions.Options;
using Quorum.Functions.Quotes;
using Quorum.MarketData;
using Quorum.Storage;
using Quorum.Testing.Time;

namespace Quorum.Functions.Tests.Quotes;

public sealed class QuoteCacheTests
{
    [Fact]
    public void The_latest_of_a_symbol_and_selection_is_kept()
    {
        var cache = Cache(capacity: 10);
        var (early, late) = (Quote("AAPL", "1", Samples.Noon), Quote("AAPL", "2", Samples.Noon.AddSeconds(1)));

        cache.Keep(late, ProviderSelection.All);
        cache.Keep(early, ProviderSelection.All);

        Assert.True(cache.TryFind(early.Symbol, ProviderSelection.All, out var found));
        Assert.Same(late, found);
        Assert.False(cache.TryFind(early.Symbol, ProviderSelection.None.With(ProviderId.Eodhd), out _));
    }

    [Fact]
    public void The_one_replaced_longest_ago_makes_room()
    {
        var cache = Cache(capacity: 2);
        cache.Keep(Quote("AAPL", "1", Samples.Noon), ProviderSelection.All);
        cache.Keep(Quote("MSFT", "2", Samples.Noon), ProviderSelection.All);
        cache.Keep(Quote("AAPL", "3", Samples.Noon.AddSeconds(1)), ProviderSelection.All);

        cache.Keep(Quote("IBM", "4", Samples.Noon), ProviderSelection.All);

        Assert.True(Has(cache, "AAPL"));
        Assert.False(Has(cache, "MSFT"));
        Assert.True(Has(cache, "IBM"));
    }

    [Fact]
    public void What_rests_on_stored_quotes_alone_or_has_no_price_is_not_kept()
    {
        var cache = Cache(capacity: 10);
        var stale = Samples.Consolidated("AAPL", 187m, Samples.Result(ProviderId.Eodhd, FetchStatus.TimedOut, 187m));
        var priceless = Samples.Consolidated("MSFT", null, Samples.Result(ProviderId.Eodhd, FetchStatus.Ok));

        cache.Keep(Samples.Published(stale, "1", Samples.Noon), ProviderSelection.All);
        cache.Keep(Samples.Published(priceless, "2", Samples.Noon), ProviderSelection.All);

        Assert.False(Has(cache, "AAPL"));
        Assert.False(Has(cache, "MSFT"));
    }

    [Fact]
    public void An_agreed_quote_is_kept_beside_the_one_of_all_until_a_later_one_of_all_comes()
    {
        var cache = Cache(capacity: 10);
        var (before, after) = (Quote("AAPL", "1", Samples.Noon), Quote("AAPL", "2", Samples.Noon.AddSeconds(2)));
        var agreed = Quote("AAPL", "2.agreed-3", Samples.Noon.AddSeconds(1)) with { Agreeing = 3, Completeness = Completeness.Agreed };
        cache.Keep(before, ProviderSelection.All);

        cache.Keep(agreed, ProviderSelection.All);
        Assert.True(cache.TryFind(before.Symbol, ProviderSelection.All, out var complete));
        Assert.Same(before, complete);
        Assert.Same(agreed, cache.FindAgreed(before.Symbol, ProviderSelection.All));

        cache.Keep(after, ProviderSelection.All);
        cache.Keep(agreed, ProviderSelection.All); // late, by its own activity
        Assert.True(cache.TryFind(before.Symbol, ProviderSelection.All, out complete));
        Assert.Same(after, complete);
        Assert.Null(cache.FindAgreed(before.Symbol, ProviderSelection.All));
    }

    [Fact]
    public void An_agreed_quote_alone_is_none_of_all()
    {
        var cache = Cache(capacity: 10);
        cache.Keep(
            Quote("AAPL", "1.agreed-3", Samples.Noon) with
            {
                Agreeing = 3,
                Completeness = Completeness.Agreed,
            },
            ProviderSelection.All
        );

        Assert.False(Has(cache, "AAPL"));
        Assert.NotNull(cache.FindAgreed(Symbol.Parse("AAPL"), ProviderSelection.All));
    }

    [Fact]
    public void Room_for_none_keeps_none()
    {
        var cache = Cache(capacity: 0);
        cache.Keep(Quote("AAPL", "1", Samples.Noon), ProviderSelection.All);

        Assert.False(Has(cache, "AAPL"));
    }

    private static bool Has(QuoteCache cache, string symbol) => cache.TryFind(Symbol.Parse(symbol), ProviderSelection.All, out _);

    [Fact]
    public void A_quote_from_the_future_is_not_kept()
    {
        var cache = Cache(capacity: 10);

        cache.Keep(Quote("AAPL", "1", Samples.Noon.AddMinutes(5)), ProviderSelection.All);

        Assert.False(Has(cache, "AAPL"));
    }

    [Fact]
    public void A_quote_kept_before_the_clock_was_set_back_is_replaced()
    {
        var time = new ManualTimeProvider(Samples.Noon.AddMinutes(5));
        var cache = Cache(capacity: 10, time);
        cache.Keep(Quote("AAPL", "1", Samples.Noon.AddMinutes(5)), ProviderSelection.All);
        time.SetUtcNow(Samples.Noon);
        var current = Quote("AAPL", "2", Samples.Noon);

        cache.Keep(current, ProviderSelection.All);

        Assert.True(cache.TryFind(current.Symbol, ProviderSelection.All, out var found));
        Assert.Same(current, found);
    }

    private static QuoteCache Cache(int capacity, TimeProvider? time = null) =>
        new(Options.Create(new QuoteOptions { QuotesAtHand = capacity }), time ?? new ManualTimeProvider(Samples.Noon.AddSeconds(10)));

    private static PublishedQuote Quote(string symbol, string instanceId, DateTimeOffset at) =>
        Samples.Published(Samples.Consolidated(symbol, 187m, Samples.Result(ProviderId.Eodhd, FetchStatus.Ok, 187m)), instanceId, at);
}
