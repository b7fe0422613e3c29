using Quorum.DevHost.Batches;

namespace Quorum.DevHost.Tests.Batches;

public sealed class SymbolTextTests
{
    [Theory]
    [InlineData("  AAPL ", "AAPL")]
    [InlineData("\u00A0AAPL\u200B", "AAPL")]
    [InlineData("'0700.HK", "0700.HK")]
    [InlineData("=\"AAPL\"", "AAPL")]
    [InlineData("$TSLA", "TSLA")]
    [InlineData("\" AAPL \"", "AAPL")]
    [InlineData("EURUSD=X", "EURUSD=X")]
    public void Marks_of_spreadsheets_around_a_symbol_are_removed(string cell, string symbol) =>
        Assert.Equal(symbol, SymbolText.Clean(cell));

    [Theory]
    [InlineData("US0378331005", "US0378331005")]
    [InlineData("us 0378 331005", "US0378331005")]
    [InlineData("'US0378331005", "US0378331005")]
    [InlineData("US0378331006", null)] // its check digit is wrong
    [InlineData("US037833100", null)]
    [InlineData("AAPL", null)]
    public void Isin_is_found_only_with_its_check_digit(string cell, string? isin) => Assert.Equal(isin, SymbolText.FindIsin(cell));

    [Theory]
    [InlineData("AAPL", true)]
    [InlineData("0700.HK", true)]
    [InlineData("aapl", false)]
    [InlineData("BACpL", false)]
    [InlineData("", false)]
    public void Only_upper_case_looks_like_a_symbol_without_a_heading(string text, bool typical) =>
        Assert.Equal(typical, SymbolText.IsTypical(text));

    [Theory]
    [InlineData("ABCDEFGHIJKL.ABCDEFGH", true)]
    [InlineData("ABCDEFGHIJKL.ABCDEFGH.AB", true)] // 24 characters
    [InlineData("ABCDEFGHIJKL.ABCDEFGH.ABC", false)]
    [InlineData("ABCDEFGHIJKLM", false)]
    [InlineData("A..B", false)]
    [InlineData("BRK-B", true)]
    [InlineData("VOD LN Equity", false)]
    [InlineData("1234567.T", false)]
    [InlineData("005930 KS", true)]
    public void Symbol_has_short_parts(string text, bool plausible) => Assert.Equal(plausible, SymbolText.IsPlausible(text));

    [Theory]
    [InlineData("12", true)]
    [InlineData("$1,234.50", true)]
    [InlineData("2026-11-20", true)]
    [InlineData("09:30", true)]
    [InlineData("US0378331005", true)]
    [InlineData("Q4", false)]
    [InlineData("--", false)]
    public void Numbers_times_and_isins_are_no_headings(string cell, bool isData) => Assert.Equal(isData, SymbolText.IsData(cell));

    [Theory]
    [InlineData("Stück", true)]
    [InlineData("株数", true)]
    [InlineData("n/a", false)]
    [InlineData("None", false)]
    [InlineData("tbd", false)]
    [InlineData("42", false)]
    public void Words_may_be_headings_and_marks_of_missing_values_may_not(string cell, bool isWord) =>
        Assert.Equal(isWord, SymbolText.IsWord(cell));
}
