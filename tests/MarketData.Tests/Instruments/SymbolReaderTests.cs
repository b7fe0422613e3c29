using System.Reflection;
using System.Text.RegularExpressions;

namespace Quorum.MarketData.Tests;

/// <summary>Rules N20 and N25: every spelling of an instrument means one canonical symbol, or is refused with the right one.</summary>
public sealed class SymbolReaderTests
{
    private static readonly Known Reference = new();

    [Theory]
    [InlineData("AAPL", "AAPL")]
    [InlineData("aapl", "AAPL")]
    [InlineData("Aapl", "AAPL")]
    [InlineData("aApL", "AAPL")]
    [InlineData("Ma", "MA")]
    [InlineData("T0001", "T0001")]
    [InlineData("AAPL:XNAS", "AAPL")]
    [InlineData("AAPL:XNYS", "AAPL")]
    [InlineData("AAPL:XNGS", "AAPL")]
    [InlineData("vod:xlon", "VOD:XLON")]
    [InlineData("Vod:Xlon", "VOD:XLON")]
    public void A_ticker_with_an_optional_venue_is_read_in_any_case(string text, string symbol) => AssertMeans(symbol, text);

    [Theory]
    [InlineData("SAP:XETA", "SAP:XETR")]
    [InlineData("VOD:AIMX", "VOD:XLON")]
    [InlineData("ENI:MTAA", "ENI:XMIL")]
    [InlineData("7203:XJPX", "7203:XTKS")]
    [InlineData("SAN:BMEX", "SAN:XMAD")]
    [InlineData("RYA:XMSM", "RYA:XDUB")]
    public void N20_A_segment_means_its_operating_venue(string text, string symbol) => AssertMeans(symbol, text);

    [Theory]
    [InlineData("VOD.L", "VOD:XLON")]
    [InlineData("vod.l", "VOD:XLON")]
    [InlineData("ITV.L", "ITV:XLON")]
    [InlineData("SAP.DE", "SAP:XETR")]
    [InlineData("7203.T", "7203:XTKS")]
    [InlineData("0700.HK", "0700:XHKG")]
    [InlineData("700.HK", "0700:XHKG")]
    [InlineData("MC.PA", "MC:XPAR")]
    [InlineData("ASML.AS", "ASML:XAMS")]
    [InlineData("NESN.SW", "NESN:XSWX")]
    [InlineData("SHOP.TO", "SHOP:XTSE")]
    [InlineData("REI-UN.TO", "REI.UN:XTSE")]
    [InlineData("ABC.V", "ABC:XTSX")]
    [InlineData("BMW.F", "BMW:XFRA")]
    [InlineData("BHP.AX", "BHP:XASX")]
    [InlineData("ENI.MI", "ENI:XMIL")]
    [InlineData("VOLV-B.ST", "VOLV.B:XSTO")]
    [InlineData("NOVO-B.CO", "NOVO.B:XCSE")]
    [InlineData("NPN.JO", "NPN:XJSE")]
    [InlineData("TEVA.TA", "TEVA:XTAE")]
    [InlineData("005930.KS", "005930:XKRX")]
    [InlineData("600519.SS", "600519:XSHG")]
    [InlineData("BAJAJ-AUTO.NS", "BAJAJ-AUTO:XNSE")]
    [InlineData("PETR4.SA", "PETR4:BVMF")]
    [InlineData("BT-A.L", "BT.A:XLON")]
    [InlineData("CEZ.PR", "CEZ:XPRA")]
    public void N20_A_suffix_of_Yahoo_or_Finnhub_means_its_venue(string text, string symbol) => AssertMeans(symbol, text);

    [Theory]
    [InlineData("VOD.LSE", "VOD:XLON")]
    [InlineData("SAP.XETRA", "SAP:XETR")]
    [InlineData("AAPL.US", "AAPL")]
    [InlineData("BRK-B.US", "BRK.B")]
    [InlineData("BAC-PL.US", "BAC.PRL")]
    [InlineData("BHP.AU", "BHP:XASX")]
    [InlineData("NPN.JSE", "NPN:XJSE")]
    [InlineData("VOD.LON", "VOD:XLON")]
    [InlineData("SAP.DEX", "SAP:XETR")]
    [InlineData("ENB.TRT", "ENB:XTSE")]
    [InlineData("RELIANCE.BSE", "RELIANCE:XBOM")]
    [InlineData("MSFT.OQ", "MSFT")]
    [InlineData("AAPL.O", "AAPL")]
    [InlineData("IBM.N", "IBM")]
    public void N20_A_suffix_of_EODHD_Alpha_Vantage_or_Reuters_means_its_venue(string text, string symbol) => AssertMeans(symbol, text);

