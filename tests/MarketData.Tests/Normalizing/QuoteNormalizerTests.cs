using static Quorum.MarketData.Tests.RawSamples;

namespace Quorum.MarketData.Tests;

public sealed class QuoteNormalizerTests
{
    [Fact]
    public void A_quote_in_major_units_keeps_its_values_without_trailing_zeros()
    {
        var quote = QuoteNormalizer.Normalize(Raw, Apple, Now);

        Assert.Equal(
            new ProviderQuote
            {
                Price = 214.29m,
                Bid = 214.28m,
                Ask = 214.3m,
                Open = 215.8m,
                High = 216.45m,
                Low = 213.6m,
                PreviousClose = 216,
                Change = -1.71m,
                ChangePercent = -0.7917m,
                Volume = 38765012,
                Currency = CurrencyCode.Usd,
                RawPrice = 214.29m,
                RawUnit = "USD",
                AsOf = Utc.At("2025-06-18 17:32:10"),
                AsOfPrecision = AsOfPrecision.Instant,
                TradingDate = Utc.Day("2025-06-18"),
                ReceivedAt = Now,
                Freshness = QuoteFreshness.RealTime,
                Session = SessionKind.Regular,
            },
            quote
        );
        Assert.Equal("214.29", quote.Price.ToString());
        Assert.Equal("215.8", quote.Open.ToString());
    }

    [Fact]
    public void Zero_and_less_is_no_price()
    {
        var quote = QuoteNormalizer.Normalize(
            new RawQuote
            {
                Price = 0,
                Bid = 0,
                Ask = -1,
                Open = 0.0m,
                High = 0,
                Low = 0,
                PreviousClose = 0,
                Change = 0,
                ChangePercent = 0,
                Volume = 0,
            },
            Apple,
            Now
        );

        Assert.Equal(
            new ProviderQuote
            {
                Currency = CurrencyCode.Usd,
                RawUnit = "USD",
                ReceivedAt = Now,
            },
            quote
        );
    }

    [Fact]
    public void A_volume_of_zero_is_legal_on_a_day_with_an_open_and_change_may_be_zero()
    {
        var quote = QuoteNormalizer.Normalize(
            new RawQuote
            {
                Price = 10,
                Open = 10,
                Volume = 0,
                Change = 0,
                ChangePercent = 0,
            },
            Apple,
            Now
        );

        Assert.Equal((0L, 0m, 0m), (quote.Volume, quote.Change, quote.ChangePercent));
    }

    [Theory]
    [InlineData("9223372036854775807.9", 9223372036854775807L)]
    [InlineData("9223372036854775808", null)]
    [InlineData("0.4", 0L)]
    public void A_volume_is_whole_and_within_64_bits(string volume, long? expected) =>
        Assert.Equal(
            expected,
            QuoteNormalizer
                .Normalize(
                    new RawQuote
                    {
                        Price = 10,
                        Open = 10,
                        Volume = NumberText.Parse(volume),
                    },
                    Apple,
                    Now
                )
                .Volume
        );

    [Fact]
    public void A_missing_change_is_computed_from_price_and_previous_close()
    {
        var quote = QuoteNormalizer.Normalize(Raw with { Change = null, ChangePercent = null }, Apple, Now);

        Assert.Equal((-1.71m, -0.7917m), (quote.Change, quote.ChangePercent));
    }

    [Theory]
    [InlineData("100.00005", "100", "0.0001")] // halves go away from zero
    [InlineData("99.99995", "100", "-0.0001")]
    [InlineData("100.00004", "100", "0")]
    public void A_computed_percentage_has_four_decimals(string price, string previousClose, string percent) =>
        Assert.Equal(
            percent,
            QuoteNormalizer
                .Normalize(new RawQuote { Price = NumberText.Parse(price), PreviousClose = NumberText.Parse(previousClose) }, Apple, Now)
                .ChangePercent.ToString()
        );

    [Fact]
    public void Without_a_previous_close_there_is_no_change_and_without_a_price_neither()
    {
        Assert.Null(QuoteNormalizer.Normalize(new RawQuote { Price = 10 }, Apple, Now).Change);

        var unpriced = QuoteNormalizer.Normalize(
            new RawQuote
            {
                Price = 0,
                PreviousClose = 216,
                Change = -216,
                ChangePercent = -100,
            },
            Apple,
            Now
        );
        Assert.Equal((null, null, null, 216m), (unpriced.Price, unpriced.Change, unpriced.ChangePercent, unpriced.PreviousClose));
    }

    [Fact]
    public void Absurd_numbers_end_in_no_exception()
    {
        decimal[] absurd = [decimal.MaxValue, decimal.MinValue, 1e-28m, -1e-28m, 0, 1e28m];
        foreach (var price in absurd)
        {
            foreach (var other in absurd)
            {
                var raw = new RawQuote
                {
                    Price = price,
                    PreviousClose = other,
                    Bid = other,
                    Ask = other,
                    Open = other,
                    High = other,
                    Low = price,
                    Volume = other,
                    Unit = "GBX",
                    Change = other == 0 ? null : other,
                };
                QuoteNormalizer.Normalize(raw, Apple, Now);
                QuoteNormalizer.Normalize(raw with { Change = null }, Vodafone, Now);
            }
        }
    }
}
