using System.Globalization;
using static Quorum.MarketData.Tests.Quotes;

namespace Quorum.MarketData.Tests;

/// <summary>Quotes of different sessions are not merged.</summary>
public sealed class SessionsTests
{
    [Fact]
    public void Regular_quotes_come_before_extended_ones_whatever_their_time_and_number()
    {
        var quote = Merge(
            In(SessionKind.Post, 105),
            In(SessionKind.Regular, 100) with
            {
                AsOf = Now.AddMinutes(-9),
            },
            In(SessionKind.Post, 105),
            In(SessionKind.Pre, 98)
        );

        Assert.Equal((100m, SessionKind.Regular, 1), (quote.Price, quote.Session, quote.Quality.ProvidersUsed));
        Assert.Empty(quote.Quality.Outliers);
        Assert.Empty(quote.Quality.Warnings);
        Assert.Equal(105, quote.Providers[0].Quote!.Price); // it stands beside
    }

    [Theory]
    [InlineData(SessionKind.Pre)]
    [InlineData(SessionKind.Post)]
    [InlineData(SessionKind.Closed)]
    public void An_extended_quote_gives_the_price_where_there_is_no_other(SessionKind session)
    {
        var quote = Merge(In(session, 105), In(session, 105));

        Assert.Equal((105m, session), (quote.Price, quote.Session));
    }

    [Fact]
    public void Extended_quotes_of_different_sessions_are_not_merged() =>
        Assert.Equal(
            (105m, SessionKind.Post),
            (
                Merge(In(SessionKind.Pre, 98), In(SessionKind.Post, 105)).Price,
                Merge(In(SessionKind.Pre, 98), In(SessionKind.Post, 105)).Session
            )
        );

    [Fact]
    public void A_stored_regular_quote_does_not_hide_a_live_extended_one() =>
        Assert.Equal(105, Merge(In(SessionKind.Post, 105), In(SessionKind.Regular, 100) with { Stale = true }).Price);

    [Theory]
    [InlineData(QuoteFreshness.EndOfDay, -1)]
    [InlineData(QuoteFreshness.EndOfDay, 0)]
    [InlineData(QuoteFreshness.Delayed, -1)]
    public void A_slower_close_does_not_hide_live_prices_before_the_opening(QuoteFreshness slower, int days)
    {
        var quote = Merge(
            In(SessionKind.Pre, 105),
            In(SessionKind.Regular, 100) with
            {
                Freshness = slower,
                TradingDate = Today.AddDays(days),
            },
            In(SessionKind.Pre, 105.02m),
            In(SessionKind.Pre, 105.01m)
        );

        Assert.Equal((105.01m, SessionKind.Pre, 3), (quote.Price, quote.Session, quote.Quality.ProvidersUsed));
        Assert.True(quote.Quality.Confidence > 0.8);
        Assert.Empty(quote.Quality.Outliers);
    }

    public static TheoryData<QuoteFreshness, int> RegularFirst =>
        new()
        {
            { QuoteFreshness.RealTime, -1 }, // as fast: the close as the vendor gives it now
            { QuoteFreshness.Delayed, 0 }, // of the same day: after the close
        };

    [Theory]
    [MemberData(nameof(RegularFirst))]
    public void Another_regular_quote_comes_before_extended_ones(QuoteFreshness freshness, int days)
    {
        var regular = In(SessionKind.Regular, 100) with { Freshness = freshness, TradingDate = Today.AddDays(days) };

        var quote = Merge(In(SessionKind.Post, 105), regular, In(SessionKind.Post, 105));

        Assert.Equal((100m, SessionKind.Regular), (quote.Price, quote.Session));
    }

