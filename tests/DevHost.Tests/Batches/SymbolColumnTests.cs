using Quorum.DevHost.Batches;
using Quorum.LocalServices;

namespace Quorum.DevHost.Tests.Batches;

/// <summary>The choice of the column, where a file has several or the user names one.</summary>
public sealed class SymbolColumnTests
{
    public static TheoryData<string, string, string[]> FilesWithIsins =>
        new()
        {
            {
                "Trading 212",
                "Action,Time,ISIN,Ticker,Name,No. of shares\n"
                    + "Market buy,2026-01-05 09:00:01,GB00BH4HKS39,VOD,Vodafone,1\nMarket buy,2026-01-05 09:00:02,DE0007164600,SAP,SAP,1\n",
                ["GB00BH4HKS39", "DE0007164600"]
            },
            { "the ticker first", "Symbol,ISIN\nVOD,GB00BH4HKS39\nSAP,DE0007164600\n", ["GB00BH4HKS39", "DE0007164600"] },
            { "German headings", "Bezeichnung;Kürzel;ISIN-Nummer\nVodafone;VOD;GB00BH4HKS39\n", ["GB00BH4HKS39"] },
            {
                "an ISIN column under another heading",
                "Ticker,Identifier\nVOD,GB00BH4HKS39\nSAP,DE0007164600\n",
                ["GB00BH4HKS39", "DE0007164600"]
            },
            { "no headings", "GB00BH4HKS39,VOD\nDE0007164600,SAP\n", ["GB00BH4HKS39", "DE0007164600"] },
            { "an empty ISIN", "ISIN,Ticker\nGB00BH4HKS39,VOD\n,AAPL\n", ["GB00BH4HKS39", "AAPL"] },
            { "a wrong check digit", "ISIN,Ticker\nGB00BH4HKS39,VOD\nUS0378331006,AAPL\n", ["GB00BH4HKS39", "AAPL"] },
            { "dashes for missing ISINs", "Ticker,ISIN\nVOD,GB00BH4HKS39\nAAPL,-\nMSFT,n/a\n", ["GB00BH4HKS39", "AAPL", "MSFT"] },
            { "ISINs in lower case and in groups", "Ticker,ISIN\nVOD,gb00bh4hks39\nSAP,DE 0007164600\n", ["GB00BH4HKS39", "DE0007164600"] },
            { "a column of ISINs without any", "Ticker,ISIN\nVOD,\nAAPL,\n", ["VOD", "AAPL"] },
            { "wrong ISINs only", "Ticker,ISIN\nVOD,GB00BH4HKS30\nAAPL,US0378331006\n", ["VOD", "AAPL"] },
            { "the ISIN of an option's underlying", "Symbol,Underlying Id\nAAPL,US0378331005\nMSFT,US5949181045\n", ["AAPL", "MSFT"] },
        };

    [Theory]
    [MemberData(nameof(FilesWithIsins))]
    public void Valid_isin_is_preferred_to_the_ticker_of_its_line(string form, string text, string[] symbols)
    {
        Assert.NotEmpty(form);

        Assert.Equal(symbols, File(text).Symbols);
    }

    [Fact]
    public void Chosen_ticker_is_preferred_to_the_isin() =>
        Assert.Equal(["VOD"], File("ISIN,Ticker\nGB00BH4HKS39,VOD\n", "Ticker").Symbols);

    [Theory]
    [InlineData(
        "ISIN,Ticker\nGB00BH4HKS39,VOD\n",
        null,
        "Symbols: column 1 ('ISIN'), and column 2 ('Ticker') for lines without a valid ISIN."
    )]
    [InlineData("ISIN,Ticker\nGB00BH4HKS39,VOD\n", "Ticker", "Symbols: column 2 ('Ticker').")]
    [InlineData("1,AAPL\n2,MSFT\n", null, "Symbols: column 2.")]
    public void Choice_is_described(string text, string? column, string description) =>
        Assert.Equal(description, File(text, column).Choice);

