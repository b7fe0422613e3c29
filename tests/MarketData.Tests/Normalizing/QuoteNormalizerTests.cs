namespace Quorum.MarketData.Tests;

public sealed class QuoteNormalizerTests
{
    private static readonly DateTimeOffset Now = Utc.At("2025-06-18 17:32:15");

    private static readonly ProviderListing Apple = new()
    {
        Provider = ProviderId.Massive,
        Symbol = Symbol.Parse("AAPL"),
        ProviderSymbol = "AAPL",
        Unit = "USD",
        Venue = Mic.Parse("XNAS"),
        Currency = CurrencyCode.Usd,
    };

    private static readonly ProviderListing Vodafone = new()
    {
        Provider = ProviderId.Eodhd,
        Symbol = Symbol.Parse("VOD:XLON"),
        ProviderSymbol = "VOD.LSE",
        Unit = "GBX",
        Venue = Mic.Parse("XLON"),
        Currency = CurrencyCode.Parse("GBP"),
    };

    private static readonly RawQuote Raw = new()
    {
        Price = 214.2900m,
        Bid = 214.28m,
        Ask = 214.3m,
        Open = 215.8000m,
        High = 216.45m,
        Low = 213.6m,
        PreviousClose = 216m,
        Change = -1.71m,
        ChangePercent = -0.7917m,
        Volume = 38765012.75m,
        AsOf = Utc.At("2025-06-18 17:32:10"),
        Freshness = QuoteFreshness.RealTime,
    };

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

    [Theory]
    [InlineData(null, "GBX")]
    [InlineData("GBp", "GBp")]
    [InlineData("GBX", "GBX")]
    public void Pence_become_pounds_but_percent_and_volume_stay(string? unit, string rawUnit)
    {
        var raw = new RawQuote
        {
            Price = 7834,
            Bid = 7833,
            Ask = 7835.5m,
            Open = 7800,
            High = 7850.5m,
            Low = 7790,
            PreviousClose = 7800,
            Change = 34,
            ChangePercent = 0.4359m,
            Volume = 51_000_000,
            Unit = unit,
        };

        var quote = QuoteNormalizer.Normalize(raw, Vodafone, Now);

        Assert.Equal(
            (78.34m, 78.33m, 78.355m, 78m, 78.505m, 77.9m, 78m, 0.34m),
            (quote.Price, quote.Bid, quote.Ask, quote.Open, quote.High, quote.Low, quote.PreviousClose, quote.Change)
        );
        Assert.Equal((0.4359m, 51_000_000L), (quote.ChangePercent, quote.Volume));
        Assert.Equal((7834m, rawUnit, CurrencyCode.Parse("GBP")), (quote.RawPrice, quote.RawUnit, quote.Currency));
        Assert.Null(quote.Suspect);
    }

    [Theory]
    [InlineData("ZAc", "ZAR", "1.5")]
    [InlineData("ZAC", "ZAR", "1.5")]
    [InlineData("ILA", "ILS", "1.5")]
    [InlineData("KWF", "KWD", "0.15")]
    [InlineData("GBX", "GBP", "1.5")]
    [InlineData("EUR", "EUR", "150")]
    [InlineData("GBP", "GBP", "150")]
    public void The_unit_that_the_answer_names_comes_before_the_listings(string unit, string currency, string price)
    {
        var quote = QuoteNormalizer.Normalize(
            new RawQuote { Price = 150, Unit = unit },
            Vodafone with
            {
                Unit = "USD",
                Currency = CurrencyCode.Parse(currency),
            },
            Now
        );

        Assert.Equal((currency, price, null), (quote.Currency.ToString(), quote.Price.ToString(), quote.Suspect));
    }

    [Theory]
    [InlineData("XNYS", "USD")]
    [InlineData("XETR", "EUR")]
    [InlineData("XETA", "EUR")] // a segment of it
    [InlineData("XPAR", "EUR")]
    [InlineData("XTKS", "JPY")]
    public void N19_Without_any_unit_a_venue_that_quotes_in_its_main_unit_only_decides(string venue, string currency)
    {
        var listing = Apple with { Unit = null, Currency = null, Venue = Mic.Parse(venue) };

        var quote = QuoteNormalizer.Normalize(new RawQuote { Price = 150, Unit = " " }, listing, Now);

        Assert.Equal((150m, currency, currency, null), (quote.Price, quote.Currency.ToString(), quote.RawUnit, quote.Suspect));
    }

    [Theory]
    [InlineData("XLON")]
    [InlineData("XJSE")]
    [InlineData("XXXX")] // no venue that we know
    public void N19_Where_the_venue_has_several_units_a_number_without_one_stays_raw_and_marked(string venue)
    {
        var listing = Apple with { Unit = null, Currency = null, Venue = Mic.Parse(venue) };

        var quote = QuoteNormalizer.Normalize(
            new RawQuote
            {
                Price = 68.9m,
                PreviousClose = 68m,
                Bid = 68.8m,
            },
            listing,
            Now
        );

        Assert.Equal((68.9m, 68.9m, 68m, 68.8m), (quote.Price, quote.RawPrice, quote.PreviousClose, quote.Bid));
        Assert.Equal((null, null, ProviderQuote.UnitUnknown), (quote.Currency, quote.RawUnit, quote.Suspect));
    }

