using static Quorum.MarketData.Tests.Quotes;

namespace Quorum.MarketData.Tests;

public sealed class MergedFieldsTests
{
    [Fact]
    public void Other_prices_are_medians_too_and_change_is_computed_from_the_merged_ones()
    {
        var quote = Merge(
            Live(187.21m) with
            {
                Open = 185.9m,
                High = 188.02m,
                Low = 185.4m,
                PreviousClose = 185.64m,
            },
            Live(187.20m) with
            {
                Open = 185.95m,
                High = 188.00m,
                Low = 185.41m,
                PreviousClose = 185.64m,
                Change = 99,
            },
            Live(187.22m) with
            {
                Open = 185.8m,
                High = 188.05m,
                Low = 185.38m,
            }
        );

        Assert.Equal((187.21m, 185.9m, 188.02m, 185.4m, 185.64m), (quote.Price, quote.Open, quote.High, quote.Low, quote.PreviousClose));
        Assert.Equal((1.57m, 0.8457m), (quote.Change, quote.ChangePercent));
        Assert.Empty(quote.Quality.Repaired);
    }

    [Fact]
    public void Each_field_names_its_method_and_its_providers()
    {
        var quote = Merge(
            Live(187.21m) with
            {
                Open = 185.9m,
                PreviousClose = 185.64m,
                Volume = 10,
                AsOf = Now.AddSeconds(-3),
            },
            Live(187.20m) with
            {
                Volume = 20,
            },
            EndOfDay(185.64m) with
            {
                Open = 180,
            }
        );

        Assert.Equal(("weighted-median", "finnhub alpha-vantage"), From(quote, "price"));
        Assert.Equal(("single", "finnhub"), From(quote, "open"));
        Assert.Equal(("freshest", "alpha-vantage"), From(quote, "volume"));
        Assert.Equal(("freshest", "finnhub"), From(quote, "asOf"));
        Assert.Equal(("computed", "finnhub alpha-vantage"), From(quote, "change"));
        Assert.False(quote.Provenance.ContainsKey("bid"));
    }

    [Fact]
    public void The_values_of_a_day_come_from_the_latest_day_only()
    {
        var today = Live(105) with { PreviousClose = 100 };
        var yesterday = EndOfDay(100) with { Open = 98, High = 101, Low = 97, PreviousClose = 96, Volume = 5_000_000 };

        var quote = Merge(today, yesterday);

        Assert.Equal((null, null, null, 100m, null), (quote.Open, quote.High, quote.Low, quote.PreviousClose, quote.Volume));
    }

    [Fact]
    public void A_quote_that_names_no_day_may_speak_for_the_latest() =>
        Assert.Equal(98, Merge(Live(105), Live(105) with { AsOf = null, TradingDate = null, Open = 98 }).Open);

    [Fact]
    public void One_venues_range_counts_less_than_the_markets_and_its_volume_only_when_alone()
    {
        var iex = Live(100) with { High = 100.5m, Low = 99.9m, Volume = 812_345, SingleVenue = true };
        var market = Live(100) with { High = 101, Low = 99, Volume = 38_765_012, AsOf = Now.AddSeconds(-30) };

        Assert.Equal((101m, 99m, 38_765_012L), (Merge(iex, market).High, Merge(iex, market).Low, Merge(iex, market).Volume));
        Assert.Equal((100.5m, 99.9m, 812_345L), (Merge(iex).High, Merge(iex).Low, Merge(iex).Volume));
    }

    [Fact]
    public void The_freshest_volume_wins_and_ties_go_to_the_first()
    {
        Assert.Equal(2, Merge(Live(100) with { Volume = 1, AsOf = Now.AddMinutes(-1) }, Live(100) with { Volume = 2 }).Volume);
        Assert.Equal(1, Merge(Live(100) with { Volume = 1 }, Live(100) with { Volume = 2 }).Volume);
    }

    [Fact]
    public void A_stale_bid_is_not_shown_beside_a_live_price()
    {
        var stale = Live(90) with { Bid = 89, Ask = 91, Stale = true };

        Assert.Null(Merge(Live(100), stale).Bid);
        Assert.Equal(89, Merge(stale).Bid);
    }

    [Fact]
    public void A_range_that_does_not_hold_the_price_is_widened_and_said()
    {
        var high = Merge(Live(102) with { High = 101, Low = 99, Open = 98 });

        Assert.Equal((102m, 98m), (high.High, high.Low));
        Assert.Equal(["low: above-open", "high: below-price"], high.Quality.Repaired);
    }

    [Fact]
    public void A_quote_without_a_price_may_still_give_the_previous_close()
    {
        var quote = Merge([
            Failed(ProviderId.Eodhd, FetchStatus.NoPrice) with
            {
                Quote = Live(null) with { PreviousClose = 216 },
            },
            Ok(ProviderId.Finnhub, Live(214)),
        ]);

        Assert.Equal((216m, -2m), (quote.PreviousClose, quote.Change));
        Assert.Equal(("single", "eodhd"), From(quote, "previousClose"));
    }

    [Fact]
    public void The_time_is_that_of_the_quote_that_gave_the_price()
    {
        var quote = Merge(
            Live(100) with
            {
                AsOf = Now.AddSeconds(-9),
            },
            Delayed(100),
            EndOfDay(99),
            Live(100) with
            {
                Suspect = "Its time is in the future.",
                AsOf = Now.AddHours(1),
            }
        );

        Assert.Equal(Now.AddSeconds(-9), quote.AsOf);
        Assert.Null(Merge(EndOfDay(99)).AsOf);
    }

    [Fact]
    public void The_time_of_a_price_between_two_quotes_is_the_older_one() =>
        Assert.Equal(Now.AddSeconds(-9), Merge(Live(100) with { AsOf = Now.AddSeconds(-9) }, Live(100.02m)).AsOf);

    [Fact]
    public void The_time_is_not_that_of_a_fresher_vendor_with_another_price() =>
        Assert.Equal(Now.AddSeconds(-9), Merge(Live(100) with { AsOf = Now.AddSeconds(-9) }, Live(99.98m), Live(100.02m)).AsOf);

    [Fact]
    public void A_delayed_quote_that_has_moved_since_still_gives_the_days_values() =>
        Assert.Equal(
            (98m, 12L),
            (
                Merge(Live(105), Delayed(104) with { Open = 98, Volume = 12 }).Open,
                Merge(Live(105), Delayed(104) with { Volume = 12 }).Volume
            )
        );

    [Fact]
    public void The_spread_is_that_of_the_prices_used() =>
        Assert.Equal(10, Merge(Live(99.95m), Live(100.05m), Live(100)).Quality.SpreadBps);

    private static (string Method, string Providers) From(ConsolidatedQuote quote, string field) =>
        (quote.Provenance[field].Method, string.Join(' ', quote.Provenance[field].From));
}
