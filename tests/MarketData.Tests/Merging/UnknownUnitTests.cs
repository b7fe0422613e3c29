using static Quorum.MarketData.Tests.Quotes;

namespace Quorum.MarketData.Tests;

/// <summary>N19: a number without a unit is no price until another provider names the unit.</summary>
public sealed class UnknownUnitTests
{
    private static readonly Symbol Itv = Symbol.Parse("ITV:XLON");

    [Fact]
    public void N19_A_provider_that_names_the_unit_settles_it_for_the_others()
    {
        // ITV:XLON as reported: Finnhub, Alpha Vantage and EODHD 68.9 without a unit, Twelve Data 68.9 GBp.
        var quote = Merge(
            Ok(ProviderId.Finnhub, Raw(68.9m, Live(1)) with { PreviousClose = 68, Change = 0.9m, Bid = 68.8m, Ask = 69 }),
            Ok(ProviderId.AlphaVantage, Raw(68.1m, EndOfDay(1))),
            Ok(ProviderId.TwelveData, Named(0.689m, 68.9m, "GBp")),
            Ok(ProviderId.Eodhd, Raw(68.9m, Delayed(1)))
        );

        Assert.Equal(
            (0.689m, "GBP", 0.68m, 0.688m, 0.69m),
            (quote.Price, quote.Currency.ToString(), quote.PreviousClose, quote.Bid, quote.Ask)
        );
        Assert.Empty(quote.Quality.Outliers);
        Assert.Empty(quote.Quality.Warnings);
        Assert.All(
            quote.Providers,
            result => Assert.Equal((null, 100), (result.Quote!.Suspect, QuoteUnit.TryParse(result.Quote.RawUnit)!.Value.PerMajor))
        );
        Assert.Equal(
            (0.689m, 68.9m, 0.009m),
            (quote.Providers[0].Quote!.Price, quote.Providers[0].Quote!.RawPrice, quote.Providers[0].Quote!.Change)
        );
        Assert.True(quote.Quality.Confidence > 0.6);
    }

    [Fact]
    public void N19_Without_a_provider_that_names_the_unit_there_is_no_price()
    {
        var quote = Merge(Ok(ProviderId.Finnhub, Raw(68.9m, Live(1))), Ok(ProviderId.Eodhd, Raw(68.9m, Delayed(1))));

        Assert.Equal((null, null, 0d, 0), (quote.Price, quote.Currency, quote.Quality.Confidence, quote.Quality.ProvidersUsed));
        Assert.Equal([QuoteWarnings.UnitUnknown], quote.Quality.Warnings);
        Assert.All(
            quote.Providers,
            result =>
                Assert.Equal(
                    (68.9m, null, null, ProviderQuote.UnitUnknown),
                    (result.Quote!.Price, result.Quote.Currency, result.Quote.RawUnit, result.Quote.Suspect)
                )
        );
    }

    [Theory]
    [InlineData(68.9, true)]
    [InlineData(70.2, true)]
    [InlineData(0.69, true)] // pounds
    [InlineData(71, false)]
    [InlineData(6.89, false)]
    [InlineData(6890, false)]
    public void N19_The_number_must_agree_in_one_of_the_venues_units_within_2_percent(decimal raw, bool settles)
    {
        var quote = Merge(Ok(ProviderId.Finnhub, Raw(raw, Live(1))), Ok(ProviderId.TwelveData, Named(0.689m, 68.9m, "GBp")));

        Assert.Equal(settles ? null : ProviderQuote.UnitUnknown, quote.Providers[0].Quote!.Suspect);
        Assert.Equal(settles, quote.Providers[0].Quote!.Currency is not null);
        Assert.Equal(settles, !quote.Quality.Warnings.Contains(QuoteWarnings.UnitUnknown));
    }

    [Fact]
    public void N19_A_quote_of_unknown_unit_counts_against_confidence()
    {
        var named = Named(0.689m, 68.9m, "GBp");

        Assert.Equal(0.45, Merge(Ok(ProviderId.Finnhub, Raw(6.89m, Live(1))), Ok(ProviderId.TwelveData, named)).Quality.Confidence);
        Assert.Equal(0.5, Merge(Ok(ProviderId.TwelveData, named)).Quality.Confidence);
    }

    [Fact]
    public void N19_A_unit_in_another_currency_settles_only_in_that_currency()
    {
        var dollars = Named(68.9m, 68.9m, "USD") with { Currency = CurrencyCode.Usd };

        var quote = Merge(Ok(ProviderId.Finnhub, Raw(68.9m, Live(1))), Ok(ProviderId.TwelveData, dollars));

        Assert.Equal((68.9m, "USD"), (quote.Price, quote.Currency.ToString()));
        Assert.Equal("USD", quote.Providers[0].Quote!.RawUnit);
    }

    [Fact]
    public void N19_A_suspect_quote_settles_nothing() =>
        Assert.Null(
            Merge(
                Ok(ProviderId.Finnhub, Raw(68.9m, Live(1))),
                Ok(ProviderId.TwelveData, Named(0.689m, 68.9m, "GBp") with { Suspect = "Its time is in the future." })
            ).Price
        );

    [Fact]
    public void N19_A_stored_quote_that_names_the_unit_settles_it()
    {
        var stored = new ReferenceData
        {
            LastKnown = [new(ProviderId.TwelveData, Named(0.685m, 68.5m, "GBp") with { ReceivedAt = Now.AddMinutes(-2) })],
        };

        Assert.Equal(
            0.689m,
            QuoteMerger.Merge(Itv, stored, [Ok(ProviderId.Finnhub, Raw(68.9m, Live(1))), Failed(ProviderId.TwelveData)], Now).Price
        );
    }

    private static ConsolidatedQuote Merge(params FetchOutcome[] outcomes) => QuoteMerger.Merge(Itv, new ReferenceData(), outcomes, Now);

    private static ProviderQuote Raw(decimal number, ProviderQuote quote) =>
        quote with
        {
            Price = number,
            RawPrice = number,
            RawUnit = null,
            Currency = null,
            Suspect = ProviderQuote.UnitUnknown,
        };

    private static ProviderQuote Named(decimal price, decimal raw, string unit) =>
        Live(price) with
        {
            RawPrice = raw,
            RawUnit = unit,
            Currency = CurrencyCode.Parse("GBP"),
        };
}
