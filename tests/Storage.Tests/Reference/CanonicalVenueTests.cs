using Quorum.MarketData;

namespace Quorum.Storage.Tests.Reference;

public sealed class CanonicalVenueTests
{
    [Theory]
    [InlineData("AAPL", "AAPL")]
    [InlineData("AAPL:XNAS", "AAPL")]
    [InlineData("BRK.B:XNYS", "BRK.B")]
    [InlineData("SPY:ARCX", "SPY")]
    [InlineData("MSFT:XNGS", "MSFT")]
    [InlineData("VOD:XLON", "VOD:XLON")]
    [InlineData("SAP:XETA", "SAP:XETR")]
    [InlineData("ABC:ZZZZ", "ABC:ZZZZ")]
    public void A_US_listing_has_no_venue_and_any_other_its_operating_venue(string given, string canonical) =>
        Assert.Equal(canonical, CanonicalVenue.Of(Symbol.Parse(given)).ToString());
}
