using Quorum.Functions.Quotes;
using Quorum.MarketData;

namespace Quorum.Functions.Tests.Quotes;

public sealed class ProviderCallLimitsTests
{
    [Theory]
    [InlineData(FetchStatus.UnknownSymbol, FetchStatus.UnknownSymbol, 2)]
    [InlineData(FetchStatus.UnknownSymbol, FetchStatus.TimedOut, 1)]
    [InlineData(FetchStatus.UnknownSymbol, FetchStatus.NoPrice, 0)]
    [InlineData(FetchStatus.TimedOut, FetchStatus.NotCovered, 0)]
    public void Calls_for_a_symbol_that_no_provider_knows_are_counted_from_the_quote_they_led_to(
        FetchStatus first,
        FetchStatus second,
        int calls
    ) => Assert.Equal(calls, Count(null, Samples.Result(ProviderId.Finnhub, first), Samples.Result(ProviderId.Eodhd, second)));

    [Fact]
    public void A_symbol_with_a_price_costs_nothing() =>
        Assert.Equal(
            0,
            Count(
                187.21m,
                Samples.Result(ProviderId.Finnhub, FetchStatus.UnknownSymbol),
                Samples.Result(ProviderId.Eodhd, FetchStatus.Ok, 187.21m)
            )
        );

    [Fact]
    public void An_unknown_symbol_that_is_remembered_is_no_call() =>
        Assert.Equal(0, Count(null, Samples.Result(ProviderId.Finnhub, FetchStatus.UnknownSymbol) with { Attempts = 0 }));

    private static int Count(decimal? price, params ProviderResult[] results) =>
        ProviderCallLimits.CountUnknownCalls(Samples.Published(Samples.Consolidated("NOSUCH", price, results), "instance", Samples.Noon));
}
