using static Quorum.MarketData.Tests.Quotes;

namespace Quorum.MarketData.Tests;

/// <summary>The fallback for a provider without an answer, and the completeness of the quote with it.</summary>
public sealed class CompletenessTests
{
    [Fact]
    public void With_a_quote_of_every_provider_asked_an_answer_is_complete()
    {
        var quote = Merge([
            Ok(ProviderId.TwelveData, Live(100)),
            Failed(ProviderId.Massive, FetchStatus.NotCovered),
            Failed(ProviderId.Alpaca, FetchStatus.Disabled),
            Ok(ProviderId.Finnhub, Live(100)),
        ]);

        Assert.Equal(Completeness.Complete, quote.Completeness);
        Assert.Equal((2, 2), (quote.Quality.ProvidersAsked, quote.Quality.ProvidersUsed));
        Assert.Equal(["finnhub", "twelve-data", "massive", "alpaca"], quote.Providers.Select(result => result.Id.ToString()));
    }

    [Fact]
    public void With_some_it_is_partial_and_each_failure_is_listed()
    {
        var quote = Merge([
            Ok(ProviderId.Finnhub, Live(100)),
            Failed(ProviderId.Eodhd, FetchStatus.RateLimited) with
            {
                RetryAfterSeconds = 12,
            },
        ]);

        Assert.Equal(Completeness.Partial, quote.Completeness);
        var eodhd = quote.Providers[1];
        Assert.Equal(
            (FetchStatus.RateLimited, 12d, 180d, 1, "It did not answer in time.", false, null),
            (eodhd.Outcome, eodhd.RetryAfterSeconds, eodhd.LatencyMs, eodhd.Attempts, eodhd.Detail, eodhd.FromStore, eodhd.Quote)
        );
    }

    [Fact]
    public void With_stored_quotes_alone_it_is_stale()
    {
        var quote = Merge([Failed(ProviderId.Finnhub), Failed(ProviderId.Eodhd)], WithStored(ProviderId.Eodhd, Now.AddHours(-2)));

        Assert.Equal((Completeness.Stale, 99m), (quote.Completeness, quote.Price));
        Assert.Equal((2, 1), (quote.Quality.ProvidersAsked, quote.Quality.ProvidersUsed));
    }

    [Fact]
    public void With_no_provider_called_it_is_stale() =>
        Assert.Equal(Completeness.Stale, Merge([Failed(ProviderId.Alpaca, FetchStatus.NotCovered)]).Completeness);

    [Fact]
    public void With_suspect_quotes_alone_it_is_stale() =>
        Assert.Equal(Completeness.Stale, Merge(Live(100) with { Suspect = "Its high is below its low." }).Completeness);

    [Theory]
    [InlineData(FetchStatus.TimedOut)]
    [InlineData(FetchStatus.RateLimited)]
    [InlineData(FetchStatus.CircuitOpen)]
    [InlineData(FetchStatus.UnknownSymbol)]
    [InlineData(FetchStatus.NoPrice)]
    [InlineData(FetchStatus.InvalidKey)]
    public void The_last_known_quote_of_a_provider_without_an_answer_stands_in_marked_stale(FetchStatus status)
    {
        var quote = Merge([Failed(ProviderId.Eodhd, status)], WithStored(ProviderId.Eodhd, Now.AddHours(-2)));

        var eodhd = Assert.Single(quote.Providers);
        Assert.Equal((status, true, true, 99m), (eodhd.Outcome, eodhd.FromStore, eodhd.Quote!.Stale, eodhd.Quote.Price));
    }

    [Theory]
    [InlineData(FetchStatus.NotCovered)]
    [InlineData(FetchStatus.Disabled)]
    public void Nothing_stands_in_for_a_provider_that_is_not_to_be_asked(FetchStatus status) =>
        Assert.Null(
            Assert.Single(Merge([Failed(ProviderId.Eodhd, status)], WithStored(ProviderId.Eodhd, Now.AddHours(-2))).Providers).Quote
        );

    [Fact]
    public void An_answer_without_a_price_but_with_a_previous_close_is_kept()
    {
        var received = Live(null) with { PreviousClose = 216 };

        var quote = Merge(
            [Failed(ProviderId.Eodhd, FetchStatus.NoPrice) with { Quote = received }],
            WithStored(ProviderId.Eodhd, Now.AddHours(-2))
        );

        Assert.Equal((received, false), (quote.Providers[0].Quote, quote.Providers[0].FromStore));
        Assert.Equal((null, 216m), (quote.Price, quote.PreviousClose));
    }

    [Fact]
    public void A_stored_quote_without_a_price_does_not_stand_in() =>
        Assert.Null(
            Merge([Failed(ProviderId.Eodhd)], new ReferenceData { LastKnown = [new(ProviderId.Eodhd, Live(null))] }).Providers[0].Quote
        );

    [Theory]
    [InlineData("2025-06-17 18:00", "2025-06-18 19:00", false)] // 25 hours
    [InlineData("2025-06-17 19:30", "2025-06-18 19:00", true)]
    [InlineData("2025-06-18 19:00", "2025-06-20 13:00", true)] // the 19th is a holiday: the session of the 18th is still the last
    [InlineData("2025-06-20 19:00", "2025-06-22 23:00", true)] // Sunday evening
    [InlineData("2025-06-20 19:00", "2025-06-23 14:00", true)] // Monday morning: the weekend does not count
    [InlineData("2025-06-20 19:00", "2025-06-23 19:30", false)] // Monday afternoon
    [InlineData("2025-06-13 19:00", "2025-06-22 12:00", false)]
    [InlineData("2015-06-13 19:00", "2025-06-22 12:00", false)]
    [InlineData("2025-06-18 19:05", "2025-06-18 19:00", true)] // another process' clock is ahead
    public void A_stored_quote_stands_in_for_a_day_in_which_its_venue_could_trade(string receivedAt, string now, bool standsIn)
    {
        var merged = QuoteMerger.Merge(Aapl, WithStored(ProviderId.Eodhd, Utc.At(receivedAt)), [Failed(ProviderId.Eodhd)], Utc.At(now));

        Assert.Equal(standsIn, merged.Providers[0].FromStore);
    }

    [Fact]
    public void How_long_a_stored_quote_stands_in_can_be_set()
    {
        var options = new MergeOptions { StandInMaxAge = TimeSpan.FromMinutes(10) };

        Assert.False(Merge([Failed(ProviderId.Eodhd)], WithStored(ProviderId.Eodhd, Now.AddMinutes(-11)), options).Providers[0].FromStore);
        Assert.True(Merge([Failed(ProviderId.Eodhd)], WithStored(ProviderId.Eodhd, Now.AddMinutes(-9)), options).Providers[0].FromStore);
    }

    private static ReferenceData WithStored(ProviderId provider, DateTimeOffset receivedAt) =>
        Reference with
        {
            LastKnown = [new StoredQuote(provider, Live(99) with { ReceivedAt = receivedAt, AsOf = receivedAt })],
        };
}
