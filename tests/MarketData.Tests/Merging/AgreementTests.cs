using static Quorum.MarketData.Tests.Quotes;

namespace Quorum.MarketData.Tests;

/// <summary>The rule by which enough providers agree for an answer before the others have answered.</summary>
public sealed class AgreementTests
{
    private static readonly ProviderFreshness[] Slower =
    [
        new(ProviderId.AlphaVantage, QuoteFreshness.EndOfDay),
        new(ProviderId.Eodhd, QuoteFreshness.Delayed),
    ];

    [Fact]
    public void Three_real_time_quotes_within_the_tolerance_are_a_quorum_of_three() =>
        Assert.Equal(3, CountWithPending(Live(100), null, Live(100.2m), Live(100.5m)));

    [Fact]
    public void Prices_that_span_more_than_the_tolerance_of_the_lowest_are_none() =>
        Assert.Equal(0, CountWithPending(Live(100), null, Live(100.51m)));

    [Fact]
    public void A_single_quote_is_none() => Assert.Equal(0, CountWithPending(Live(100)));

    [Fact]
    public void Delayed_quotes_are_not_counted_while_a_real_time_one_is_there() =>
        Assert.Equal(2, CountWithPending(Live(100), Delayed(100), Live(100)));

    [Fact]
    public void Delayed_quotes_wait_for_the_real_time_ones_that_can_still_come() =>
        Assert.Equal(0, CountWithPending(null, Delayed(100), null, null, null, Delayed(100)));

    [Fact]
    public void Delayed_quotes_agree_once_every_provider_of_real_time_quotes_has_failed()
    {
        var failed = ProviderId.All.Select(provider => Failed(provider)).ToArray();
        FetchOutcome[] outcomes =
        [
            failed[0],
            Ok(ProviderId.AlphaVantage, Delayed(100)),
            failed[2],
            Ok(ProviderId.Massive, Delayed(100)),
            failed[4],
            Pending(ProviderId.Eodhd),
        ];

        Assert.Equal(2, Count(outcomes));
    }

    [Fact]
    public void A_plan_of_unknown_freshness_is_expected_to_give_delayed_quotes()
    {
        FetchOutcome[] outcomes =
        [
            Ok(ProviderId.Finnhub, EndOfDay(100)),
            Ok(ProviderId.Massive, EndOfDay(100)),
            Pending(ProviderId.TwelveData),
        ];

        Assert.Equal(0, Agreement.Count(Aapl, Reference, outcomes, [new(ProviderId.TwelveData, QuoteFreshness.Unknown)], Now));
        Assert.Equal(2, Agreement.Count(Aapl, Reference, outcomes, [new(ProviderId.TwelveData, QuoteFreshness.EndOfDay)], Now));
    }

    [Fact]
    public void Stored_quotes_never_agree()
    {
        var stored = Reference with { LastKnown = [.. ProviderId.All.Select(provider => new StoredQuote(provider, Live(100)))] };

        Assert.Equal(0, Agreement.Count(Aapl, stored, [.. ProviderId.All.Select(provider => Failed(provider))], Slower, Now));
        Assert.Equal(0, CountWithPending(Live(100) with { Stale = true }, null, Live(100) with { Stale = true }));
    }

    [Fact]
    public void A_fresh_quote_that_contradicts_them_keeps_the_others_from_deciding() =>
        Assert.Equal(0, CountWithPending(Live(100), null, Live(100), Live(100), Live(101)));

    [Fact]
    public void A_fresh_quote_within_the_outlier_limit_does_not() =>
        Assert.Equal(2, CountWithPendingUnder(new MergeOptions { AgreementToleranceBps = 10 }, Live(100), null, Live(100), Live(100.4m)));

    [Fact]
    public void A_fresh_quote_in_another_unit_contradicts() =>
        Assert.Equal(0, CountWithPending(Live(100), null, Live(100), Live(100), Live(10_000)));

    [Fact]
    public void A_suspect_quote_is_not_counted_and_does_not_contradict() =>
        Assert.Equal(2, CountWithPending(Live(100), null, Live(100), Live(100) with { Suspect = "Its high is below its low." }));

    [Fact]
    public void Quotes_in_a_currency_that_a_later_one_may_overrule_are_none()
    {
        var euros = Live(100) with { Currency = CurrencyCode.Parse("EUR") };
        FetchOutcome[] outcomes = [Ok(ProviderId.Finnhub, euros), Ok(ProviderId.Massive, euros), Pending(ProviderId.Alpaca)];

        Assert.Equal(0, Agreement.Count(Aapl, new ReferenceData(), outcomes, Slower, Now));
    }

    [Fact]
    public void What_has_not_been_heard_is_pending_and_the_quote_agreed()
    {
        var quote = Merge([
            Ok(ProviderId.Finnhub, Live(100)),
            Ok(ProviderId.TwelveData, Live(100)),
            Pending(ProviderId.Eodhd),
            Failed(ProviderId.Massive),
        ]);

        Assert.Equal(Completeness.Agreed, quote.Completeness);
        Assert.Equal((4, 2), (quote.Quality.ProvidersAsked, quote.Quality.ProvidersUsed));
        Assert.Equal(["Ok", "Ok", "TimedOut", "Pending"], quote.Providers.Select(result => result.Outcome.ToString()));
    }

    private static FetchOutcome Pending(ProviderId provider) => new() { Provider = provider, Status = FetchStatus.Pending };

    private static int CountWithPending(params ProviderQuote?[] quotes) => CountWithPendingUnder(new MergeOptions(), quotes);

    /// <summary>The providers in their order, those without a quote pending.</summary>
    private static int CountWithPendingUnder(MergeOptions options, params ProviderQuote?[] quotes) =>
        Count(
            [
                .. ProviderId.All.Select(
                    (provider, i) => quotes.ElementAtOrDefault(i) is { } quote ? Ok(provider, quote) : Pending(provider)
                ),
            ],
            options
        );

    private static int Count(IReadOnlyList<FetchOutcome> outcomes, MergeOptions? options = null) =>
        Agreement.Count(Aapl, Reference, outcomes, Slower, Now, options);
}
