using Quorum.Functions.Batches;
using Quorum.Functions.Tests.Quotes;
using Quorum.MarketData;
using Quorum.Storage;

namespace Quorum.Functions.Tests.Batches;

public sealed class ItemVerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 15, 0, 0, TimeSpan.Zero);

    [Fact]
    public void One_provider_that_answers_is_enough() =>
        Assert.Equal("Done", Verdict(Quote(10m, Completeness.Partial, FetchStatus.Ok, FetchStatus.TimedOut, FetchStatus.QuotaExhausted)));

    [Fact]
    public void What_every_provider_denies_is_unknown_at_once() =>
        Assert.Equal("Failed unknown-symbol", Verdict(Quote(null, Completeness.Stale, FetchStatus.UnknownSymbol, FetchStatus.TimedOut)));

    [Theory]
    [InlineData(0, "Pending in 5 s, counted")]
    [InlineData(1, "Pending in 20 s, counted")]
    [InlineData(2, "Failed no-quote")]
    public void Trouble_that_may_pass_is_waited_for_so_many_times(int tries, string verdict) =>
        Assert.Equal(verdict, Verdict(Quote(null, Completeness.Stale, FetchStatus.ServerError, FetchStatus.CircuitOpen), tries));

    [Theory]
    [InlineData(0, "Pending in 5 s, counted")]
    [InlineData(2, "Done")]
    public void A_stored_price_does_only_in_the_end(int tries, string verdict) =>
        Assert.Equal(verdict, Verdict(Quote(10m, Completeness.Stale, FetchStatus.TimedOut), tries));

    [Theory]
    [InlineData(30, "Pending in 30 s, ")]
    [InlineData(80_000, "Pending in 3600 s, ")]
    public void A_quota_is_waited_for_as_long_as_it_takes(double seconds, string verdict) =>
        Assert.Equal(
            verdict,
            Verdict(Quote(null, Completeness.Stale, seconds, FetchStatus.QuotaExhausted, FetchStatus.ServerError), tries: 99)
        );

    [Fact]
    public void A_stored_price_does_rather_than_a_days_wait() =>
        Assert.Equal("Done", Verdict(Quote(10m, Completeness.Stale, 80_000, FetchStatus.QuotaExhausted)));

    [Fact]
    public void What_asking_again_cannot_mend_fails_at_once() =>
        Assert.Equal(
            "Failed no-quote",
            Verdict(Quote(null, Completeness.Stale, FetchStatus.InvalidKey, FetchStatus.NoPrice, FetchStatus.PlanRestricted))
        );

    private static string Verdict(ConsolidatedQuote quote, int tries = 0)
    {
        var item = ItemVerdict.Of(1, tries, quote, "b.1", Now, new BatchOptions());
        Assert.Equal(item.Status is BatchItemStatus.Done ? "b.1" : null, item.QuoteId);
        Assert.Equal(item.Status is BatchItemStatus.Failed, item.Detail is { Length: > 0 });
        return item.NotBefore is { } then ? $"{item.Status} in {(then - Now).TotalSeconds} s, {(item.CountsAsTry ? "counted" : "")}"
            : item.Reason is null ? $"{item.Status}"
            : $"{item.Status} {item.Reason}";
    }

    private static ConsolidatedQuote Quote(decimal? price, Completeness completeness, params FetchStatus[] outcomes) =>
        Quote(price, completeness, null, outcomes);

    private static ConsolidatedQuote Quote(decimal? price, Completeness completeness, double? retryAfter, params FetchStatus[] outcomes) =>
        Samples.Consolidated(
            "ZZZZ",
            price,
            [
                .. outcomes.Select(
                    (outcome, place) =>
                        Samples.Result(ProviderId.All[place], outcome, outcome is FetchStatus.Ok ? price : null) with
                        {
                            RetryAfterSeconds = retryAfter,
                        }
                ),
            ]
        ) with
        {
            Completeness = completeness,
        };
}
