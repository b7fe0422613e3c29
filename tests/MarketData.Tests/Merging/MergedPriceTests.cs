using static Quorum.MarketData.Tests.Quotes;

namespace Quorum.MarketData.Tests;

public sealed class MergedPriceTests
{
    [Fact]
    public void The_price_is_the_median_of_real_time_quotes() =>
        Assert.Equal(100.02m, Merge(Live(100.05m), Live(100.02m), Live(100.01m)).Price);

    [Fact]
    public void Between_two_real_time_quotes_the_price_lies_halfway() => Assert.Equal(100.015m, Merge(Live(100.02m), Live(100.01m)).Price);

    [Fact]
    public void Delayed_and_end_of_day_quotes_do_not_outvote_real_time_ones()
    {
        var quote = Merge(Live(105), Delayed(104), EndOfDay(95));

        Assert.Equal(105, quote.Price);
        Assert.Equal([ProviderId.AlphaVantage, ProviderId.TwelveData], quote.Quality.Delayed);
        Assert.Empty(quote.Quality.Outliers);
    }

    [Fact]
    public void A_stale_quote_counts_less_than_any_fresh_one() =>
        Assert.Equal(104, Merge(Live(105) with { Stale = true }, Delayed(104), Live(105) with { Stale = true }).Price);

    [Fact]
    public void Trust_decides_among_quotes_of_equal_freshness()
    {
        var options = new MergeOptions { Trust = new Dictionary<string, decimal>(StringComparer.Ordinal) { ["alpha-vantage"] = 3 } };

        Assert.Equal(100.2m, Merge(From(Live(100), Live(100.2m), Live(100.1m)), options: options).Price);
    }

    [Fact]
    public void Trust_does_not_lift_a_delayed_quote_above_a_real_time_one()
    {
        var options = new MergeOptions { Trust = new Dictionary<string, decimal>(StringComparer.Ordinal) { ["alpha-vantage"] = 10, ["finnhub"] = 0.1m } };

        Assert.Equal(105, Merge(From(Live(105), Delayed(104), Delayed(104)), options: options).Price);
    }

    [Fact]
    public void A_price_far_from_its_peers_is_set_aside_and_named()
    {
        var quote = Merge(Live(100), Live(100.1m), Live(112), Live(100.05m));

        Assert.Equal(100.05m, quote.Price);
        Assert.Equal([ProviderId.TwelveData], quote.Quality.Outliers);
        Assert.Equal(3, quote.Quality.ProvidersUsed);
        Assert.Equal(4, quote.Quality.ProvidersAsked);
    }

    [Fact]
    public void A_delay_is_no_disagreement()
    {
        var quote = Merge(Live(105), Live(105.01m), Live(105.02m), Live(105), Delayed(101), EndOfDay(90));

        Assert.Empty(quote.Quality.Outliers);
        Assert.Equal(6, quote.Quality.ProvidersUsed);
        Assert.InRange(quote.Price!.Value, 105, 105.02m);
    }

    [Fact]
    public void What_no_delay_explains_is_an_outlier_also_of_a_delayed_source()
    {
        var quote = Merge(Live(105), Live(105.01m), Delayed(10500), EndOfDay(104));

        Assert.Equal([ProviderId.TwelveData], quote.Quality.Outliers);
    }

    [Fact]
    public void Two_camps_of_two_are_no_outliers_and_a_fifth_quote_keeps_all_but_one()
    {
        Assert.Equal(4, Merge(Live(100), Live(100), Live(110), Live(110)).Quality.ProvidersUsed);
        Assert.Equal(4, Merge(Live(100), Live(100), Live(110), Live(110), Live(100)).Quality.ProvidersUsed);
    }

    [Fact]
    public void Of_three_quotes_none_is_set_aside() => Assert.Equal(3, Merge(Live(100), Live(100), Live(500)).Quality.ProvidersUsed);

    [Fact]
    public void One_real_time_quote_among_four_moves_the_price_no_further_than_the_others_reach()
    {
        Assert.Equal(102, Merge(Live(105), Delayed(100), Delayed(101), Delayed(102)).Price);
        Assert.Equal(101.5m, Merge(Live(101.5m), Delayed(100), Delayed(101), Delayed(102)).Price);
    }

    [Fact]
    public void One_real_time_quote_is_not_overruled_by_stored_ones()
    {
        var stored = new[] { 100m, 101m, 102m }.Select((price, i) => new StoredQuote(ProviderId.All[i + 1], Live(price) with { ReceivedAt = Now.AddHours(-1) }));
        FetchOutcome[] outcomes = [Ok(ProviderId.Finnhub, Live(105)), .. ProviderId.All.Skip(1).Take(3).Select(id => Failed(id))];

        Assert.Equal(105, Merge(outcomes, Reference with { LastKnown = [.. stored] }).Price);
    }

    [Fact]
    public void A_suspect_quote_takes_no_part_and_stays_visible()
    {
        var quote = Merge(Live(100), Live(500) with { Suspect = "Its time is in the future." });

        Assert.Equal(100, quote.Price);
        Assert.Equal(1, quote.Quality.ProvidersUsed);
        Assert.Equal(500, quote.Providers[1].Quote!.Price);
    }

    [Fact]
    public void A_quote_in_another_currency_takes_no_part()
    {
        var quote = Merge(Live(100), Live(85) with { Currency = CurrencyCode.Parse("EUR") });

        Assert.Equal(100, quote.Price);
        Assert.Equal(CurrencyCode.Usd, quote.Currency);
    }

    [Fact]
    public void Without_reference_data_the_currency_of_most_quotes_holds()
    {
        var eur = Live(85) with { Currency = CurrencyCode.Parse("EUR") };
        var unnamed = Live(85.1m) with { Currency = null };

        var quote = Merge(From(eur, Live(100), eur, unnamed), new ReferenceData());

        Assert.Equal(CurrencyCode.Parse("EUR"), quote.Currency);
        Assert.Equal(85, quote.Price);
        Assert.Equal(3, quote.Quality.ProvidersUsed);
        Assert.Null(quote.Name);
    }

    [Fact]
    public void A_price_has_no_trailing_zeros() =>
        Assert.Equal("187.215", Merge(Live(187.2100m), Live(187.2200m)).Price!.Value.ToString());

    [Fact]
    public void Without_any_usable_quote_there_is_no_price()
    {
        var quote = Merge([Failed(ProviderId.Finnhub), Failed(ProviderId.Massive, FetchStatus.ServerError)]);

        Assert.Null(quote.Price);
        Assert.Equal(Completeness.Stale, quote.Completeness);
        Assert.Equal(0, quote.Quality.Confidence);
        Assert.Null(quote.Quality.SpreadBps);
        Assert.Empty(quote.Provenance);
        Assert.Equal("Apple Inc.", quote.Name);
        Assert.Equal(CurrencyCode.Usd, quote.Currency);
    }

    [Fact]
    public void Two_outcomes_of_one_provider_are_refused() =>
        Assert.Throws<ArgumentException>(() => Merge([Failed(ProviderId.Finnhub), Failed(ProviderId.Finnhub)]));
}