    [Theory]
    [InlineData("Symbol,Qty\nAAPL,1\nMSFT,2\nKO,3\n", "1", "AAPL MSFT KO")]
    [InlineData("AAPL,1\nMSFT,2\nKO,3\n", "1", "AAPL MSFT KO")]
    [InlineData("Qty,Symbol\n1,AAPL\n2,MSFT\n", "2", "AAPL MSFT")]
    [InlineData("Symbol,1,2\nX,AAPL,5\nY,MSFT,6\n", "1", "AAPL MSFT")] // a heading that is a number
    [InlineData("0,1\nAAPL,5\nMSFT,7\n", "0", "AAPL MSFT")] // pandas without names
    [InlineData("Depot 123\n\nName,Symbol,Qty\nApple,AAPL,1\nMicrosoft,MSFT,2\n", "2", "AAPL MSFT")]
    [InlineData("Aktie;Stück\nAAPL;1\nMSFT;2\n", "aktie", "AAPL MSFT")]
    [InlineData("WKN;TICK\n865985;AAPL\n870747;MSFT\n", "TICK", "AAPL MSFT")]
    [InlineData("Depot 123;\n\nPapier;Stück\nAAPL;1\nBargeld Euro;2\nSumme gesamt;3\n", "Papier", "AAPL")]
    public void Column_is_chosen_by_number_or_by_heading(string text, string column, string symbols) =>
        Assert.Equal(symbols.Split(' '), File(text, column).Symbols);

    [Theory]
    [InlineData("Symbol,Qty\nAAPL,1\nMSFT,2\nKO,3\n", "-1")]
    [InlineData("Symbol,Qty\nAAPL,1\nMSFT,2\nKO,3\n", "+1")]
    [InlineData("Symbol,Qty\nAAPL,1\nMSFT,2\nKO,3\n", "0")]
    [InlineData("Symbol,Qty\nAAPL,1\nMSFT,2\nKO,3\n", "3")]
    [InlineData("Symbol,Qty\nAAPL,1\nMSFT,2\nKO,3\n", "99999999999999999999")]
    [InlineData("Symbol,Qty\nAAPL,1\nMSFT,2\nKO,3\n", "1.0")]
    [InlineData("Symbol,Qty\nAAPL,1\nMSFT,2\nKO,3\n", "")]
    [InlineData("Symbol,Qty\nAAPL,1\nMSFT,2\nKO,3\n", "AAPL")]
    [InlineData("Symbol,Qty\nAAPL,1\nMSFT,2\nKO,3\n", "MSFT")]
    [InlineData("AAPL,1\nMSFT,2\nKO,3\n", "AAPL")]
    [InlineData("AAPL,Apple\nMSFT,Microsoft\nKO,Coca-Cola\n", "AAPL")]
    [InlineData("AAPL,n/a\nMSFT,2\nKO,3\n", "AAPL")]
    [InlineData("Ticker,Type\nAAPL,Stock\nMSFT,Stock\n", "Stock")]
    [InlineData("AAPL,Stock,1\nMSFT,Stock,2\n", "Stock")]
    [InlineData("AAPL,one\nTotal,all\nMSFT,two\n", "Total")]
    public void Column_is_never_a_cell_of_the_data(string text, string column)
    {
        var error = Assert.Throws<LocalServiceException>(() => File(text, column));

        Assert.Contains(
            $"--column must be a heading or a number of the file's columns; got '{column}'",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        "\"Symbol\",\"Description\",\"Quantity\"\n\"AAPL\",\"APPLE INC\",\"5\"\n\"Cash & Cash Investments\",\"--\",\"--\"\n\"Account Total\",\"--\",\"--\"\n",
        null
    )]
    [InlineData("\"Symbol\",\"Quantity\"\n\"AAPL\",\"5\"\n\"Cash & Cash Investments\",\"--\"\n\"Account Total\",\"--\"\n", "Symbol")]
    [InlineData("Papier,Stück\nAAPL,5\nCash & Cash Investments,1\nAccount Total,6\n", "Papier")]
    [InlineData("Papier,Stück\nAAPL,5\nCash & Cash Investments,1\nAccount Total,6\n", "1")]
    [InlineData("Ticker,Type\nAAPL,x\n12345,x\n67890,x\n", null)]
    public void One_symbol_is_enough_below_its_heading_or_in_the_users_choice(string text, string? column)
    {
        var file = File(text, column);

        Assert.Equal(["AAPL"], file.Symbols);
        Assert.Equal(3, file.Lines.Count);
    }

    [Theory]
    [InlineData("Currency (Price / share),Currency (Total),Symbol\nGBX,EUR,VOD\n", "GBP")]
    [InlineData("Symbol;Währung\nSAP;EUR\n", "EUR")]
    [InlineData("Symbol,Devise\nAIR,eur\n", "EUR")]
    [InlineData("Symbol,Currency\nSAP,€\n", "EUR")]
    [InlineData("Symbol,Currency\nSAP,Euro\n", null)]
    [InlineData("Symbol,Qty\nSAP,1\n", null)]
    public void Currency_of_a_line_is_read_from_its_column(string text, string? currency) =>
        Assert.Equal(currency, File(text).Lines[0].Currency);

    private static SymbolFile File(string text, string? column = null) => SymbolFile.Of(TextTable.Parse(text), column);
}
