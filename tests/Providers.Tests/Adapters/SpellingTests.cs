using Quorum.MarketData;

namespace Quorum.Providers.Tests;

public class SpellingTests
{
    [Theory]
    [InlineData("finnhub", "BRK.B", "BRK.B")]
    [InlineData("alpha-vantage", "BRK.B", "BRK-B")]
    [InlineData("twelve-data", "BRK.B", "BRK.B")]
    [InlineData("massive", "BRK.B", "BRK.B")]
    [InlineData("alpaca", "BRK.B", "BRK.B")]
    [InlineData("eodhd", "BRK.B", "BRK-B.US")]
    [InlineData("eodhd", "AAPL:XNAS", "AAPL.US")]
    [InlineData("massive", "AAPL:XNYS", "AAPL")]
    [InlineData("finnhub", "VOD:XLON", "VOD.L")]
    [InlineData("alpha-vantage", "VOD:XLON", "VOD.LON")]
    [InlineData("twelve-data", "VOD:XLON", "VOD:XLON")]
    [InlineData("massive", "VOD:XLON", null)]
    [InlineData("alpaca", "VOD:XLON", null)]
    [InlineData("eodhd", "VOD:XLON", "VOD.LSE")]
    [InlineData("finnhub", "SAP:XETR", "SAP.DE")]
    [InlineData("alpha-vantage", "SAP:XETR", "SAP.DEX")]
    [InlineData("eodhd", "SAP:XETR", "SAP.XETRA")]
    [InlineData("eodhd", "0700:XHKG", "0700.HK")]
    [InlineData("eodhd", "BT.A:XLON", "BT-A.LSE")]
    [InlineData("alpha-vantage", "7203:XTKS", null)]
    [InlineData("eodhd", "FOO:ZZZZ", null)]
    public void A_symbol_has_each_providers_spelling(string provider, string symbol, string? expected) =>
        Assert.Equal(expected, TestAdapters.Of(Successes.Parse(provider)).Spell(Symbol.Parse(symbol)));
}
