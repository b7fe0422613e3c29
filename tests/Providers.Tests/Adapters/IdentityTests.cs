using Quorum.MarketData;

namespace Quorum.Providers.Tests;

/// <summary>N25: an answer about a listing elsewhere is not the one that was asked for, whatever its currency.</summary>
public class IdentityTests
{
    [Theory]
    [InlineData("AAPL", "XNGS", null, true)] // a segment of Nasdaq
    [InlineData("AAPL", "XNYS", null, true)] // the United States are one market
    [InlineData("AAPL", "BATS", null, true)]
    [InlineData("AAPL", null, "NASDAQ", true)]
    [InlineData("AAPL", null, null, true)]
    [InlineData("AAPL", "QZX9", "Nowhere", true)] // not known: says nothing
    [InlineData("AAPL", "XLIM", "BVL", false)]
    [InlineData("AAPL", "XLON", "LSE", false)]
    [InlineData("AAPL", "XMEX", "BMV", false)]
    [InlineData("AAPL", null, "bvl", false)]
    [InlineData("AAPL", "QZX9", "XETRA", false)]
    [InlineData("VOD:XLON", "XLON", "LSE", true)]
    [InlineData("VOD:XLON", null, "LSE", true)]
    [InlineData("VOD:XLON", "XNGS", "NASDAQ", false)]
    [InlineData("VOD:XLON", "XETR", null, false)]
    [InlineData("AIR:XPAR", null, "Euronext", true)] // a name that several venues share
    [InlineData("AIR:XPAR", "XAMS", "Euronext", false)]
    [InlineData("SAP:XETR", "XETA", null, true)]
    [InlineData("SAP:XETR", "XFRA", "FSX", false)]
    public void N25_The_venue_that_an_answer_names_must_be_the_one_asked_for(string symbol, string? mic, string? exchange, bool isTheOne)
    {
        var asked = Symbol.Parse(symbol);
        var listing = new ProviderListing
        {
            Provider = ProviderId.TwelveData,
            Symbol = asked,
            ProviderSymbol = asked.Ticker,
            Venue = asked.Venue,
        };

        Assert.Equal(!isTheOne, Identity.IsAnotherVenue(listing, mic, exchange));
    }

    [Theory]
    [InlineData("alpha-vantage", "\"AAPL\"", "\"Aapl\"")]
    [InlineData("twelve-data", "\"AAPL\"", "\"aapl\"")]
    [InlineData("massive", "\"AAPL\"", "\"AApL\"")]
    [InlineData("alpaca", "\"AAPL\"", "\"aAPL\"")]
    [InlineData("eodhd", "\"AAPL.US\"", "\"AaPL.US\"")]
    [InlineData("eodhd", "\"AAPL.US\"", "\"aapl\"")]
    public void N25_A_symbol_in_another_case_is_another_instrument(string provider, string asked, string answered)
    {
        var id = Successes.Parse(provider);
        var body = Successes.Of(id);
        Assert.Contains(asked, body, StringComparison.Ordinal);

        Assert.Equal(
            FetchStatus.MalformedResponse,
            RecordedAnswer.Ok(body.Replace(asked, answered, StringComparison.Ordinal)).Judge(Listings.Aapl(id)).Status
        );
    }
}
