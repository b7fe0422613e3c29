using static Quorum.MarketData.Tests.RawSamples;

namespace Quorum.MarketData.Tests;

public sealed class QuoteSessionTests
{
    [Theory]
    [InlineData("2025-06-18 07:59:59", "closed")]
    [InlineData("2025-06-18 08:00", "pre")] // 04:00 in New York
    [InlineData("2025-06-18 13:29:59", "pre")]
    [InlineData("2025-06-18 13:30", "regular")]
    [InlineData("2025-06-18 20:00", "regular")] // the close itself
    [InlineData("2025-06-18 20:00:05", "regular")] // the closing cross, reported late
    [InlineData("2025-06-18 20:01", "post")]
    [InlineData("2025-06-18 23:59", "post")]
    [InlineData("2025-06-19 00:00", "closed")]
    [InlineData("2025-06-19 15:00", "closed")] // Juneteenth
    [InlineData("2025-06-21 15:00", "closed")] // a Saturday
    [InlineData("2025-07-03 17:30", "post")] // after an early close
    public void N8b_A_price_is_marked_with_the_session_it_was_made_in(string asOf, string session)
    {
        var quote = QuoteNormalizer.Normalize(Raw with { AsOf = Utc.At(asOf) }, Apple, Utc.At("2025-07-04"));

        Assert.Equal(session, quote.Session?.ToString().ToLowerInvariant());
    }

    [Theory]
    [InlineData("2025-06-18 06:59", "Closed")]
    [InlineData("2025-06-18 07:00", "Regular")] // 08:00 in London
    [InlineData("2025-06-18 15:35", "Regular")] // the closing auction
    [InlineData("2025-06-18 15:45", "Closed")]
    public void N8b_Venues_without_extended_hours_have_none(string asOf, string session) =>
        Assert.Equal(session, QuoteNormalizer.Normalize(Raw with { AsOf = Utc.At(asOf) }, Vodafone, Now).Session?.ToString());

    [Fact]
    public void N8b_The_price_of_a_days_bar_is_of_the_regular_session_and_one_without_any_time_of_none()
    {
        var night = Utc.At("2025-06-18 03:30");

        Assert.Equal(
            SessionKind.Regular,
            QuoteNormalizer.Normalize(new RawQuote { Price = 10, TradingDate = Utc.Day("2025-06-17") }, Apple, Now).Session
        );
        Assert.Equal(
            SessionKind.Regular,
            QuoteNormalizer
                .Normalize(
                    new RawQuote
                    {
                        Price = 10,
                        AsOf = night,
                        AsOfPrecision = AsOfPrecision.Session,
                    },
                    Apple,
                    Now
                )
                .Session
        );
        Assert.Equal(
            SessionKind.Regular,
            QuoteNormalizer
                .Normalize(
                    new RawQuote
                    {
                        Price = 10,
                        AsOf = night,
                        Freshness = QuoteFreshness.EndOfDay,
                    },
                    Apple,
                    Now
                )
                .Session
        );
        Assert.Null(QuoteNormalizer.Normalize(new RawQuote { Price = 10 }, Apple, Now).Session);
        Assert.Null(
            QuoteNormalizer.Normalize(new RawQuote { Price = 10, AsOf = night }, Apple with { Venue = Mic.Parse("XXXX") }, Now).Session
        );
    }

    [Fact]
    public void A_trading_date_follows_from_the_time_on_the_venues_clock()
    {
        var evening = new RawQuote { Price = 10, AsOf = Utc.At("2025-06-18 03:30") };

        Assert.Equal(Utc.Day("2025-06-17"), QuoteNormalizer.Normalize(evening, Apple, Now).TradingDate);
        Assert.Equal(Utc.Day("2025-06-17"), QuoteNormalizer.Normalize(evening, Apple with { Venue = null }, Now).TradingDate);
        Assert.Equal(Utc.Day("2025-06-18"), QuoteNormalizer.Normalize(evening, Apple with { Venue = Mic.Parse("XTKS") }, Now).TradingDate);
        Assert.Null(QuoteNormalizer.Normalize(evening, Apple with { Venue = Mic.Parse("XXXX") }, Now).TradingDate);
    }

    [Fact]
    public void With_a_date_only_no_hour_is_invented()
    {
        var quote = QuoteNormalizer.Normalize(new RawQuote { Price = 10, TradingDate = Utc.Day("2025-06-18") }, Apple, Now);

        Assert.Equal((null, AsOfPrecision.Day, Utc.Day("2025-06-18")), (quote.AsOf, quote.AsOfPrecision, quote.TradingDate));
    }

    [Fact]
    public void Without_any_time_there_is_no_precision_and_nothing_is_called_stale()
    {
        var quote = QuoteNormalizer.Normalize(new RawQuote { Price = 10, AsOfPrecision = AsOfPrecision.Minute }, Apple, Now);

        Assert.Equal((null, null, null, false), (quote.AsOf, quote.AsOfPrecision, quote.TradingDate, quote.Stale));
    }

    [Fact]
    public void Times_are_kept_in_utc()
    {
        var quote = QuoteNormalizer.Normalize(
            new RawQuote { Price = 10, AsOf = new DateTimeOffset(2025, 6, 18, 13, 32, 10, TimeSpan.FromHours(-4)) },
            Apple,
            Now.ToOffset(TimeSpan.FromHours(2))
        );

        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (quote.AsOf!.Value.Offset, quote.ReceivedAt.Offset));
        Assert.Equal(Utc.At("2025-06-18 17:32:10"), quote.AsOf);
    }
}