    [Theory]
    [InlineData("VOD LN", "VOD:XLON")]
    [InlineData("vod ln equity", "VOD:XLON")]
    [InlineData("SAP GY", "SAP:XETR")]
    [InlineData("MC FP", "MC:XPAR")]
    [InlineData("700 HK", "0700:XHKG")]
    [InlineData("7203 JP", "7203:XTKS")]
    [InlineData("AAPL US", "AAPL")]
    [InlineData("BRK/B US", "BRK.B")]
    [InlineData("BT/A LN", "BT.A:XLON")]
    [InlineData("BP/ LN", "BP:XLON")]
    public void N20_A_Bloomberg_code_means_its_venue(string text, string symbol) => AssertMeans(symbol, text);

    [Theory]
    [InlineData("BRK.B", "BRK.B")]
    [InlineData("BRK-B", "BRK.B")]
    [InlineData("BRK/B", "BRK.B")]
    [InlineData("BF.A", "BF.A")]
    [InlineData("LEN.B", "LEN.B")]
    [InlineData("ABC.C", "ABC.C")]
    [InlineData("ABC.K", "ABC.K")]
    [InlineData("ABC.W", "ABC.W")]
    [InlineData("ABC.U", "ABC.U")]
    [InlineData("ABC-U", "ABC.U")]
    [InlineData("ABC-UN", "ABC.U")]
    [InlineData("CLASS.V", "CLASS.V")] // the reference data know this class; elsewhere .V is the TSX Venture Exchange
    public void N20_A_single_letter_is_the_US_class(string text, string symbol) => AssertMeans(symbol, text);

    [Theory]
    [InlineData("BAC.PRL")]
    [InlineData("bac.prl")]
    [InlineData("BAC.PR.L")]
    [InlineData("BACpL")]
    [InlineData("BAC-PL")]
    [InlineData("BAC-P-L")]
    [InlineData("BAC/PL")]
    [InlineData("BAC/PRL")]
    [InlineData("BAC-PRL:XNYS")]
    public void A_preferred_has_one_canonical_form(string text) => AssertMeans("BAC.PRL", text);

    [Theory]
    [InlineData("TpC", "T.PRC")]
    [InlineData("TPC", "TPC")]
    [InlineData("tpc", "TPC")]
    public void N25_Case_tells_a_preferred_from_a_ticker(string text, string symbol) => AssertMeans(symbol, text);

    [Theory]
    [InlineData("ABC.WS", "ABC.WS")]
    [InlineData("ABC-WS", "ABC.WS")]
    [InlineData("ABC/WS", "ABC.WS")]
    [InlineData("ABC-WT", "ABC.WS")]
    [InlineData("ABC.WS.A", "ABC.WS.A")]
    [InlineData("ABC-WTA", "ABC.WS.A")]
    public void A_warrant_has_one_canonical_form(string text, string symbol) => AssertMeans(symbol, text);

    [Theory]
    [InlineData("US0378331005", "AAPL")]
    [InlineData("us0378331005", "AAPL")]
    public void An_isin_of_the_reference_data_means_its_home_listing(string text, string symbol) => AssertMeans(symbol, text);

    [Theory]
    [InlineData("US0378331006", "check digit of an ISIN must be right: here it must be 5")]
    [InlineData("US5949181045", "must be one of the reference data")]
    public void An_isin_that_is_wrong_or_unknown_is_refused(string text, string rule) => AssertRefused(text, rule);

    [Theory]
    [InlineData("NASDAQ:MSFT", "write MSFT")]
    [InlineData("NYSE:BRK.B", "write BRK.B")]
    [InlineData("LON:VOD", "write VOD:XLON")]
    [InlineData("LSE:VOD", "write VOD:XLON")]
    [InlineData("ETR:SAP", "write SAP:XETR")]
    [InlineData("TYO:7203", "write 7203:XTKS")]
    [InlineData("HKG:0700", "write 0700:XHKG")]
    [InlineData("XLON:VOD", "write VOD:XLON")]
    [InlineData("XNGS:AAPL", "write AAPL")]
    [InlineData("MSFT:NASDAQ", "write MSFT")]
    [InlineData("VOD:LSE", "write VOD:XLON")]
    [InlineData("TSE:ABC", "write ABC:XTSE or ABC:XTKS")]
    [InlineData("EURONEXT:MC", "MC:XPAR or MC:XAMS")]
    public void N20_Vendors_names_of_venues_are_refused_with_the_right_spelling(string text, string rule) => AssertRefused(text, rule);

