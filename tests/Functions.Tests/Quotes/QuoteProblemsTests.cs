using System.Net;
using Quorum.Functions.Quotes;
using Quorum.MarketData;

namespace Quorum.Functions.Tests.Quotes;

public sealed class QuoteProblemsTests
{
    [Theory]
    [InlineData(FetchStatus.UnknownSymbol, FetchStatus.UnknownSymbol)]
    [InlineData(FetchStatus.UnknownSymbol, FetchStatus.TimedOut)]
    [InlineData(FetchStatus.UnknownSymbol, FetchStatus.NotCovered)]
    [InlineData(FetchStatus.UnknownSymbol, FetchStatus.Disabled)]
    [InlineData(FetchStatus.NotCovered, FetchStatus.NotCovered)]
    public void A_symbol_that_all_who_answered_deny_is_unknown(FetchStatus first, FetchStatus second)
    {
        var problem = QuoteProblems.WithoutPrice(Quote(first, second), "instance", "trace");

        Assert.Equal(HttpStatusCode.NotFound, problem.Status);
        Assert.Equal("urn:quorum:problem:unknown-symbol", problem.Type);
        Assert.Null(problem.RetryAfterSeconds);
        Assert.Equal(2, problem.Providers!.Count);
    }

    [Theory]
    [InlineData(FetchStatus.UnknownSymbol, FetchStatus.NoPrice)]
    [InlineData(FetchStatus.TimedOut, FetchStatus.ServerError)]
    [InlineData(FetchStatus.TimedOut, FetchStatus.NotCovered)]
    [InlineData(FetchStatus.Disabled, FetchStatus.Disabled)]
    public void A_symbol_that_may_be_known_is_unavailable(FetchStatus first, FetchStatus second)
    {
        var problem = QuoteProblems.WithoutPrice(Quote(first, second), "instance", "trace");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, problem.Status);
        Assert.Equal(1, problem.RetryAfterSeconds);
    }

    [Fact]
    public void A_symbol_of_the_reference_data_is_never_unknown() =>
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable,
            QuoteProblems
                .WithoutPrice(Quote(FetchStatus.UnknownSymbol, FetchStatus.UnknownSymbol) with { Name = "Apple Inc." }, "i", "t")
                .Status
        );

    [Fact]
    public void An_instrument_that_none_of_the_providers_asked_lists_is_not_covered() =>
        Assert.Equal(
            "urn:quorum:problem:not-covered",
            QuoteProblems.WithoutPrice(Quote(FetchStatus.NotCovered, FetchStatus.NotCovered) with { Name = "Vodafone" }, "i", "t").Type
        );

    [Fact]
    public void Who_may_be_asked_again_first_sets_the_time_to_retry()
    {
        var quote = Samples.Consolidated(
            "AAPL",
            null,
            Samples.Result(ProviderId.Finnhub, FetchStatus.RateLimited, retryAfter: 40.2),
            Samples.Result(ProviderId.Alpaca, FetchStatus.RateLimited, retryAfter: 2.1),
            Samples.Result(ProviderId.Eodhd, FetchStatus.QuotaExhausted, retryAfter: -5)
        );

        Assert.Equal(3, QuoteProblems.WithoutPrice(quote, "i", "t").RetryAfterSeconds);
    }

    private static ConsolidatedQuote Quote(FetchStatus first, FetchStatus second) =>
        Samples.Consolidated("NOSUCH", null, Samples.Result(ProviderId.Finnhub, first), Samples.Result(ProviderId.Eodhd, second));
}