    [Theory]
    [InlineData("EUX")]
    [InlineData("XXX")]
    [InlineData("XAU")]
    [InlineData("US Dollar")]
    [InlineData("USd")] // cents at some vendors
    [InlineData("gbp")] // pounds or pence
    [InlineData("Gbp")]
    [InlineData("Bananas for scale")]
    public void N23_A_unit_that_is_no_currency_and_no_known_minor_unit_is_unknown_whatever_the_listing_says(string unit)
    {
        var quote = QuoteNormalizer.Normalize(Raw with { Unit = unit }, Apple, Now);

        Assert.Equal((214.29m, null, null, ProviderQuote.UnitUnknown), (quote.Price, quote.Currency, quote.RawUnit, quote.Suspect));
    }

    [Theory]
    [InlineData("usd", "USD", 1)]
    [InlineData("Usd", "USD", 1)]
    [InlineData(" eur ", "EUR", 1)]
    [InlineData("gbx", "GBP", 100)]
    [InlineData("GBx", "GBP", 100)]
    [InlineData("zac", "ZAR", 100)]
    [InlineData("ila", "ILS", 100)]
    [InlineData("KWf", "KWD", 1000)]
    public void N23_Another_case_is_accepted_where_it_can_mean_nothing_else(string name, string currency, int perMajor)
    {
        var unit = QuoteUnit.TryParse(name);

        Assert.Equal((currency, perMajor), (unit?.Currency.ToString(), unit?.PerMajor));
    }

    [Fact]
    public void N23_Every_active_currency_is_read_and_nothing_else()
    {
        Assert.All(
            CurrencyCode.All,
            currency => Assert.Equal(new QuoteUnit(currency.ToString(), currency, 1), QuoteUnit.TryParse(currency.ToString()))
        );
        Assert.InRange(CurrencyCode.All.Count, 150, 160);
        Assert.All(
            ["DEM", "FRF", "HRK", "ZWL", "XTS", "XDR", "BTC", "", "US", "USDT", "123"],
            text => Assert.False(CurrencyCode.TryParse(text, out _), text)
        );
    }

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

    public static TheoryData<RawQuote, string> Suspicious =>
        new()
        {
            { Raw with { AsOf = Now.AddMinutes(6) }, "Its time is in the future." },
            { Raw with { AsOf = null, TradingDate = Utc.Day("2025-06-19") }, "Its time is in the future." },
            { Raw with { Unit = "EUR" }, "Its currency is EUR, not USD." },
            { Raw with { Unit = "Bananas for scale", Volume = -1 }, "unit-unknown Its volume is negative." },
            { Raw with { High = 213, Low = 214 }, "Its high is below its low." },
            { Raw with { Price = 230, PriceIsOfBar = true }, "Its price lies outside the range of its own bar." },
            { Raw with { Price = 200, PriceIsOfBar = true }, "Its price lies outside the range of its own bar." },
            { Raw with { Volume = -1 }, "Its volume is negative." },
            { Raw with { Price = 21429 }, "Its price is not of the order of its previous close." },
            { Raw with { Price = 2.1429m }, "Its price is not of the order of its previous close." },
            { Raw with { High = 213, Low = 214, Volume = -1 }, "Its high is below its low. Its volume is negative." },
        };

    [Theory]
    [MemberData(nameof(Suspicious))]
    public void A_quote_that_cannot_be_true_is_kept_and_says_why(RawQuote raw, string reason)
    {
        var quote = QuoteNormalizer.Normalize(raw, Apple, Now);

        Assert.Equal(reason, quote.Suspect);
        Assert.NotNull(quote.Price);
        Assert.True(quote.Volume is null or > 0);
    }

    public static TheoryData<RawQuote> Unusual =>
        new()
        {
            Raw with
            {
                Price = 217,
            }, // above the day's high: odd lots and extended hours
            Raw with
            {
                Price = 213,
            },
            Raw with
            {
                AsOf = Now.AddMinutes(4),
            }, // clocks differ
            Raw with
            {
                Price = 430,
            }, // doubled in a day
            Raw with
            {
                PreviousClose = 50 * 214.29m,
            }, // a split of 50 for 1
            Raw with
            {
                Bid = 214.4m,
            }, // crossed for a moment
            Raw with
            {
                Unit = "USD",
            },
        };

    [Theory]
    [MemberData(nameof(Unusual))]
    public void A_quote_that_is_merely_unusual_is_not_suspect(RawQuote raw) =>
        Assert.Null(QuoteNormalizer.Normalize(raw, Apple, Now).Suspect);
}
