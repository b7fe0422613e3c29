using static Quorum.MarketData.Tests.Quotes;

namespace Quorum.MarketData.Tests;

/// <summary>Bid and ask against the price (N27).</summary>
public sealed class BookTests
{
    [Fact]
    public void Bid_and_ask_are_of_one_vendor_and_the_newest_around_the_price()
    {
        var quote = Merge(
            Live(100) with
            {
                Bid = 99.98m,
                Ask = 100.01m,
                AsOf = Now.AddSeconds(-3),
            },
            Live(100) with
            {
                Bid = 99.99m,
                Ask = 100.02m,
                AsOf = Now.AddSeconds(-2),
            },
            Live(100) with
            {
                Bid = 100.01m,
                Ask = 100.03m,
            }
        );

        Assert.Equal((99.99m, 100.02m), (quote.Bid, quote.Ask));
        Assert.Equal(
            (ProviderId.AlphaVantage, ProviderId.AlphaVantage),
            (quote.Provenance["bid"].From.Single(), quote.Provenance["ask"].From.Single())
        );
        Assert.Empty(quote.Quality.Repaired);
    }

    [Fact]
    public void N27_A_crossed_book_is_dropped_and_told()
    {
        var quote = Merge(Live(100) with { Bid = 101, Ask = 99 });

        Assert.Equal((null, null), (quote.Bid, quote.Ask));
        Assert.Equal(["bid: crossed (finnhub)", "ask: crossed (finnhub)"], quote.Quality.Repaired);
        Assert.DoesNotContain("bid", quote.Provenance.Keys);
    }

    [Theory]
    [InlineData(79, 100.01, true)]
    [InlineData(99.99, 121, true)]
    [InlineData(0.01, 199_999, true)]
    [InlineData(81, 119, false)]
    public void N27_A_stub_farther_than_20_percent_from_the_price_is_dropped_with_its_other_side(decimal bid, decimal ask, bool isStub)
    {
        var quote = Merge(Live(100) with { Bid = bid, Ask = ask });

        Assert.Equal(isStub, quote.Bid is null && quote.Ask is null);
        Assert.Equal(isStub ? ["bid: stub (finnhub)", "ask: stub (finnhub)"] : [], quote.Quality.Repaired);
    }

    [Theory]
    [InlineData(99, 99.4, true)]
    [InlineData(100.6, 100.7, true)]
    [InlineData(99.8, 99.9, false)] // the last trade may lie outside by the tolerance
    public void A_book_that_is_of_another_moment_than_the_price_is_dropped(decimal bid, decimal ask, bool isOutside)
    {
        var quote = Merge(Live(100) with { Bid = bid, Ask = ask });

        Assert.Equal(isOutside, quote.Bid is null && quote.Ask is null);
        Assert.Equal(isOutside ? ["bid: outside-price (finnhub)", "ask: outside-price (finnhub)"] : [], quote.Quality.Repaired);
    }

    [Fact]
    public void A_bid_of_one_vendor_is_never_put_beside_an_ask_of_another() =>
        Assert.Equal(
            (null, null),
            (
                Merge(Live(100) with { Bid = 99.9m }, Live(100) with { Ask = 100.1m }).Bid,
                Merge(Live(100) with { Bid = 99.9m }, Live(100) with { Ask = 100.1m }).Ask
            )
        );

    [Fact]
    public void The_book_of_a_slower_quote_is_not_put_beside_a_fresh_price() =>
        Assert.Null(Merge(Live(100), Delayed(100) with { Bid = 99.9m, Ask = 100.1m }).Bid);
}
