using static Quorum.MarketData.Tests.Quotes;

namespace Quorum.MarketData.Tests;

/// <summary>Consolidated prices show no float noise.</summary>
public sealed class RoundingTests
{
    [Theory]
    [InlineData(209.64999, 209.65)] // as reported
    [InlineData(19.2068994, 19.21)]
    [InlineData(0.456789, 0.4568)] // the tick below a dollar has four decimals
    [InlineData(187.2, 187.2)]
    [InlineData(742512.345678, 742512.35)]
    [InlineData(0.00012345, 0.000123)] // a price below the tick keeps three digits
    public void A_price_of_one_vendor_is_rounded_to_the_tick(decimal given, decimal shown) => Assert.Equal(shown, Merge(Live(given)).Price);

    [Theory]
    [InlineData("KRWUSD", 0.00073067, 0.00073067)] // as reported
    [InlineData("JPYUSD", 0.00687711, 0.00687711)]
    [InlineData("JPYUSD", 0.006877114999, 0.00687711)]
    [InlineData("EURUSD", 1.16543999, 1.16544)]
    [InlineData("USDJPY", 156.12499999, 156.125)]
    public void A_rate_of_one_vendor_keeps_six_digits(string pair, decimal given, decimal shown) =>
        Assert.Equal(
            shown,
            QuoteMerger
                .Merge(Symbol.Parse(pair), new ReferenceData(), From(Live(given) with { Currency = null, RawUnit = null }), Now)
                .Price
        );

    [Theory]
    [InlineData(187.2145, 187.2145, 187.2145)]
    [InlineData(19.2069, 19.2068994, 19.2069)]
    [InlineData(19.2068994, 19.2068994, 19.2069)] // two vendors with the same noise
    [InlineData(209.65, 209.64999, 209.65)]
    public void A_precision_that_two_vendors_show_is_kept(decimal first, decimal second, decimal shown) =>
        Assert.Equal(shown, Merge(Live(first), Live(second)).Price);

    [Fact]
    public void Every_price_field_is_rounded()
    {
        var quote = Merge(
            Live(209.64999m) with
            {
                Open = 208.10001m,
                High = 210.99999m,
                Low = 207.50001m,
                PreviousClose = 208.00001m,
                Bid = 209.63999m,
                Ask = 209.66001m,
            }
        );

        Assert.Equal(
            (208.1m, 211m, 207.5m, 208m, 209.64m, 209.66m),
            (quote.Open, quote.High, quote.Low, quote.PreviousClose, quote.Bid, quote.Ask)
        );
        Assert.Equal((1.65m, 0.7933m), (quote.Change, quote.ChangePercent));
    }

    [Fact]
    public void The_tick_is_the_venues()
    {
        var yen = Live(2875.4m) with { Currency = CurrencyCode.Parse("JPY"), RawUnit = "JPY" };

        Assert.Equal(
            Math.Round(2875.4m, Venue.Find(Mic.Parse("XTKS"))!.PriceDecimals(2875.4m)),
            QuoteMerger.Merge(Symbol.Parse("7203:XTKS"), new ReferenceData(), [Ok(ProviderId.Finnhub, yen)], Now).Price
        );
    }
}