    [Theory]
    [InlineData("AAPL:XXXX")]
    [InlineData("AAPL:ZZZZ")]
    [InlineData("AAPL:US")]
    [InlineData("VOD:LONDON")]
    [InlineData("VOD:")]
    [InlineData("VOD:XLON:XLON")]
    [InlineData("FOO:BAR")]
    public void N20_A_venue_that_is_no_known_ISO_code_is_refused(string text) => AssertRefused(text, "ISO 10383");

    [Theory]
    [InlineData("ABC.SG", "ABC:XSTU or ABC:XSES")]
    [InlineData("ABC.BC", "ABC:XBOG or ABC:XCAS")]
    [InlineData("VOD.L:XLON", "must name its venue once: write VOD:XLON")]
    [InlineData("AAPL.US:XNAS", "must name its venue once: write AAPL")]
    [InlineData("AAPL.XX", "What follows a ticker must be")]
    [InlineData("BTC-USD", "What follows a ticker must be")]
    [InlineData("7203", "must begin with a letter: name the venue, as in 7203:XTKS")]
    [InlineData("VOD XX", "Bloomberg's code of a venue")]
    [InlineData("VOD LN EUR", "Bloomberg's code of a venue")]
    public void N20_A_spelling_with_no_or_several_meanings_is_refused(string text, string rule) => AssertRefused(text, rule);

    [Theory]
    [InlineData("BRKb", "Write BRK.B for the class or BRKB for the ticker")]
    [InlineData("RDSa.L", "must be in one case")]
    [InlineData("BACp", "must be in one case")]
    [InlineData("ABCw", "must be in one case")]
    [InlineData("ABCr", "must be in one case")]
    [InlineData("AAPl", "must be in one case")]
    [InlineData("BACpL.US", "must be in one case")]
    public void N25_A_mixed_case_that_may_change_the_meaning_is_refused(string text, string rule) => AssertRefused(text, rule);

    [Theory]
    [InlineData(null, "1 to 15")]
    [InlineData("", "1 to 15")]
    [InlineData("ABCDEFGHIJKLMNOP", "1 to 15")]
    [InlineData(" AAPL", "no spaces")]
    [InlineData("AAPL;drop", "letters and digits")]
    [InlineData(".AAPL", "letters and digits")]
    [InlineData("ＡＡＰＬ", "letters and digits")]
    [InlineData("VOD,L", "letters and digits")]
    public void What_is_no_symbol_is_refused(string? text, string rule) => AssertRefused(text, rule);

