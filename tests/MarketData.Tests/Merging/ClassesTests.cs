using static Quorum.MarketData.Tests.Quotes;

namespace Quorum.MarketData.Tests;

/// <summary>N21: quotes are compared within the best freshness class.</summary>
public sealed class ClassesTests
{
    [Fact]
    public void N21_Slow_quotes_never_outvote_a_fresh_one()
    {
        // AMD as reported: Finnhub real-time 23; Alpha Vantage of the end of the day, EODHD and Massive delayed 10.
        var quote = Merge([
            Ok(ProviderId.Finnhub, Live(23)),
            Ok(ProviderId.AlphaVantage, EndOfDay(10)),
            Ok(ProviderId.Eodhd, Delayed(10)),
            Ok(ProviderId.Massive, Delayed(10)),
        ]);

        Assert.Equal((23m, ProviderId.Finnhub), (quote.Price, Assert.Single(quote.Provenance["price"].From)));
        Assert.Equal([QuoteWarnings.Uncorroborated], quote.Quality.Warnings);
        Assert.InRange(quote.Quality.Confidence, 0, 0.5);
        Assert.Empty(quote.Quality.Outliers);
    }

    [Theory]
    [InlineData(23, 10, 10, true)]
    [InlineData(23, 10, 23.01, false)] // one of them agrees
    [InlineData(105, 100, 101, false)] // a day's move explains it
    [InlineData(105, 60, 101, false)] // one contradiction is no majority
    [InlineData(12, 23, 30, true)]
    public void N21_A_lone_fresh_quote_is_uncorroborated_against_several_that_no_days_move_explains(
        decimal fresh,
        decimal slow,
        decimal other,
        bool warns
    )
    {
        var quote = Merge(Live(fresh), Delayed(slow), EndOfDay(other));

        Assert.Equal(fresh, quote.Price);
        Assert.Equal(warns, quote.Quality.Warnings.Contains(QuoteWarnings.Uncorroborated));
        Assert.True(quote.Quality.Confidence <= (warns ? 0.5 : 0.6));
    }

    [Fact]
    public void N21_Two_fresh_quotes_that_agree_are_not_contradicted_by_slower_ones()
    {
        var quote = Merge(Live(105), Live(105.01m), Delayed(101), EndOfDay(90), EndOfDay(90));

        Assert.InRange(quote.Price!.Value, 105, 105.01m);
        Assert.Empty(quote.Quality.Outliers);
        Assert.Empty(quote.Quality.Warnings);
        Assert.Equal(2, quote.Quality.ProvidersUsed);
        Assert.Equal(Merge(Live(105), Live(105.01m)).Quality.Confidence, quote.Quality.Confidence);
    }

    [Fact]
    public void N21_Slower_quotes_that_agree_support_the_fresh_ones()
    {
        Assert.True(Merge(Live(105), Live(105), Delayed(105.01m)).Quality.Confidence > Merge(Live(105), Live(105)).Quality.Confidence);
        Assert.True(
            Merge(Live(105), Live(105), Delayed(105)).Quality.Confidence < Merge(Live(105), Live(105), Live(105)).Quality.Confidence
        );
    }

    [Fact]
    public void N21_A_stale_real_time_quote_is_of_the_slowest_class() =>
        Assert.Equal(104, Merge(Live(110) with { Stale = true }, Live(110) with { Stale = true }, Delayed(104)).Price);

    [Fact]
    public void N21_Without_real_time_quotes_the_delayed_ones_are_the_fresh_ones() =>
        Assert.Equal(
            (104.01m, 0.669),
            (
                Merge(Delayed(104), Delayed(104.02m), EndOfDay(95)).Price,
                Merge(Delayed(104), Delayed(104.02m), EndOfDay(95)).Quality.Confidence
            )
        );

    [Theory]
    [InlineData(419.3)] // as reported: Massive doubles while the others are away and their quotes of a second ago say 209.66
    [InlineData(20966)]
    [InlineData(2.0966)]
    [InlineData(104.83)]
    [InlineData(250)]
    public void A_lone_live_quote_that_contradicts_the_stored_ones_never_has_a_confidence_above_a_half(decimal live)
    {
        var stored = ProviderId.All.Select(provider => new StoredQuote(provider, Live(209.66m) with { ReceivedAt = Now.AddSeconds(-1) }));
        FetchOutcome[] outcomes =
        [
            Ok(ProviderId.Massive, Live(live)),
            .. ProviderId.All.Where(id => id != ProviderId.Massive).Select(id => Failed(id, FetchStatus.ServerError)),
        ];

        var quote = Merge(outcomes, Reference with { LastKnown = [.. stored] });

        Assert.True(quote.Price == live || quote.Price == 209.66m);
        Assert.InRange(quote.Quality.Confidence, 0, 0.5);
        Assert.NotEmpty(quote.Quality.Warnings);
    }
}
