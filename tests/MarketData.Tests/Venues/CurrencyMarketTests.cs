namespace Quorum.MarketData.Tests;

/// <summary>Pairs of currencies trade from Sunday 17:00 to Friday 17:00 in New York.</summary>
public sealed class CurrencyMarketTests
{
    private static readonly Symbol EurUsd = Symbol.Parse("EURUSD");

    private static TradingCalendar Calendar => Venue.Of(EurUsd, listed: null)!.Calendar;

    [Theory]
    [InlineData("2025-06-22 20:59:59", false)] // Sunday in summer
    [InlineData("2025-06-22 21:00:00", true)]
    [InlineData("2025-06-25 03:00:00", true)] // Wednesday night
    [InlineData("2025-06-25 21:00:00", true)] // one day ends and the next begins
    [InlineData("2025-06-27 20:59:59", true)] // Friday
    [InlineData("2025-06-27 21:00:00", false)]
    [InlineData("2025-01-12 21:59:59", false)] // Sunday in winter
    [InlineData("2025-01-12 22:00:00", true)]
    [InlineData("2025-03-09 21:00:00", true)] // the Sunday on which New York's clocks go forward
    [InlineData("2025-12-25 12:00:00", false)] // Christmas
    [InlineData("2025-12-25 22:00:00", true)]
    public void The_week_begins_and_ends_at_five_in_the_afternoon_in_new_york(string instant, bool open) =>
        Assert.Equal(open, Calendar.IsOpen(Utc.At(instant)));

    [Fact]
    public void A_trading_day_ends_at_five_in_the_afternoon_in_new_york()
    {
        Assert.Equal(
            new TradingSession(Utc.Day("2025-06-25"), Utc.At("2025-06-24 21:00"), Utc.At("2025-06-25 21:00")),
            Calendar.CurrentOrLast(Utc.At("2025-06-25 12:00"))
        );
        Assert.Equal(Utc.Day("2025-06-27"), Calendar.CurrentOrLast(Utc.At("2025-06-28 12:00")).TradingDate);
        Assert.Equal(Utc.Day("2025-06-24"), Calendar.LastCompletedDay(Utc.At("2025-06-25 12:00")));
    }

    [Fact]
    public void The_quotes_of_a_pair_are_merged_in_its_second_currency_to_the_tenth_of_a_pip()
    {
        var euro = Quotes.Live(1.148231m);

        var merged = QuoteMerger.Merge(EurUsd, new ReferenceData(), Quotes.From(euro, euro with { Price = 1.14824m }), Quotes.Now);

        Assert.Equal(
            ("EUR/USD", null, null, CurrencyCode.Usd, 1.14824m, Completeness.Complete),
            (merged.Name, merged.Venue, merged.Isin, merged.Currency, merged.Price, merged.Completeness)
        );
    }

    [Fact]
    public void A_quote_of_friday_is_fresh_on_sunday_and_stale_on_monday()
    {
        var listing = new ProviderListing
        {
            Provider = ProviderId.TwelveData,
            Symbol = EurUsd,
            ProviderSymbol = "EUR/USD",
            Unit = "USD",
        };
        var raw = new RawQuote
        {
            Price = 1.14823m,
            Volume = 12,
            Open = 1.14m,
            AsOf = Utc.At("2025-06-27 20:59"),
            Freshness = QuoteFreshness.RealTime,
        };

        var onSunday = QuoteNormalizer.Normalize(raw, listing, Utc.At("2025-06-29 12:00"));
        var onMonday = QuoteNormalizer.Normalize(raw, listing, Utc.At("2025-06-30 12:00"));

        Assert.Equal((false, SessionKind.Regular, null), (onSunday.Stale, onSunday.Session, onSunday.Volume));
        Assert.True(onMonday.Stale);
    }

    [Fact]
    public void No_instrument_of_the_venue_table_is_at_the_market_of_currencies() =>
        Assert.Null(Venue.Find(Venue.Of(EurUsd, listed: null)!.Mic));
}
