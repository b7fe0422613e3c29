using Quorum.MarketData;

namespace Quorum.Providers.Tests;

public sealed class BestFreshnessTests
{
    [Theory]
    [InlineData("finnhub", null, QuoteFreshness.RealTime)]
    [InlineData("alpha-vantage", null, QuoteFreshness.EndOfDay)]
    [InlineData("alpha-vantage", "delayed", QuoteFreshness.Delayed)]
    [InlineData("alpha-vantage", "realtime", QuoteFreshness.RealTime)]
    [InlineData("twelve-data", null, QuoteFreshness.RealTime)]
    [InlineData("massive", "basic", QuoteFreshness.EndOfDay)]
    [InlineData("massive", "starter", QuoteFreshness.Delayed)]
    [InlineData("massive", null, QuoteFreshness.RealTime)]
    [InlineData("alpaca", null, QuoteFreshness.RealTime)]
    [InlineData("alpaca", "delayed", QuoteFreshness.Delayed)]
    [InlineData("eodhd", null, QuoteFreshness.Delayed)]
    public async Task The_plan_says_how_fresh_quotes_are_at_best(string id, string? plan, QuoteFreshness freshness)
    {
        Assert.True(ProviderId.TryParse(id, out var provider));
        await using var fleet = new FleetUnderTest(
            time: null,
            (provider.SettingsName + ":Plan", plan),
            (provider.SettingsName + ":ApiKey", "a-key"),
            ("Alpaca:ApiSecret", "a-secret")
        );

        Assert.Equal(freshness, fleet.Fleet.BestFreshness(Listings.Aapl(provider)));
    }

    [Fact]
    public async Task Outside_the_United_States_Twelve_Data_does_not_say()
    {
        await using var fleet = new FleetUnderTest(time: null, ("TwelveData:ApiKey", "a-key"));
        var listing = Listings.Aapl(ProviderId.TwelveData) with { Symbol = Symbol.Parse("VOD:XLON") };

        Assert.Equal(QuoteFreshness.Unknown, fleet.Fleet.BestFreshness(listing));
    }
}