    [Fact]
    public void N20_No_spelling_of_a_venue_outside_the_US_becomes_a_US_ticker()
    {
        foreach (var venue in Venue.All.Where(venue => !venue.IsUnitedStates))
        {
            string[] spellings =
            [
                .. venue.Suffixes.Select(suffix => $"ABC.{suffix}"),
                .. venue.BloombergCodes.Select(code => $"ABC {code}"),
                .. venue.VendorNames.SelectMany(name => new[] { $"{name}:ABC", $"ABC:{name}" }),
                $"{venue.Mic}:ABC",
                $"ABC:{venue.Mic}",
            ];
            foreach (var spelling in spellings)
            {
                if (SymbolReader.TryRead(spelling, Reference, out var symbol, out var rule))
                {
                    Assert.Equal($"ABC:{venue.Mic}", symbol.ToString());
                }
                else
                {
                    Assert.Contains($"ABC:{venue.Mic}", rule, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public void A_canonical_symbol_means_itself_and_so_does_each_providers_spelling()
    {
        string[] tickers = ["ABC", "ABC.B", "ABC.PRL", "ABC.WS", "ABC.WS.A", "ABC.U", "ABC.RT"];
        foreach (var ticker in tickers)
        {
            AssertMeans(ticker, ticker);
            foreach (var provider in ProviderId.All)
            {
                AssertMeans(ticker, ProviderSpelling.Of(provider, Symbol.Parse(ticker))!);
            }
        }

        foreach (var venue in Venue.All.Where(venue => !venue.IsUnitedStates))
        {
            AssertMeans($"ABC:{venue.Mic}", $"ABC:{venue.Mic}");
        }
    }

    [Theory]
    [InlineData("EURUSD")]
    [InlineData("eurusd")]
    [InlineData("EUR/USD")]
    [InlineData("EURUSD=X")]
    [InlineData("EURUSD.FOREX")]
    public void A_pair_of_currencies_is_an_instrument_without_a_venue(string text)
    {
        AssertMeans("EURUSD", text);
        Assert.Equal("EUR/USD", CurrencyPair.Of(Symbol.Parse("EURUSD")).ToString());
    }

    [Theory]
    [InlineData("EURUSD:XLON", "EURUSD:XLON")]
    [InlineData("EURUSD.L", "EURUSD:XLON")]
    [InlineData("EURUSD:XNAS", "EURUSD")] // the United States are not named in a symbol
    public void Six_letters_at_a_venue_are_a_ticker(string text, string symbol) => AssertMeans(symbol, text);

    [Theory]
    [InlineData("GBXUSD")] // pence are no currency
    [InlineData("EURXXX")]
    [InlineData("ABCDEF")]
    public void Six_letters_that_are_not_two_currencies_are_a_ticker(string text)
    {
        AssertMeans(text, text);
        Assert.Null(CurrencyPair.Of(Symbol.Parse(text)));
    }

    [Fact]
    public void A_listed_ticker_is_never_read_as_a_pair()
    {
        AssertMeans("CADCHF", "CADCHF");
        AssertRefused("CAD/CHF", "is a listed ticker here");
    }

    [Theory]
    [InlineData("EUR/EUR")]
    [InlineData("EUREUR=X")]
    [InlineData("EUREUR.FOREX")]
    [InlineData("EUREUR")]
    [InlineData("eurEur")]
    public void A_pair_has_two_currencies(string text) => AssertRefused(text, "must differ; got EUR twice");

    /// <summary>In a pattern <c>$</c> also matches before a line feed at the end.</summary>
    [Theory]
    [InlineData("AAPL")]
    [InlineData("aapl")]
    [InlineData("BRK.B")]
    [InlineData("BRK-B")]
    [InlineData("BACpL")]
    [InlineData("ABC-WT")]
    [InlineData("VOD:XLON")]
    [InlineData("VOD.L")]
    [InlineData("VOD LN")]
    [InlineData("US0378331005")]
    [InlineData("EURUSD")]
    [InlineData("EUR/USD")]
    [InlineData("EURUSD=X")]
    public void A_symbol_has_no_control_character_or_space_at_its_ends(string text)
    {
        foreach (var end in (string[])["\n", "\r", "\r\n", "\t", " ", "\0", "\u0085", "\u2028"])
        {
            Assert.False(SymbolReader.TryRead(text + end, Reference, out _, out _), $"{text} and {(int)end[0]}");
            Assert.False(SymbolReader.TryRead(end + text, Reference, out _, out _), $"{(int)end[0]} and {text}");
        }
    }

    [Fact]
    public void No_pattern_ends_with_a_dollar_which_lets_a_line_feed_through()
    {
        const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var patterns = typeof(SymbolReader)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(All))
            .Select(method => method.GetCustomAttribute<GeneratedRegexAttribute>()?.Pattern)
            .OfType<string>()
            .ToList();

        Assert.NotEmpty(patterns);
        Assert.All(patterns, pattern => Assert.DoesNotContain('$', pattern));
    }

    private static void AssertMeans(string symbol, string text)
    {
        Assert.True(SymbolReader.TryRead(text, Reference, out var read, out var rule), $"{text}: {rule}");
        Assert.Equal(symbol, read.ToString());
    }

    private static void AssertRefused(string? text, string part)
    {
        Assert.False(SymbolReader.TryRead(text, Reference, out _, out var rule));
        Assert.Contains(part, rule, StringComparison.Ordinal);
    }

    private sealed class Known : IKnownInstruments
    {
        public bool Knows(Symbol symbol) => symbol.ToString() is "AAPL" or "CLASS.V" or "VOD" or "VOD:XLON" or "CADCHF";

        public Symbol? FindIsin(string isin) => isin == "US0378331005" ? Symbol.Parse("AAPL") : null;
    }
}
