using System.Text.Json;
using Quorum.DevHost.Batches;

namespace Quorum.DevHost.Tests.Batches;

/// <summary>The item of each line, and what the summary says about them.</summary>
public sealed class BatchItemsTests
{
    [Theory]
    [InlineData("ISIN,Ticker\nUS69608A1088,PLTR\n", """{"symbol":"PLTR","isin":null,"currency":"USD"}""", true)]
    [InlineData("ISIN,Ticker\nIE00B4BNMY34,ACN\n", """{"symbol":"ACN","isin":null,"currency":"USD"}""", false)] // its country is another
    [InlineData("ISIN,Ticker,Currency\nDE000A0D9PT0,MTX,USD\n", """{"symbol":"MTX","isin":null,"currency":"USD"}""", false)] // of the account
    [InlineData("ISIN,Ticker,Currency\nUS69608A1088,PLTR,USD\n", """{"symbol":"PLTR","isin":null,"currency":"USD"}""", true)]
    [InlineData("ISIN,Ticker,Currency\nUS69608A1088,PLTR,EUR\n", """{"symbol":"PLTR","isin":null,"currency":"USD"}""", false)]
    [InlineData("ISIN,Ticker,Currency\nIE00B4L5Y983,SWDA,GBX\n", """{"symbol":"SWDA","isin":null,"currency":"USD"}""", false)]
    [InlineData("ISIN,Ticker\nIE00B4L5Y983,SWDA:XLON\n", """{"symbol":"SWDA:XLON","isin":null,"currency":"USD"}""", true)]
    [InlineData("ISIN,Ticker\nUS8030542042,SAP\n", """{"symbol":"SAP","isin":"DE0007164600","currency":"USD"}""", false)]
    public void Ticker_stands_in_for_an_unknown_isin_only_if_it_is_the_same_instrument(string text, string quote, bool stands)
    {
        var file = File(text);
        var line = file.Lines[0];
        var items = Items(
            (line.Text, Item(line.Text, "failed", "invalid-symbol", "null")),
            (line.Ticker!, Item(line.Ticker!, "done", "", quote)) // given in each case
        );

        Assert.Equal(stands, items.QuoteOf(line) is not null);
        Assert.Equal(stands ? "" : "unknown-isin", BatchItems.ReasonOf(line, items.Of(line)!.Value)); // sent
    }

    [Fact]
    public void Only_tickers_of_unknown_isins_are_sent_in_the_second_step()
    {
        var file = File("ISIN,Ticker\nGB00BH4HKS39,VOD\nUS69608A1088,PLTR\nUS0378331005,AAPL\n,KO\n");
        var items = Items(
            ("GB00BH4HKS39", Item("GB00BH4HKS39", "done", "", """{"currency":"GBP"}""")),
            ("US69608A1088", Item("US69608A1088", "failed", "invalid-symbol", "null")),
            ("US0378331005", Item("US0378331005", "failed", "no-quote", "null")),
            ("KO", Item("KO", "done", "", """{"currency":"USD"}"""))
        );

        Assert.Equal(["PLTR"], items.TickersToSend(file));
    }

    [Theory]
    [InlineData(
        "Symbol,Currency\nVOD,GBP\n",
        "Warning: 1 line has another currency than its quote: VOD is GBP in the file, and its quote is in USD."
    )]
    [InlineData(
        "Symbol,Currency\nVOD,GBX\nAAPL,USD\nVOD,EUR\n",
        "Warning: 2 lines have another currency than their quotes, for example: VOD is GBP"
    )]
    [InlineData("Symbol;Währung\nVOD;EUR\n", "VOD is EUR in the file, and its quote is in USD.")]
    public void Line_in_another_currency_than_its_quote_is_reported(string text, string warning)
    {
        var summary = Summary(text);

        Assert.Contains(warning, summary.Lines(output: null).First(), StringComparison.Ordinal);
        Assert.True(summary.IsComplete);
    }

    [Theory]
    [InlineData("Symbol,Currency\nVOD,USD\nAAPL,usd\n")]
    [InlineData("Symbol,Currency\nVOD,\nAAPL,--\n")]
    [InlineData("Symbol,Currency\nNOSUCH,EUR\n")]
    [InlineData("Symbol\nVOD\n")]
    public void Line_in_the_currency_of_its_quote_or_without_one_is_not_reported(string text) => Assert.Empty(Summary(text).Warnings);

    [Theory]
    [InlineData(
        "Instrument,Exchange\nAAPL,NASDAQ\nVOD,LSE\n",
        "Warning: 1 line names another exchange than that of its quote: VOD at LSE."
    )]
    [InlineData("Symbol,Börse\nVOD,London\nVOD,XETRA\nAAPL,New York\nAAPL,Wien\n", "Warning: 3 lines name other exchanges")]
    [InlineData("Symbol,Listing Exchange,Exchange\nAAPL,NASDAQ,IBIS\nVOD,LSE,ARCA\n", "VOD at LSE.")]
    public void Line_of_an_exchange_abroad_with_the_quote_of_a_ticker_is_reported(string text, string warning) =>
        Assert.Contains(warning, Assert.Single(Summary(text).Warnings), StringComparison.Ordinal);

    [Theory]
    [InlineData("Symbol,Exchange\nAAPL,NASDAQ\nKO,NYSE\nSPY,NYSE Arca\nX,US\nY,\n")]
    [InlineData("Symbol,Exchange\nVOD:XLON,LSE\nVOD.L,LSE\nGB00BH4HKS39,LSE\n")]
    [InlineData("Exchange\nNDAQ\n")] // the symbols themselves
    public void Line_of_an_exchange_that_its_symbol_says_is_not_reported(string text) => Assert.Empty(Summary(text).Warnings);

    [Theory]
    [InlineData("Symbol\nAAPL\n", "The line has a quote. Results: r.csv")]
    [InlineData("Symbol\nNOSUCH\n", "The line has no quote; the column 'reason' gives the cause. Results: r.csv")]
    [InlineData("Symbol\nAAPL\nVOD\n", "All 2 lines have a quote. Results: r.csv")]
    [InlineData("Symbol\nAAPL\nNOSUCH\n", "1 of 2 lines have a quote; the column 'reason' gives the cause for the others. Results: r.csv")]
    public void Summary_counts_lines(string text, string line) => Assert.Equal([line], Summary(text).Lines("r.csv"));

    private static BatchSummary Summary(string text) =>
        BatchSummary.Of(
            File(text),
            Items(
                ("VOD", Item("VOD", "done", "", """{"currency":"USD"}""")),
                ("AAPL", Item("AAPL", "done", "", """{"currency":"USD"}""")),
                ("NOSUCH", Item("NOSUCH", "failed", "unknown-symbol", "null"))
            )
        );

    private static SymbolFile File(string text) => SymbolFile.Of(TextTable.Parse(text), column: null);

    private static BatchItems Items(params (string Given, string Item)[] items) =>
        new(items.ToDictionary(item => item.Given, item => JsonDocument.Parse(item.Item).RootElement));

    private static string Item(string given, string status, string reason, string quote) =>
        $$"""{"given":"{{given}}","symbol":null,"status":"{{status}}","reason":"{{reason}}","quote":{{quote}}}""";
}
