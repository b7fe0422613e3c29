namespace Quorum.ProviderSimulator.Tests;

public sealed class MarketTests
{
    private static readonly Viewpoint Exact = new(0, NoiseBps: 0);
    private static readonly DateTimeOffset Wednesday = new(2026, 6, 17, 17, 32, 10, TimeSpan.Zero);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_price_lies_within_its_days_range_whatever_the_noise(bool always)
    {
        var market = new Market(7, always ? TradingHours.Always : TradingHours.Venue);
        var loud = new Viewpoint(3, NoiseBps: 5);
        for (var at = Wednesday; at < Wednesday.AddDays(6); at += TimeSpan.FromMinutes(97.3))
        {
            foreach (var instrument in market.Instruments.Take(260))
            {
                var quote = market.QuoteAt(instrument, at, loud);
                Assert.InRange(quote.Price, quote.Low, quote.High);
                Assert.InRange(quote.Open, quote.Low, quote.High);
                Assert.True(quote.Bid < quote.Price && quote.Price < quote.Ask && quote.Bid > 0);
                Assert.True(quote.TradedAt <= at && quote.TradedAt >= quote.Day.Open && quote.Volume >= 0);
            }
        }
    }

    [Fact]
    public void A_days_range_only_widens_and_its_volume_only_grows()
    {
        var market = new Market(7, TradingHours.Always);
        var apple = Find(market, "AAPL");
        var before = market.QuoteAt(apple, Wednesday, Exact);
        for (var minute = 1; minute < 300; minute++)
        {
            var now = market.QuoteAt(apple, Wednesday.AddMinutes(minute), Exact);
            Assert.True(now.High >= before.High && now.Low <= before.Low && now.Volume >= before.Volume);
            before = now;
        }
    }

    [Fact]
    public void The_range_does_not_depend_on_what_was_asked_before()
    {
        var (walked, jumped) = (new Market(7, TradingHours.Always), new Market(7, TradingHours.Always));
        var apple = Find(walked, "AAPL");
        for (var minute = 0; minute < 200; minute += 7)
        {
            walked.QuoteAt(apple, Wednesday.AddMinutes(minute), Exact);
        }

        walked.QuoteAt(apple, Wednesday.AddDays(-3), Exact);
        Assert.Equal(jumped.QuoteAt(apple, Wednesday.AddMinutes(200), Exact), walked.QuoteAt(apple, Wednesday.AddMinutes(200), Exact));
    }

    [Fact]
    public void The_previous_close_is_what_the_session_before_closed_at()
    {
        var market = new Market(7, TradingHours.Venue);
        var vodafone = Find(market, "VOD:XLON");
        var quote = market.QuoteAt(vodafone, Wednesday, Exact);
        var yesterday = market.QuoteAt(vodafone, Wednesday.AddDays(-1), Exact);

        Assert.False(quote.IsOpen);
        Assert.Equal(yesterday.Price, quote.PreviousClose);
    }

    [Fact]
    public void The_seed_and_the_clock_alone_make_the_price()
    {
        var (one, same, other) = (
            new Market(7, TradingHours.Always),
            new Market(7, TradingHours.Always),
            new Market(8, TradingHours.Always)
        );
        var apple = Find(one, "AAPL");

        Assert.Equal(one.QuoteAt(apple, Wednesday, Exact), same.QuoteAt(apple, Wednesday, Exact));
        Assert.NotEqual(one.QuoteAt(apple, Wednesday, Exact).Price, other.QuoteAt(apple, Wednesday, Exact).Price);
    }

    [Theory]
    [InlineData(29_694_240L, 1)]
    [InlineData(29_694_241L, 700)]
    [InlineData(29_687_807L, 9_000)]
    public void Extremes_of_a_walk_are_those_of_its_minutes(long from, int minutes)
    {
        var walked = Enumerable.Range(0, minutes).Select(minute => RandomWalk.At(99, from + minute)).ToList();

        Assert.Equal((walked.Min(), walked.Max()), RandomWalk.Extremes(99, from, from + minutes - 1));
    }

    [Fact]
    public void Prices_move_but_not_far()
    {
        var market = new Market(7, TradingHours.Always);
        var apple = Find(market, "AAPL");
        var prices = Enumerable.Range(0, 2_000).Select(hour => market.QuoteAt(apple, Wednesday.AddHours(hour), Exact).Price).ToList();

        Assert.True(prices.Distinct().Count() > 500);
        Assert.All(prices, price => Assert.InRange((double)price, 214.29 * 0.94, 214.29 * 1.06));
    }

    [Theory]
    [InlineData("2026-06-20T15:00:00Z", "AAPL", "2026-06-19T20:00:00Z")] // Saturday: New York closed on Friday at 16:00.
    [InlineData("2026-06-17T13:29:59Z", "AAPL", "2026-06-16T20:00:00Z")] // A second before the opening.
    [InlineData("2026-06-17T18:00:00Z", "VOD:XLON", "2026-06-17T15:30:00Z")] // After the close in London.
    [InlineData("2026-06-17T03:00:00Z", "7203:XTKS", "2026-06-17T02:30:00Z")] // Lunch in Tokyo.
    [InlineData("2026-01-20T21:30:00Z", "AAPL", "2026-01-20T21:00:00Z")] // Winter time.
    public void In_the_venues_hours_time_stands_at_the_last_trade(string clock, string symbol, string traded)
    {
        var market = new Market(7, TradingHours.Venue);
        var quote = market.QuoteAt(Find(market, symbol), DateTimeOffset.Parse(clock, null), Exact);

        Assert.Equal(DateTimeOffset.Parse(traded, null), quote.TradedAt);
        Assert.False(quote.IsOpen);
        Assert.Equal(quote.Price, market.QuoteAt(quote.Instrument, DateTimeOffset.Parse(traded, null).AddTicks(1), Exact).Price);
    }

    [Fact]
    public void Around_the_clock_a_Sunday_is_a_session_like_any_other()
    {
        var market = new Market(7, TradingHours.Always);
        var quote = market.QuoteAt(Find(market, "AAPL"), new DateTimeOffset(2026, 6, 21, 9, 0, 0, TimeSpan.Zero), Exact);

        Assert.True(quote.IsOpen);
        Assert.Equal(new DateOnly(2026, 6, 21), quote.Day.Date);
    }

    [Fact]
    public void It_trades_real_lines_of_many_venues_and_2000_made_up_ones()
    {
        var all = Instruments.All;

        Assert.True(
            all.Where(instrument => instrument.Venue.Unit != "USD").Select(instrument => instrument.Venue.Unit).Distinct().Count() >= 6
        );
        Assert.Equal(all.Count, all.Select(instrument => instrument.Symbol).Distinct().Count());
        Assert.Equal(2_000, all.Count(instrument => instrument.Ticker is ['T', _, _, _, _] && instrument.IsUnitedStates));
        Assert.Contains(all, instrument => instrument.Symbol == "T0001");
        Assert.Contains(all, instrument => instrument.Symbol == "T2000");
    }

    private static Instrument Find(Market market, string symbol) => market.Instruments.Single(instrument => instrument.Symbol == symbol);
}