    // Regular comes first after the close , but a slower class does not outvote a faster one (N21): what decides is whether the slower
    // price may be the close.
    [Theory]
    [InlineData("15:50", AsOfPrecision.Instant, 105)] // New York: a delayed price from within the session
    [InlineData("16:00", AsOfPrecision.Instant, 100)] // its close
    [InlineData("09:30", AsOfPrecision.Session, 100)] // of the session, at a time that is not known
    public void Just_after_the_close_a_delayed_price_comes_first_only_if_it_may_be_the_close(
        string regularAt,
        AsOfPrecision precision,
        int price
    )
    {
        var quote = QuoteMerger.Merge(
            Quotes.Aapl,
            Quotes.Reference,
            [
                Ok(ProviderId.Massive, In(SessionKind.Post, 105) with { AsOf = NewYork("16:05") }),
                Ok(ProviderId.Alpaca, In(SessionKind.Post, 105) with { AsOf = NewYork("16:05") }),
                Ok(
                    ProviderId.Eodhd,
                    In(SessionKind.Regular, 100) with
                    {
                        Freshness = QuoteFreshness.Delayed,
                        AsOf = NewYork(regularAt),
                        AsOfPrecision = precision,
                    }
                ),
            ],
            NewYork("16:05")
        );

        Assert.Equal(price, quote.Price);

        static DateTimeOffset NewYork(string time) =>
            new(Today, TimeOnly.Parse(time, CultureInfo.InvariantCulture), TimeSpan.FromHours(-4));
    }

    [Fact]
    public void A_slower_quote_of_a_time_outside_all_hours_does_not_hide_live_extended_ones()
    {
        var quote = Merge(
            In(SessionKind.Closed, 104.9m) with
            {
                Freshness = QuoteFreshness.Delayed,
            },
            In(SessionKind.Pre, 105),
            In(SessionKind.Pre, 105.02m),
            In(SessionKind.Pre, 105.01m)
        );

        Assert.Equal((105.01m, SessionKind.Pre), (quote.Price, quote.Session));
        Assert.True(quote.Quality.Confidence > 0.8);
    }

    [Fact]
    public void A_quote_of_unknown_session_counts_as_regular() =>
        Assert.Equal(
            (100.01m, SessionKind.Regular),
            (Merge(Live(100), In(SessionKind.Regular, 100.02m)).Price, Merge(Live(100), In(SessionKind.Regular, 100.02m)).Session)
        );

    [Fact]
    public void A_live_quote_of_a_time_outside_all_hours_is_compared_with_regular_ones()
    {
        var quote = Merge(
            In(SessionKind.Closed, 210.23m),
            In(SessionKind.Regular, 211.4m) with
            {
                Freshness = QuoteFreshness.EndOfDay,
                AsOf = null,
            },
            In(SessionKind.Closed, 210.19m),
            In(SessionKind.Closed, 210.22m)
        );

        Assert.InRange(quote.Price!.Value, 210.19m, 210.23m); // a price is there, or the test has failed
        Assert.True(quote.Quality.ProvidersUsed >= 3);
        Assert.True(quote.Quality.Confidence > 0.6);
        Assert.Equal(SessionKind.Closed, quote.Session); // not that of the quote of the day, which made no part of the price
    }

    [Fact]
    public void The_session_is_that_of_the_quotes_that_gave_the_price_and_not_of_others_beside_them()
    {
        var (slower, stored) = (In(SessionKind.Regular, 210.2m), In(SessionKind.Regular, 210.2m) with { Stale = true });
        ProviderQuote[][] beside =
        [
            [slower with { Freshness = QuoteFreshness.Delayed }],
            [slower with { Freshness = QuoteFreshness.EndOfDay, AsOf = null }],
            [stored],
            [In(SessionKind.Regular, 250m)], // an outlier
            [slower with { Suspect = "future-time" }],
        ];
        foreach (var others in beside)
        {
            var quote = Merge([
                In(SessionKind.Closed, 210.23m),
                In(SessionKind.Closed, 210.2m),
                In(SessionKind.Closed, 210.21m),
                .. others,
            ]);

            Assert.Equal(SessionKind.Closed, quote.Session);
            Assert.All(
                quote.Provenance["price"].From,
                provider => Assert.Equal(quote.Session, quote.Providers.Single(result => result.Id == provider).Quote!.Session)
            );
        }
    }

    [Fact]
    public void Of_two_fresh_quotes_that_do_not_agree_the_session_is_that_of_the_newer()
    {
        var older = In(SessionKind.Regular, 250m) with { AsOf = Now.AddMinutes(-1) };

        var quote = Merge(older, In(SessionKind.Closed, 210m) with { AsOf = Now });

        Assert.Equal((210m, SessionKind.Closed), (quote.Price, quote.Session));
    }

    [Fact]
    public void Without_any_known_session_the_answer_names_none() => Assert.Null(Merge(Live(100)).Session);

    private static DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

    private static ProviderQuote In(SessionKind session, decimal price) => Live(price) with { Session = session, TradingDate = Today };
}
