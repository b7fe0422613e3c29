using Quorum.MarketData;

namespace Quorum.Providers.Tests;

/// <summary>The requests for a currency pair at each provider. The books of recorded answers have the answers.</summary>
public class CurrencyPairTests
{
    [Theory]
    [InlineData("finnhub", "paid", "https://finnhub.io/api/v1/forex/rates?base=EUR")]
    [InlineData(
        "alpha-vantage",
        "realtime",
        "https://www.alphavantage.co/query?function=CURRENCY_EXCHANGE_RATE&from_currency=EUR&to_currency=USD&apikey=key"
    )]
    [InlineData("twelve-data", "basic", "https://api.twelvedata.com/quote?symbol=EUR%2FUSD")]
    [InlineData("massive", "advanced", "https://api.massive.com/v2/snapshot/locale/global/markets/forex/tickers/C%3AEURUSD")]
    [InlineData("massive", "basic", "https://api.massive.com/v2/aggs/ticker/C%3AEURUSD/prev")]
    [InlineData("eodhd", "paid", "https://eodhd.com/api/real-time/EURUSD.FOREX?fmt=json&api_token=key")]
    public void A_pair_is_asked_for_at_the_providers_address_for_currencies(string provider, string plan, string address)
    {
        var id = Successes.Parse(provider);
        using var request = TestAdapters.Of(id, plan).CreateRequest(Listings.Pair(id, "EURUSD"));

        Assert.Equal(address, request.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public void Alpaca_is_not_asked_for_currencies() => Assert.Null(ProviderSpelling.Of(ProviderId.Alpaca, Symbol.Parse("EURUSD")));

    [Fact]
    public void Massive_has_no_batch_of_pairs_and_the_others_take_them_with_shares()
    {
        Assert.False(((IBatchAdapter)TestAdapters.Of(ProviderId.Massive)).IsBatchable(Listings.Pair(ProviderId.Massive, "EURUSD")));
        Assert.True(((IBatchAdapter)TestAdapters.Of(ProviderId.TwelveData)).IsBatchable(Listings.Pair(ProviderId.TwelveData, "EURUSD")));
        Assert.True(((IBatchAdapter)TestAdapters.Of(ProviderId.Eodhd)).IsBatchable(Listings.Pair(ProviderId.Eodhd, "EURUSD")));
    }

    [Theory]
    [InlineData("finnhub", "paid", QuoteFreshness.Unknown)]
    [InlineData("alpha-vantage", "free", QuoteFreshness.RealTime)]
    [InlineData("twelve-data", "basic", QuoteFreshness.RealTime)]
    [InlineData("massive", "advanced", QuoteFreshness.RealTime)]
    [InlineData("massive", "basic", QuoteFreshness.EndOfDay)]
    [InlineData("eodhd", "paid", QuoteFreshness.Delayed)]
    public void The_best_freshness_of_a_pair_is_the_providers_for_currencies(string provider, string plan, QuoteFreshness freshness)
    {
        var id = Successes.Parse(provider);

        Assert.Equal(freshness, TestAdapters.Of(id, plan).BestFreshness(Listings.Pair(id, "EURUSD")));
    }
}
