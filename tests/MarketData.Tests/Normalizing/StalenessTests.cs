namespace Quorum.MarketData.Tests;

/// <summary>Freshness by trading hours. In June 2025 New York trades from 13:30 to 20:00 UTC; the 18th is a Wednesday, the 19th a
/// holiday.</summary>
public sealed class StalenessTests
{
    [Theory]
    [InlineData("2025-06-22 12:00", "2025-06-20 20:00", false)] // Sunday, Friday's close
    [InlineData("2025-06-22 12:00", "2025-06-20 19:59", false)]
    [InlineData("2025-06-22 12:00", "2025-06-20 23:50", false)] // Friday's extended hours
    [InlineData("2025-06-22 12:00", "2025-06-20 15:00", true)] // the feed stood still on Friday
    [InlineData("2025-06-22 12:00", "2025-06-18 20:00", true)]
    [InlineData("2025-06-19 15:00", "2025-06-18 20:00", false)] // a holiday
    [InlineData("2025-06-18 13:29", "2025-06-17 20:00", false)] // before the opening
    [InlineData("2025-06-18 13:34", "2025-06-17 20:00", false)] // the first trade may take minutes
    [InlineData("2025-06-18 13:40", "2025-06-17 20:00", true)] // ten minutes into the session
    [InlineData("2025-06-18 13:34", "2025-06-16 20:00", true)]
    [InlineData("2025-06-18 13:40", "2025-06-18 12:00", true)] // a trade before the opening
    [InlineData("2025-06-18 13:34", "2025-06-18 12:00", false)]
    [InlineData("2025-06-18 17:32", "2025-06-18 17:31", false)]
    [InlineData("2025-06-18 17:32", "2025-06-18 17:20", false)]
    [InlineData("2025-06-18 17:32", "2025-06-18 17:16", true)]
    [InlineData("2025-06-18 17:32", "2025-03-18 17:32", true)] // months old
    [InlineData("2025-06-22 12:00", "2025-06-22 11:59", false)] // a market that never sleeps
    public void A_real_time_quote_is_as_old_as_its_venue_let_it_become(string now, string asOf, bool stale) =>
        Assert.Equal(stale, IsStale(new RawQuote { AsOf = Utc.At(asOf), Freshness = QuoteFreshness.RealTime }, now));

    [Theory]
    [InlineData("2025-06-18 17:32", "2025-06-18 17:12", false)]
    [InlineData("2025-06-18 17:32", "2025-06-18 16:58", false)]
    [InlineData("2025-06-18 17:32", "2025-06-18 16:50", true)]
    [InlineData("2025-06-18 13:40", "2025-06-17 20:00", false)] // its first price of the day comes after twenty minutes
    [InlineData("2025-06-18 13:56", "2025-06-17 20:00", true)]
    [InlineData("2025-06-22 12:00", "2025-06-20 20:00", false)]
    public void A_delayed_quote_may_lie_its_delay_further_back(string now, string asOf, bool stale)
    {
        Assert.Equal(stale, IsStale(new RawQuote { AsOf = Utc.At(asOf), Freshness = QuoteFreshness.Delayed }, now));
        Assert.Equal(stale, IsStale(new RawQuote { AsOf = Utc.At(asOf), Freshness = QuoteFreshness.Unknown }, now));
    }

    [Theory]
    [InlineData("2025-06-22 12:00", "2025-06-20", false)]
    [InlineData("2025-06-22 12:00", "2025-06-18", true)]
    [InlineData("2025-06-18 17:32", "2025-06-17", false)] // during the session the last close is yesterday's
    [InlineData("2025-06-18 17:32", "2025-06-16", true)]
    [InlineData("2025-06-18 21:00", "2025-06-17", false)] // today's is published in the evening
    [InlineData("2025-06-19 08:30", "2025-06-17", true)]
    [InlineData("2025-06-19 08:30", "2025-06-18", false)]
    public void An_end_of_day_quote_is_of_the_last_completed_day(string now, string day, bool stale) =>
        Assert.Equal(stale, IsStale(new RawQuote { TradingDate = Utc.Day(day), Freshness = QuoteFreshness.EndOfDay }, now));

    [Theory]
    [InlineData("2025-06-18 17:32", "2025-06-18", false)]
    [InlineData("2025-06-18 17:32", "2025-06-17", true)]
    [InlineData("2025-06-18 13:34", "2025-06-17", false)]
    [InlineData("2025-06-18 13:40", "2025-06-17", true)]
    [InlineData("2025-06-18 12:00", "2025-06-17", false)]
    [InlineData("2025-06-22 12:00", "2025-06-20", false)]
    public void A_real_time_quote_known_by_its_day_is_of_the_current_session(string now, string day, bool stale)
    {
        var sessionStart = Utc.At($"{day} 13:30");

        Assert.Equal(stale, IsStale(new RawQuote { TradingDate = Utc.Day(day), Freshness = QuoteFreshness.RealTime }, now));
        Assert.Equal(
            stale,
            IsStale(
                new RawQuote
                {
                    AsOf = sessionStart,
                    AsOfPrecision = AsOfPrecision.Session,
                    Freshness = QuoteFreshness.RealTime,
                },
                now
            )
        );
    }

    [Theory]
    [InlineData("2025-06-18 03:29", "2025-06-18 02:29", false)] // Tokyo's lunch
    [InlineData("2025-06-18 03:40", "2025-06-18 02:29", true)] // ten minutes into the afternoon
    public void A_lunch_break_does_not_make_quotes_old(string now, string asOf, bool stale) =>
        Assert.Equal(stale, IsStale(new RawQuote { AsOf = Utc.At(asOf), Freshness = QuoteFreshness.RealTime }, now, Mic.Parse("XTKS")));

    [Theory]
    [InlineData("2025-06-18 17:32", "2025-06-15 17:32", false)]
    [InlineData("2025-06-18 17:32", "2025-06-13 17:32", true)]
    public void At_a_venue_of_unknown_hours_only_more_than_a_long_weekend_is_old(string now, string asOf, bool stale)
    {
        Assert.Equal(stale, IsStale(new RawQuote { AsOf = Utc.At(asOf), Freshness = QuoteFreshness.RealTime }, now, Mic.Parse("XXXX")));
        Assert.Equal(
            stale,
            IsStale(new RawQuote { TradingDate = DateOnly.FromDateTime(Utc.At(asOf).UtcDateTime) }, now, Mic.Parse("XXXX"))
        );
    }

    private static bool IsStale(RawQuote raw, string now, Mic? venue = null)
    {
        var listing = new ProviderListing
        {
            Provider = ProviderId.Finnhub,
            Symbol = Symbol.Parse("X"),
            ProviderSymbol = "X",
            Venue = venue,
        };
        return QuoteNormalizer.Normalize(raw with { Price = 10 }, listing, Utc.At(now)).Stale;
    }
}
