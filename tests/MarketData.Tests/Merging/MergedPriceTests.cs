using static Quorum.MarketData.Tests.Quotes;

namespace Quorum.MarketData.Tests;

public sealed class MergedPriceTests
{
    [Fact]
    public void The_price_is_the_median_of_real_time_quotes() =>
        Assert.Equal(100.02m, Merge(Live(100.05m), Live(100.02m), Live(100.01m)).Price);

    [Fact]
    public void Between_two_real_time_quotes_that_agree_the_price_lies_halfway() =>
        Assert.Equal(100.02m, Merge(Live(100.03m), Live(100.01m)).Price);

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
        var options = new MergeOptions
        {
            Trust = new Dictionary<string, decimal>(StringComparer.Ordinal) { ["alpha-vantage"] = 10, ["finnhub"] = 0.1m },
        };

        Assert.Equal(105, Merge(From(Live(105), Delayed(104), Delayed(104)), options: options).Price);
    }

    [Fact]
    public void One_real_time_quote_is_not_overruled_by_stored_ones()
    {
        var stored = new[] { 100m, 101m, 102m }.Select(
            (price, i) => new StoredQuote(ProviderId.All[i + 1], Live(price) with { ReceivedAt = Now.AddHours(-1) })
        );
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
    public void A_price_far_from_the_others_is_an_outlier_and_named()
    {
        var quote = Merge(Live(100), Live(100.1m), Live(112), Live(100.05m), Live(100.06m));

        Assert.Equal(100.06m, quote.Price);
        Assert.Equal([ProviderId.TwelveData], quote.Quality.Outliers);
        Assert.Equal((5, 4), (quote.Quality.ProvidersAsked, quote.Quality.ProvidersUsed));
        Assert.Equal(
            ("weighted-median", "finnhub alpha-vantage massive alpaca"),
            (quote.Provenance["price"].Method, string.Join(' ', quote.Provenance["price"].From))
        );
    }

    [Fact]
    public void Of_three_quotes_two_outvote_one()
    {
        var quote = Merge(Live(100), Live(500), Live(100.01m));

        Assert.Equal((100.01m, 2), (quote.Price, quote.Quality.ProvidersUsed));
        Assert.Equal([ProviderId.AlphaVantage], quote.Quality.Outliers);
    }

    [Fact]
    public void Of_two_fresh_prices_that_do_not_agree_the_newer_one_is_taken_with_a_low_confidence()
    {
        var (older, newer) = (Live(100) with { AsOf = Now.AddSeconds(-2) }, Live(103));

        foreach (var quote in new[] { Merge(older, newer), Merge(newer, older) })
        {
            Assert.Equal((103m, newer.AsOf, 0.5), (quote.Price, quote.AsOf, quote.Quality.Confidence));
            Assert.Equal(("freshest", 1), (quote.Provenance["price"].Method, quote.Provenance["price"].From.Count));
            Assert.Equal([QuoteWarnings.Contradicted], quote.Quality.Warnings);
        }
    }

    [Fact]
    public void Of_two_that_do_not_agree_and_are_of_the_same_time_the_first_provider_is_taken() =>
        Assert.Equal(100, Merge(Live(100), Live(103)).Price);

    [Fact]
    public void Two_camps_of_two_are_never_averaged()
    {
        var quote = Merge(Live(100), Live(110), Live(100), Live(110) with { AsOf = Now });

        Assert.Equal((110m, 0.5), (quote.Price, quote.Quality.Confidence));
        Assert.Equal([ProviderId.Finnhub, ProviderId.TwelveData], quote.Quality.Outliers);
    }

    [Fact]
    public void Without_reference_data_the_venues_currency_holds_and_confidence_is_low()
    {
        var eur = Live(85) with { Currency = CurrencyCode.Parse("EUR") };

        var quote = Merge(From(eur, Live(100), eur, Live(100)), new ReferenceData());

        Assert.Equal((CurrencyCode.Usd, 100m, null), (quote.Currency, quote.Price, quote.Name));
        Assert.True(quote.Quality.Confidence <= 0.5);
        Assert.Equal([QuoteWarnings.MixedCurrencies], quote.Quality.Warnings);
    }

    [Fact]
    public void Without_reference_data_a_currency_that_all_quotes_name_holds()
    {
        var eur = Live(85) with { Currency = CurrencyCode.Parse("EUR") };

        var quote = Merge(From(eur, eur), new ReferenceData());

        Assert.Equal((CurrencyCode.Parse("EUR"), 85m), (quote.Currency, quote.Price));
        Assert.Empty(quote.Quality.Warnings);
    }

    [Fact]
    public void A_price_has_no_trailing_zeros() =>
        Assert.Equal(
            "187.2",
            Merge(Live(187.2000m), Live(187.2000m)).Price!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)
        );

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
