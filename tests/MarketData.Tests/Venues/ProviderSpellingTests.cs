namespace Quorum.MarketData.Tests;

/// <summary>Rule N20: what the reference data lack is asked for in each provider's spelling of the venue.</summary>
public sealed class ProviderSpellingTests
{
    [Theory]
    [InlineData("ITV:XLON", "ITV.L", "ITV.LON", "ITV:LSE", null, null, "ITV.LSE")]
    [InlineData("BT.A:XLON", "BT-A.L", "BT-A.LON", "BT.A:LSE", null, null, "BT-A.LSE")]
    [InlineData("SAP:XETR", "SAP.DE", "SAP.DEX", "SAP:XETR", null, null, "SAP.XETRA")]
    [InlineData("ENI:XMIL", "ENI.MI", "ENI.MIL", "ENI:XMIL", null, null, "ENI.MI")]
    [InlineData("RYA:XDUB", "RYA.IR", null, "RYA:XMSM", null, null, "RYA.IR")]
    [InlineData("6501:XTKS", "6501.T", null, "6501:JPX", null, null, "6501.TSE")]
    [InlineData("TEVA:XTAE", "TEVA.TA", null, "TEVA:XTAE", null, null, "TEVA.TA")]
    [InlineData("NBK:XKUW", "NBK.KW", null, "NBK:XKUW", null, null, null)]
    [InlineData("BCP:XLIM", null, null, "BCP:XLIM", null, null, "BCP.LIM")]
    [InlineData("F", "F", "F", "F", "F", "F", "F.US")]
    [InlineData("LEN.B", "LEN.B", "LEN-B", "LEN.B", "LEN.B", "LEN.B", "LEN-B.US")]
    [InlineData("BAC.PRL", "BAC.PRL", "BAC-P-L", "BAC.PRL", "BACpL", "BAC.PRL", "BAC-PL.US")]
    [InlineData("ABC.WS", "ABC.WS", "ABC-WS", "ABC.WS", "ABC.WS", "ABC.WS", "ABC-WT.US")]
    [InlineData("ABC.WS.A", "ABC.WS.A", "ABC-WS-A", "ABC.WS.A", "ABC.WS.A", "ABC.WS.A", "ABC-WTA.US")]
    [InlineData("ABC.U", "ABC.U", "ABC-U", "ABC.U", "ABC.U", "ABC.U", "ABC-UN.US")]
    [InlineData("FOO:ZZZZ", null, null, null, null, null, null)]
    public void N20_A_symbol_has_each_providers_spelling(string symbol, params string?[] spellings) =>
        Assert.Equal(spellings, ProviderId.All.Select(provider => ProviderSpelling.Of(provider, Symbol.Parse(symbol))));

    [Fact]
    public void N20_Every_venue_is_listed_by_a_provider_or_by_none_on_purpose() =>
        Assert.Equal(["AQSE"], Venue.All.Where(venue => !ProviderId.All.Any(venue.IsListedBy)).Select(venue => venue.ToString()));
}
